//! Random signs and bits that nobody knows.
//!
//! A random element divided by the root of its square, which is opened, is +1 or -1 (Damgard, Fitzi,
//! Kiltz, Nielsen, Toft, "Unconditionally Secure Constant-Rounds Multi-party Computation for Equality,
//! Comparison, Bits and Exponentiation", TCC 2006, section 3).

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    opening::{self, Way, open},
    prss::Prss,
    rounds::Rounds,
    shares::Shares,
};
use crate::MpcError;

/// Shares of uniform signs, +1 or -1.
///
/// # Errors
///
/// Of the rounds: those of [`super::opening::open`], and [`MpcError::Unlucky`].
pub fn random_signs<F: Field>(
    prss: &mut Prss,
    count: usize,
    way: Way,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let element = prss.elements::<F>(count)?;
    let squares = open(prss, "squares", element.mul(&element)?, way)?;
    squares.map(prss, move |mut squares| {
        if squares.contains(&F::ZERO) {
            return Err(MpcError::Unlucky);
        }
        invert_roots(&mut squares);
        element.zip(&squares, |element, root| element * root)
    })
}

/// Shares of uniform bits, 0 or 1: [`random_signs`], halved.
///
/// # Errors
///
/// As [`random_signs`].
pub fn random_bits<F: Field>(
    prss: &mut Prss,
    count: usize,
    way: Way,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    let half = F::from_u64(2).inverse();
    let signs = random_signs(prss, count, way)?;
    signs.map(prss, move |signs| {
        Ok(signs.map(|sign| (sign + F::ONE) * half))
    })
}

/// The cost of [`random_signs`] and [`random_bits`].
pub fn cost(committee: Committee, party: Party, count: usize, way: Way) -> Cost {
    opening::cost(committee, party, count, way)
}

/// Elements whose roots are inverted side by side: none waits for the others.
const TOGETHER: usize = 8;

/// Of public squares, the inverses of their roots: to the power of `(p - 3) / 4`, for `p` is 3 modulo
/// 4 and the power of `(p - 1) / 2` is 1.
fn invert_roots<F: Field>(squares: &mut [F]) {
    let (many, rest) = squares.as_chunks_mut::<TOGETHER>();
    for squares in many {
        *squares = power(*squares, (F::MODULUS - 3) / 4);
    }
    for square in rest {
        [*square] = power([*square], (F::MODULUS - 3) / 4);
    }
}

fn power<F: Field, const N: usize>(bases: [F; N], exponent: u64) -> [F; N] {
    /// Bits of the exponent that are handled at a time.
    const WINDOW: u32 = 4;
    let mut powers = [[F::ONE; N]; 1 << WINDOW];
    for i in 1..powers.len() {
        powers[i] = std::array::from_fn(|n| powers[i - 1][n] * bases[n]);
    }
    let mut power = [F::ONE; N];
    for window in (0..(64 - exponent.leading_zeros()).div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            power = std::array::from_fn(|n| power[n] * power[n]);
        }
        let digit = exponent >> (window * WINDOW) & ((1 << WINDOW) - 1);
        power = std::array::from_fn(|n| power[n] * powers[digit as usize][n]);
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61},
        testing::{Room, Tiny, views_by_secret},
    };

    fn nothing(room: &Room) -> Vec<()> {
        vec![(); room.committee.size()]
    }

    #[test]
    fn signs_are_balanced() {
        fn check<F: Field>() {
            for parties in [3, 4, 5, 7, 9] {
                for way in [Way::Direct, Way::Collected] {
                    let mut room = Room::new(parties);
                    let inputs = nothing(&room);
                    let run = room
                        .run(inputs, |prss, ()| random_signs::<F>(prss, 1000, way))
                        .unwrap();
                    let committee = room.committee;
                    room.check_costs(&run, |party| cost(committee, party, 1000, way));
                    let signs = room.secrets(&run.outputs);
                    assert!(signs.iter().all(|sign| sign.abs() == 1));
                    assert!(signs.iter().sum::<i64>().abs() < 200);
                }
            }
        }
        check::<Mersenne61>();
        check::<FiveSymbols>();
    }

    #[test]
    fn bits_are_halved_signs() {
        let mut room = Room::new(3);
        let inputs = nothing(&room);
        let run = room.run(inputs, |prss, ()| {
            random_bits::<Mersenne61>(prss, 1000, Way::Direct)
        });
        let bits = room.secrets(&run.unwrap().outputs);
        assert!(bits.iter().all(|bit| [0, 1].contains(bit)));
        assert!((400..600).contains(&bits.iter().sum::<i64>()));
    }

    #[test]
    fn roots_of_squares_are_inverted() {
        fn check<F: Field>() {
            for count in [1, 7, 8, 9, 20] {
                let roots: Vec<F> = (1..=count).map(F::from_u64).collect();
                let mut squares: Vec<F> = roots.iter().map(|root| *root * *root).collect();
                invert_roots(&mut squares);
                for (root, inverse) in roots.iter().zip(&squares) {
                    assert_eq!((*root * *inverse).to_i64().abs(), 1);
                }
            }
        }
        for prime in crate::shamir::Prime::ALL {
            crate::with_field!(prime, F => check::<F>());
        }
    }

    /// For each thing that a minority sees there are as many runs with one sign as with the other.
    #[test]
    fn what_a_minority_sees_does_not_tell_the_sign() {
        for (parties, conspirators) in [(3, vec![1]), (3, vec![2]), (5, vec![3, 5])] {
            let views = views_by_secret(parties, &conspirators, 8, |room| {
                let inputs = nothing(room);
                let run = room.run(inputs, |prss, ()| {
                    random_signs::<Tiny>(prss, 1, Way::Collected)
                })?;
                Ok(room.secrets(&run.outputs))
            });
            assert_eq!(views.len(), 2);
            assert_eq!(views[&vec![1]], views[&vec![-1]]);
        }
    }
}
