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
    Relu,
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
        Which::Relu => relu.deal::<T>(masks, &mut streams.0, &mut streams.1),
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
        Which::Relu => {
            let own = relu.expand::<T>(count, &mut stream(byte));
            relu.evaluate(party, &key, &own, &masked).unwrap()
        }
    };
    let (a, b): (Shares<T>, Shares<T>) = (share(Party::P0, 1), share(Party::P1, 2));
    a.iter().zip(b.iter()).map(|(a, b)| a.add(*b)).collect()
}

fn check<T: Word>(width: u32, values: &[i64], masks: &[u64]) {
    let expect = |which, f: &dyn Fn(i64) -> i64| {
        let got = run::<T>(which, width, values, masks);
        for (i, z) in values.iter().enumerate() {
            assert!(
                got[i] == T::from_i64(f(*z)),
                "width {width}, z {z}, rho {}",
                masks[i]
            );
        }
    };
    expect(&Which::Drelu, &|z| i64::from(z >= 0));
    expect(&Which::Sign, &|z| if z >= 0 { 1 } else { -1 });
    if width <= T::BITS {
        expect(&Which::Relu, &|z| z.max(0));
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

    #[test]
    fn the_larger_of_two_values(
        pairs in proptest::collection::vec((-1000_i64..1000, -1000_i64..1000, any::<u64>()), 1..9),
    ) {
        let width = 12;
        let differences: Vec<i64> = pairs.iter().map(|(a, b, _)| a - b).collect();
        let masks: Vec<u64> = pairs.iter().map(|(.., rho)| rho & low_bits(width)).collect();
        let relu = run::<u32>(&Which::Relu, width, &differences, &masks);
        let b: Vec<u32> = pairs.iter().map(|(_, b, _)| u32::from_i64(*b)).collect();
        let got = max(&relu, &b).unwrap();
        for (i, (a, b, _)) in pairs.iter().enumerate() {
            prop_assert_eq!(got[i], u32::from_i64(*a.max(b)));
        }
    }
}

#[test]
fn material_that_does_not_fit_is_refused() {
    let gate = ReluGate {
        width: 8,
        tweak: [0, 0],
    };
    let key = gate
        .deal::<u32>(&[1, 2, 3], &mut stream(1), &mut stream(2))
        .unwrap();
    assert_eq!(gate.key_bytes::<u32>(3), Ok(key.len()));
    let own = gate.expand::<u32>(3, &mut stream(1));
    assert!(gate.evaluate::<u32>(Party::P0, &key, &own, &[0; 3]).is_ok());
    assert!(
        gate.evaluate::<u32>(Party::P0, &key[1..], &own, &[0; 3])
            .is_err()
    );
    assert!(
        gate.evaluate::<u32>(Party::P0, &key, &own, &[0; 5])
            .is_err()
    );
    let short = gate.expand::<u32>(8, &mut stream(1));
    assert!(
        gate.evaluate::<u32>(Party::P0, &key, &short, &[0; 3])
            .is_err()
    );
    for width in [0, 33] {
        let gate = ReluGate {
            width,
            tweak: [0, 0],
        };
        assert!(gate.key_bytes::<u32>(1).is_err());
    }
}

/// One party's share alone is uniform: chi-square of the top four bits over many seeds, with the
/// secret fixed. The bound is the 1 - 1e-6 quantile for 15 degrees of freedom.
#[test]
fn a_share_alone_says_nothing() {
    let gate = ReluGate {
        width: 10,
        tweak: [0, 0],
    };
    let runs = 4096_u32;
    let mut counts = [[0_u32; 16]; 2];
    for run in 0..runs {
        let seeds = [1_u8, 2].map(|party| {
            let mut bytes = [party; 32];
            bytes[..4].copy_from_slice(&run.to_le_bytes());
            Seed::from_bytes(bytes)
        });
        let domain = Domain {
            purpose: Purpose::GateKey,
            number: 1,
            step: 0,
        };
        let [mut a, mut b] = [0, 1].map(|i: usize| Prg::new(&seeds[i], domain));
        let key = gate.deal::<u32>(&[300], &mut a, &mut b).unwrap();
        for (i, party) in [Party::P0, Party::P1].into_iter().enumerate() {
            let own = gate.expand::<u32>(1, &mut Prg::new(&seeds[i], domain));
            // z = 111 in every run.
            let share = gate.evaluate::<u32>(party, &key, &own, &[411]).unwrap()[0];
            counts[i][(share >> 28) as usize] += 1;
        }
    }
    for counts in counts {
        let mean = f64::from(runs) / 16.0;
        let chi: f64 = counts
            .iter()
            .map(|count| (f64::from(*count) - mean).powi(2) / mean)
            .sum();
        assert!(chi < 56.5, "chi-square {chi}: {counts:?}");
    }
}
