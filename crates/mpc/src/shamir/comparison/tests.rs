use super::*;
use crate::shamir::{
    field::{FiveSymbols, Mersenne61, OneSymbol},
    testing::{Room, assert_same_distribution, two_samples},
};
use proptest::prelude::*;

fn statistical(kappa: u32) -> Hiding {
    Hiding::Statistical { kappa }
}

fn masks<F: Field>(
    room: &mut Room,
    width: u32,
    hiding: Hiding,
    count: usize,
) -> Vec<ComparisonMasks<F>> {
    let committee = room.committee;
    let inputs = vec![(); committee.size()];
    let run = room.run(inputs, |prss, ()| {
        ComparisonMasks::<F>::prepare(prss, width, hiding, count, Way::Collected)
    });
    let run = run.unwrap();
    room.check_costs(&run, |party| {
        ComparisonMasks::<F>::cost(committee, party, width, hiding, count, Way::Collected)
    });
    run.outputs
}

#[test]
fn all_numbers_of_small_widths_are_compared() {
    let statistical = [(3, 1), (3, 2), (3, 7), (4, 3), (5, 6), (7, 4), (9, 3)]
        .map(|(parties, width)| (parties, width, statistical(20)));
    let uniform =
        [(3, 1), (5, 6), (4, 3)].map(|(parties, width)| (parties, width, Hiding::Uniform));
    for (parties, width, hiding) in statistical.into_iter().chain(uniform) {
        let mut room = Room::new(parties);
        let bound = 1_i64 << (width - 1);
        // Each some times: the masks differ.
        let numbers: Vec<i64> = (-bound..bound).cycle().take(16 * bound as usize).collect();
        let own = masks::<Mersenne61>(&mut room, width, hiding, numbers.len());
        let own = room.share(&numbers).into_iter().zip(own);
        let run = room.run(
            own.collect(),
            |prss, (a, masks): (Shares<Mersenne61>, _)| sign(prss, a, masks),
        );
        let run = run.unwrap();
        let committee = room.committee;
        room.check_costs(&run, |party| {
            cost::<Mersenne61>(committee, party, width, hiding, numbers.len())
        });
        let expected: Vec<i64> = numbers
            .iter()
            .map(|a| if *a >= 0 { 1 } else { -1 })
            .collect();
        assert_eq!(room.secrets(&run.outputs), expected);
    }
}

#[test]
fn no_numbers_take_the_same_rounds() {
    for hiding in [statistical(30), Hiding::Uniform] {
        let mut room = Room::new(3);
        let own = masks::<Mersenne61>(&mut room, 6, hiding, 0);
        let own = room.share::<Mersenne61>(&[]).into_iter().zip(own);
        let run = room
            .run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 1))
            .unwrap();
        let committee = room.committee;
        room.check_costs(&run, |party| {
            relu_cost::<Mersenne61>(committee, party, 6, hiding, 0)
        });
    }
}

#[test]
fn wide_numbers_are_compared() {
    fn check<F: Field>(width: u32, hiding: Hiding) {
        for parties in [3, 5, 7] {
            let mut room = Room::new(parties);
            let bound = 1_i64 << (width - 1);
            let mut numbers = vec![0, -1, 1, bound - 1, -bound, bound / 3, -bound / 3];
            numbers.extend((1..60).map(|i| (i * 0x9e37_79b9_i64 * i) % bound * (1 - 2 * (i % 2))));
            let own = masks::<F>(&mut room, width, hiding, numbers.len());
            let squares = room.share::<F>(&numbers);
            // Products are compared as they are.
            let one = room.share::<F>(&vec![1; numbers.len()]);
            let products = squares.iter().zip(&one).map(|(a, b)| a.mul(b).unwrap());
            let run = room.run(
                products.zip(own).collect(),
                |prss, (a, masks): (crate::shamir::Products<F>, _)| compare(prss, a, masks),
            );
            let run = run.unwrap();
            let bits: Vec<&Shares<F>> = run.outputs.iter().map(|one| &one.at_least_zero).collect();
            let expected: Vec<i64> = numbers.iter().map(|a| i64::from(*a >= 0)).collect();
            assert_eq!(room.secrets(&bits), expected);
            let values: Vec<Shares<F>> = run.outputs.iter().map(Compared::values).collect();
            assert_eq!(room.secrets(&values), numbers);
        }
    }
    check::<Mersenne61>(19, statistical(15));
    check::<OneSymbol>(32, statistical(15));
    check::<FiveSymbols>(40, statistical(15));
    check::<Mersenne61>(19, Hiding::Uniform);
    check::<Mersenne61>(60, Hiding::Uniform);
}

#[test]
fn relu_keeps_what_is_positive_and_drops_bits() {
    for (parties, hiding) in [
        (3, statistical(30)),
        (5, statistical(30)),
        (3, Hiding::Uniform),
    ] {
        let mut room = Room::new(parties);
        let numbers = [0, 5, -5, 1000, -1000, 4095, -4096, 31, 32, -32];
        for shift in [0, 5] {
            let own = masks::<Mersenne61>(&mut room, 13, hiding, numbers.len());
            let own = room.share::<Mersenne61>(&numbers).into_iter().zip(own);
            let run = room
                .run(own.collect(), |prss, (a, masks)| {
                    relu(prss, a, masks, shift)
                })
                .unwrap();
            let committee = room.committee;
            room.check_costs(&run, |party| {
                relu_cost::<Mersenne61>(committee, party, 13, hiding, numbers.len())
            });
            for (a, relu) in numbers.iter().zip(room.secrets(&run.outputs)) {
                let extra = relu - (a.max(&0) >> shift);
                assert!(
                    extra == 0 || extra == 1 && *a > 0 && a % (1 << shift) != 0,
                    "{a}: {relu}"
                );
            }
        }
        let own = masks::<Mersenne61>(&mut room, 13, hiding, numbers.len());
        let own = room.share::<Mersenne61>(&numbers).into_iter().zip(own);
        let refused = room.run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 13));
        assert_eq!(
            refused.err(),
            Some(MpcError::Width {
                width: 13,
                ring: 12
            })
        );
    }
}

/// What a party is sent when `count` equal numbers are compared, message by message, and what all
/// parties see opened: the masked numbers, and whether each product is 0.
fn seen(
    number: i64,
    count: usize,
    (width, hiding): (u32, Hiding),
) -> (Vec<Vec<u64>>, [Vec<u64>; 2]) {
    let mut room = Room::new(3);
    let own = masks::<Mersenne61>(&mut room, width, hiding, count);
    let own = room
        .share::<Mersenne61>(&vec![number; count])
        .into_iter()
        .zip(own);
    room.received[0].clear();
    room.opened.clear();
    room.run(own.collect(), |prss, (a, masks)| relu(prss, a, masks, 2))
        .unwrap();
    let messages = room.received[0].chunks_exact(count).map(<[u64]>::to_vec);
    let (masked, products) = room.opened.split_at(count);
    assert_eq!(products.len(), count);
    let zero = products.iter().map(|product| u64::from(*product == 0));
    (messages.collect(), [masked.to_vec(), zero.collect()])
}

/// How often which of 64 classes.
fn classes(words: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut counts = vec![0; 64];
    words.for_each(|word| counts[word as usize % 64] += 1);
    counts
}

/// Whatever a party is sent has the same distribution for all numbers: each message's low and
/// high bits, the masked numbers' at the `shifts`, and how often a product is 0.
fn check_views(count: usize, shape: (u32, Hiding), numbers: [i64; 2], shifts: &[u32]) {
    let [high, low] = numbers.map(|number| seen(number, count, shape));
    assert_eq!(high.0.len(), low.0.len());
    for (round, (a, b)) in high.0.iter().zip(&low.0).enumerate() {
        for shift in [0, 55] {
            let [a, b] = [a, b].map(|words| classes(words.iter().map(|word| word >> shift)));
            assert_same_distribution(&format!("message {round}"), &a, &b);
        }
    }
    let ([masked, zero], [other_masked, other_zero]) = (high.1, low.1);
    for shift in shifts {
        let [a, b] =
            [&masked, &other_masked].map(|words| classes(words.iter().map(|word| word >> shift)));
        assert_same_distribution("the masked numbers", &a, &b);
    }
    let [a, b] = [zero, other_zero].map(|bits| classes(bits.into_iter()));
    assert_same_distribution("the products", &a, &b);
    let half = count as u64 / 2;
    assert!(a[0].abs_diff(half) < half / 6, "a random bit");
}

/// The numbers' own signs and low bits have not: then this test sees it.
#[test]
fn what_a_party_sees_is_independent_of_the_number() {
    // The 5 low bits, the 6 above them, and the highest.
    check_views(4096, (6, statistical(30)), [31, -32], &[0, 5, 30]);
    let of_one = |number: u64| classes([number; 4096].into_iter());
    assert!(two_samples(&of_one(31), &of_one(0)).0 > 1000.0);
}

/// Of numbers as wide as the field, too.
#[test]
fn what_a_party_sees_is_independent_of_wide_numbers() {
    let widest = 1 << 59;
    check_views(
        2048,
        (60, Hiding::Uniform),
        [widest - 1, -widest],
        &[0, 1, 30, 55],
    );
}

/// Uniform masks that a test chooses, for all pairs of numbers and masks.
fn chosen(room: &Room, width: u32, masks: &[u64]) -> Vec<ComparisonMasks<Mersenne61>> {
    let bit = |bit: u32| -> Vec<i64> { masks.iter().map(|r| (r >> bit & 1) as i64).collect() };
    let share = |numbers: &[i64]| room.share::<Mersenne61>(numbers).into_iter();
    // Of either sign.
    let signs: Vec<i64> = masks
        .iter()
        .zip(0..)
        .map(|(_, i)| 1 - 2 * (i % 2))
        .collect();
    let lowest = bit(0);
    let parities = signs
        .iter()
        .zip(&lowest)
        .map(|(sign, bit)| sign * (1 - 2 * bit));
    let parities: Vec<i64> = parities.collect();
    let mut bits: Vec<Vec<Shares<Mersenne61>>> = Vec::new();
    bits.resize_with(room.committee.size(), Vec::new);
    for number in 0..61 {
        for (own, share) in bits.iter_mut().zip(share(&bit(number))) {
            own.push(share);
        }
    }
    let all = share(&signs).zip(share(&vec![7; masks.len()]));
    let all = all.zip(share(&parities)).zip(bits);
    all.map(|(((signs, factors), parities), bits)| ComparisonMasks {
        masks: Kind::Uniform(UniformMasks {
            width,
            bits,
            parities,
        }),
        below: Below { signs, factors },
    })
    .collect()
}

/// Compares each number behind each mask, and drops bits.
fn check_chosen(width: u32, numbers: &[i64], masks: &[u64], shifts: &[u32]) {
    let mut room = Room::new(3);
    let pairs = numbers
        .iter()
        .flat_map(|a| masks.iter().map(move |r| (*a, *r)));
    let (a, r): (Vec<i64>, Vec<u64>) = pairs.unzip();
    let own = room.share(&a).into_iter().zip(chosen(&room, width, &r));
    let run = room.run(
        own.collect(),
        |prss, (a, masks): (Shares<Mersenne61>, _)| compare(prss, a, masks),
    );
    let compared = run.unwrap().outputs;
    let bits: Vec<_> = compared.iter().map(|one| &one.at_least_zero).collect();
    for ((bit, a), r) in room.secrets(&bits).into_iter().zip(&a).zip(&r) {
        assert_eq!(bit, i64::from(*a >= 0), "{a} behind {r}");
    }
    let values: Vec<_> = compared.iter().map(Compared::values).collect();
    assert_eq!(room.secrets(&values), a);
    for shift in shifts {
        let truncated = compared.iter().map(|one| one.truncated(*shift).unwrap());
        let truncated: Vec<_> = truncated.collect();
        for ((number, a), r) in room.secrets(&truncated).into_iter().zip(&a).zip(&r) {
            let off = number - (a >> shift);
            let multiple = a % (1 << shift) == 0;
            // Where the mask is so far from both ends that nothing carries, a multiple is exact.
            let inside = 2 * a.unsigned_abs() < *r && *r < (1 << 61) - 1 - 2 * a.unsigned_abs();
            let fine = match (multiple, inside) {
                (true, true) => off == 0,
                (true, false) => off.abs() <= 1,
                (false, _) => off == 0 || off == 1,
            };
            assert!(fine, "{a} >> {shift} behind {r}: {number}");
        }
    }
}

#[test]
fn uniform_masks_are_exact_at_all_edges() {
    let top = 1_u64 << 61;
    let masks: Vec<u64> = [
        0,
        1,
        2,
        3,
        1 << 60,
        (1 << 60) - 1,
        0x0aaa_aaaa_aaaa_aaaa,
        12_345,
    ]
    .into_iter()
    // `p` itself, too.
    .chain([top - 1, top - 2, top - 3])
    .collect();
    let widest = 1_i64 << 59;
    let numbers = [
        0,
        1,
        -1,
        2,
        -2,
        255,
        256,
        257,
        -255,
        -256,
        -257,
        widest - 1,
        -widest,
        1 - widest,
        widest / 2,
        -widest / 2,
    ];
    check_chosen(60, &numbers, &masks, &[1, 2, 8, 58, 59]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn uniform_masks_are_exact(
        numbers in prop::collection::vec(-(1_i64 << 59)..1 << 59, 1..6),
        masks in prop::collection::vec(0_u64..1 << 61, 1..6),
        shift in 1_u32..60,
    ) {
        check_chosen(60, &numbers, &masks, &[shift]);
    }
}

/// By the dropped fraction on average.
#[test]
fn uniform_masks_drop_bits_right_on_average() {
    let count = 800;
    for number in [300, -300, 256, -77] {
        let mut room = Room::new(3);
        let own = masks::<Mersenne61>(&mut room, 20, Hiding::Uniform, count);
        let numbers = vec![number; count];
        let own = room.share::<Mersenne61>(&numbers).into_iter().zip(own);
        let run = room.run(own.collect(), |prss, (a, masks)| compare(prss, a, masks));
        let truncated = run.unwrap().outputs;
        let truncated: Vec<_> = truncated
            .iter()
            .map(|one| one.truncated(8).unwrap())
            .collect();
        let truncated = room.secrets(&truncated);
        let up: i64 = truncated.iter().map(|value| value - (number >> 8)).sum();
        let fraction = number.rem_euclid(256) as f64 / 256.0 * count as f64;
        // Six standard deviations at most.
        assert!(
            (up as f64 - fraction).abs() <= 85.0,
            "{number}: {up}, not {fraction}"
        );
        assert!(fraction > 0.0 || up == 0);
    }
}

/// Where the mask is as large as the number leaves room for it, it is; elsewhere it is uniform, in a
/// field that has uniform masks.
#[test]
fn masks_are_chosen_by_what_fits() {
    let committee = crate::shamir::testing::committee(3);
    let choose = |width| Hiding::choose::<Mersenne61>(committee, width, 40);
    assert_eq!(choose(19), Some(statistical(40)));
    assert_eq!(choose(20), Some(Hiding::Uniform));
    assert_eq!(choose(60), Some(Hiding::Uniform));
    assert_eq!(choose(61), None);
    assert_eq!(Hiding::choose::<FiveSymbols>(committee, 30, 40), None);
    let mut room = Room::new(3);
    let refused = room.run(vec![(); 3], |prss, ()| {
        ComparisonMasks::<OneSymbol>::prepare(prss, 20, Hiding::Uniform, 1, Way::Direct)
    });
    assert!(matches!(refused.err(), Some(MpcError::MaskWidth { .. })));
}
