use super::*;
use crate::{
    prg::{Domain, Purpose},
    seed::Seed,
};
use proptest::prelude::*;

fn stream(byte: u8) -> Prg {
    let domain = Domain {
        purpose: Purpose::GateKey,
        number: 1,
        step: 0,
    };
    Prg::new(&Seed::from_bytes([byte; 32]), domain)
}

enum Which {
    Drelu,
    Sign,
    Relu(Function),
}

/// The opened result of a gate on `values` under `masks`, both of `width` bits.
fn run<T: Word>(which: &Which, width: u32, values: &[i64], masks: &[u64]) -> Vec<T> {
    let masked: Vec<u64> = values
        .iter()
        .zip(masks)
        .map(|(z, rho)| (*z as u64).wrapping_add(*rho) & low_bits(width))
        .collect();
    let tweak = [5, width];
    let (drelu, relu) = (DreluGate { width, tweak }, ReluGate { width, tweak });
    let (count, mut streams) = (values.len(), (stream(1), stream(2)));
    let key = match which {
        Which::Relu(_) => relu.deal::<T>(masks, &mut streams.0, &mut streams.1),
        _ => drelu.deal::<T>(masks, &mut streams.0, &mut streams.1),
    }
    .unwrap();
    let share = |party, byte| match which {
        Which::Drelu => {
            let own = drelu.expand::<T>(count, &mut stream(byte));
            drelu.evaluate(party, &key, &own, &masked).unwrap()
        }
        Which::Sign => {
            let own = drelu.expand::<T>(count, &mut stream(byte));
            drelu.evaluate_sign(party, &key, &own, &masked).unwrap()
        }
        Which::Relu(function) => {
            let own = relu.expand::<T>(count, &mut stream(byte));
            relu.evaluate(party, &key, &own, &masked, *function)
                .unwrap()
        }
    };
    let (a, b): (Shares<T>, Shares<T>) = (share(Party::P0, 1), share(Party::P1, 2));
    a.iter().zip(b.iter()).map(|(a, b)| a.add(*b)).collect()
}

fn check<T: Word>(width: u32, values: &[i64], masks: &[u64]) {
    let expect = |which: &Which, f: &dyn Fn(i64) -> i64| {
        let got = run::<T>(which, width, values, masks);
        for (i, z) in values.iter().enumerate() {
            // What is subtracted before a clip must not wrap.
            let fits = match which {
                Which::Relu(Function::Clip { high }) => {
                    i128::from(*z) - i128::from(*high) >= -(1 << (width - 1))
                }
                _ => true,
            };
            assert!(
                !fits || got[i] == T::from_i64(f(*z)),
                "width {width}, z {z}, rho {}",
                masks[i]
            );
        }
    };
    expect(&Which::Drelu, &|z| i64::from(z >= 0));
    expect(&Which::Sign, &|z| if z >= 0 { 1 } else { -1 });
    if width <= T::BITS {
        let high = (1 << (width - 1)) / 3;
        for function in [
            Function::Identity,
            Function::Relu,
            Function::LeakyRelu { slope: 3, bits: 4 },
            Function::Clip { high },
        ] {
            expect(&Which::Relu(function), &|z| function.of(z));
        }
    }
}

/// Every mask against every value, lifted to every ring, for widths of 1 to 6 bits.
#[test]
fn gates_are_right_exhaustively_on_small_widths() {
    for width in 1..=6 {
        let half = 1_i64 << (width - 1);
        let (mut values, mut masks) = (Vec::new(), Vec::new());
        for rho in 0..1_u64 << width {
            for z in -half..half {
                values.push(z);
                masks.push(rho);
            }
        }
        check::<u8>(width, &values, &masks);
        check::<u16>(width, &values, &masks);
        check::<u32>(width, &values, &masks);
        check::<u64>(width, &values, &masks);
    }
}

proptest! {
    #[test]
    fn gates_are_right_on_real_widths(
        width in 7_u32..=64,
        pairs in proptest::collection::vec((any::<i64>(), any::<u64>()), 1..10),
    ) {
        let values: Vec<i64> = pairs.iter().map(|(z, _)| z >> (64 - width)).collect();
        let masks: Vec<u64> = pairs.iter().map(|(_, rho)| rho & low_bits(width)).collect();
        check::<u32>(width, &values, &masks);
        check::<u64>(width, &values, &masks);
    }

    /// Exact but for values within one unit below 0 of what the comparison sees; there 0 or `u`.
    #[test]
    fn values_are_selected_at_full_precision(
        shift in 0_u32..12,
        pairs in proptest::collection::vec((-30_000_i64..30_000, any::<u32>()), 1..9),
    ) {
        let gate = SelectGate { shift, width: 17 - shift, tweak: [1, 2] };
        let masks: Vec<u32> = pairs.iter().map(|(_, rho)| *rho).collect();
        let masked: Vec<u32> =
            pairs.iter().map(|(u, rho)| u32::from_i64(*u).wrapping_add(*rho)).collect();
        let key = gate.deal::<u32>(&masks, &mut stream(1), &mut stream(2)).unwrap();
        prop_assert_eq!(key.len(), gate.key_bytes::<u32>(pairs.len()).unwrap());
        let share = |party, byte| {
            let own = gate.expand::<u32>(pairs.len(), &mut stream(byte));
            gate.evaluate::<u32>(party, &key, &own, &masked).unwrap()
        };
        let (a, b) = (share(Party::P0, 1), share(Party::P1, 2));
        for (i, (u, _)) in pairs.iter().enumerate() {
            let got = a[i].add(b[i]).to_i64();
            let near = *u < 0 && *u >= -(1 << shift) && shift > 0;
            prop_assert!(got == *u.max(&0) || near && got == *u, "{} for {}", got, u);
        }
    }
}

#[test]
fn widths_beyond_the_word_are_refused() {
    let gate = |shift, width| SelectGate {
        shift,
        width,
        tweak: [0; 2],
    };
    assert!(gate(4, 28).key_bytes::<u32>(1).is_ok());
    for (shift, width) in [(4, 29), (0, 0), (32, 1), (u32::MAX, 1)] {
        assert!(gate(shift, width).key_bytes::<u32>(1).is_err());
        assert!(
            gate(shift, width)
                .deal::<u32>(&[1], &mut stream(1), &mut stream(2))
                .is_err()
        );
    }
}
