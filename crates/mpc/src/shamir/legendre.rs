//! The sign of a small number by Legendre symbols.
//!
//! For some primes the symbol of `2 a + 1` is its sign for all small `a`. With a secret random sign `s`
//! and a secret random `r` the parties open `(2 a + 1) s r^2`, a random element, and multiply its
//! symbol, a public random sign, by `s` (Abspoel, Bouman, Schoenmakers, de Vreede, "Fast Secure
//! Comparison for Medium-Sized Integers and Its Application in Binarized Neural Networks", CT-RSA
//! 2019).

use serde::{Deserialize, Serialize};

use super::{
    committee::{Committee, Party},
    cost::Cost,
    field::Field,
    multiplication::{multiply, product_of_all},
    opening::{self, Way, open},
    prss::Prss,
    reduction::{self, reduce},
    rounds::Rounds,
    shares::Shares,
    signs::{self, random_signs},
};
use crate::MpcError;

mod symbol;

pub use symbol::legendre_symbol;

/// How many neighbouring symbols make up a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Symbols {
    /// `u`, that of `2 a + 1`.
    One,
    /// `(u + v + w - u v w) / 2`, of `2 a - 1`, `2 a + 1` and `2 a + 3`: what most of them say.
    Three,
    /// The symbol of the sum of those of `2 a - 3` to `2 a + 5`.
    Five,
}

impl Symbols {
    /// How many.
    pub const fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Three => 3,
            Self::Five => 5,
        }
    }

    /// The largest `n` so that the sign is right for all `|a| <= n`; `None` when it is not even right
    /// for 0 and -1.
    pub fn range<F: Field>(self) -> Option<u32> {
        let right = |a: i64| self.clear::<F>(a) == if a < 0 { -1 } else { 1 };
        let wrong = (0..).find(|n| !(right(*n) && right(-n)))?;
        // Far below 2^32 in a field of 64 bits.
        u32::try_from(wrong - 1).ok()
    }

    /// The sign that the protocol gives for a number that is known: wrong beyond
    /// [`Symbols::range`], as it is there.
    pub fn clear<F: Field>(self, a: i64) -> i8 {
        let element = F::from_i64(a);
        let symbols = self
            .neighbours::<F>()
            .map(|offset| symbol(element + element + offset));
        let sum: i8 = symbols.clone().sum();
        match self {
            Self::One => sum,
            Self::Three => (sum - symbols.product::<i8>()) / 2,
            Self::Five => symbol(F::from_i64(sum.into())),
        }
    }

    /// What is added to `2 a` for each symbol.
    fn neighbours<F: Field>(self) -> impl Iterator<Item = F> + Clone {
        // At most 2.
        let half = (self.count() / 2) as i64;
        (-half..=half).map(|step| F::from_i64(2 * step + 1))
    }

    /// Symbols that are opened, that of the sum included.
    const fn opened(self) -> usize {
        match self {
            Self::One | Self::Three => self.count(),
            Self::Five => self.count() + 1,
        }
    }
}

fn symbol<F: Field>(element: F) -> i8 {
    legendre_symbol(element.to_u64(), F::MODULUS)
}

/// What hides the symbols of some numbers: made before these are known, it serves once.
pub struct SignMasks<F: Field> {
    symbols: Symbols,
    count: usize,
    /// `s`, for all numbers' first symbols, then their second and so on, then for that of the sum of
    /// five.
    signs: Shares<F>,
    /// `s r^2`.
    masks: Shares<F>,
    /// The product of the three signs, where there are three symbols.
    product: Shares<F>,
}

impl<F: Field> SignMasks<F> {
    /// Makes those for `count` numbers.
    ///
    /// # Errors
    ///
    /// As [`super::signs::random_signs`].
    pub fn prepare(
        prss: &mut Prss,
        symbols: Symbols,
        count: usize,
        way: Way,
    ) -> Result<Rounds<F, Self>, MpcError> {
        let all = symbols.opened() * count;
        let signs = random_signs(prss, all, way)?;
        let roots = prss.elements::<F>(all)?;
        let both = signs.beside(multiply(prss, &roots, &roots)?);
        let masks = both.and_then(prss, move |prss, (signs, squares)| {
            let masks = multiply(prss, &signs, &squares)?;
            let product = match symbols {
                Symbols::Three => {
                    let lists = signs.chunks_exact(count.max(1));
                    let lists = lists.map(|list| list.iter().copied().collect());
                    let product = product_of_all(prss, lists.collect())?;
                    product.and_then(prss, |prss, product| reduce(prss, &product))?
                }
                Symbols::One | Symbols::Five => Rounds::Done(Shares::default()),
            };
            Ok(masks.beside(product).beside(Rounds::Done(signs)))
        })?;
        masks.map(prss, move |((masks, product), signs)| {
            Ok(Self {
                symbols,
                count,
                signs,
                masks,
                product,
            })
        })
    }

    /// The cost of [`SignMasks::prepare`].
    pub fn cost(
        committee: Committee,
        party: Party,
        symbols: Symbols,
        count: usize,
        way: Way,
    ) -> Cost {
        let all = symbols.opened() * count;
        let reduced = |count| reduction::cost(committee, party, count);
        let signs = signs::cost(committee, party, all, way).beside(reduced(all));
        let product = match symbols {
            // Of the first two, of that and the third.
            Symbols::Three if count > 0 => reduced(count) + reduced(count),
            Symbols::Three | Symbols::One | Symbols::Five => Cost::default(),
        };
        signs + reduced(all).beside(product)
    }
}

/// Shares of `+1` where `a >= 0` and `-1` elsewhere, for `|a|` in [`Symbols::range`].
///
/// # Errors
///
/// When there are not as many masks as numbers.
pub fn sign<F: Field>(
    prss: &mut Prss,
    a: &Shares<F>,
    masks: SignMasks<F>,
) -> Result<Rounds<F, Shares<F>>, MpcError> {
    MpcError::check("the masks of the signs", a.len(), masks.count)?;
    let SignMasks {
        symbols,
        count,
        signs,
        masks,
        product,
    } = masks;
    let first = symbols.count() * count;
    let neighbours = symbols.neighbours::<F>();
    let values = neighbours.flat_map(|offset| a.iter().map(move |a| *a + *a + offset));
    let values: Shares<F> = values.collect();
    let hidden = values.mul(&masks[..first].iter().copied().collect())?;
    let opened = open(prss, "masked symbols", hidden, Way::Direct)?;
    opened.and_then(prss, move |prss, opened| {
        let public = public_symbols(&opened)?;
        let shared: Shares<F> = public
            .iter()
            .zip(signs.iter())
            .map(|(symbol, sign)| *symbol * *sign)
            .collect();
        let sums = |at: usize| {
            let of_one = shared.iter().skip(at).step_by(count);
            of_one.fold(F::ZERO, |sum, sign| sum + *sign)
        };
        let sums: Shares<F> = (0..count).map(sums).collect();
        match symbols {
            Symbols::One => Ok(Rounds::Done(sums)),
            Symbols::Three => {
                let half = F::from_u64(2).inverse();
                let all = |at: usize| {
                    let of_one = public.iter().skip(at).step_by(count);
                    of_one.fold(product[at], |product, symbol| product * *symbol)
                };
                let signs = sums.iter().enumerate();
                let signs = signs.map(|(at, sum)| (*sum - all(at)) * half);
                Ok(Rounds::Done(signs.collect()))
            }
            Symbols::Five => {
                let hidden = sums.mul(&masks[first..].iter().copied().collect())?;
                let opened = open(prss, "masked symbols", hidden, Way::Direct)?;
                opened.map(prss, move |opened| {
                    let public = public_symbols(&opened)?;
                    let signs = signs[first..].iter().zip(&public);
                    Ok(signs.map(|(sign, symbol)| *sign * *symbol).collect())
                })
            }
        }
    })
}

/// The cost of [`sign`].
pub fn cost(committee: Committee, party: Party, symbols: Symbols, count: usize) -> Cost {
    let opened = |count| opening::cost(committee, party, count, Way::Direct);
    let symbols_of_all = opened(symbols.count() * count);
    match symbols {
        Symbols::One | Symbols::Three => symbols_of_all,
        Symbols::Five => symbols_of_all + opened(count),
    }
}

/// The symbols of opened elements.
fn public_symbols<F: Field>(opened: &[F]) -> Result<Vec<F>, MpcError> {
    let symbols = opened.iter().map(|element| match symbol(*element) {
        0 => Err(MpcError::Unlucky),
        symbol => Ok(F::from_i64(symbol.into())),
    });
    symbols.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::{
        field::{FiveSymbols, Mersenne61, OneSymbol, ThreeSymbols},
        testing::{Room, Tiny, scripted_shares, views},
    };

    /// All whole numbers up to the first that is wrong.
    #[test]
    fn the_sign_is_right_in_the_published_ranges() {
        assert_eq!(Symbols::One.range::<OneSymbol>(), Some(134));
        assert_eq!(Symbols::Three.range::<ThreeSymbols>(), Some(383));
        assert_eq!(Symbols::Five.range::<FiveSymbols>(), Some(594));
        // 3 is no square there.
        assert_eq!(Symbols::One.range::<Mersenne61>(), Some(0));
        // What the fields give with other numbers of symbols.
        assert_eq!(Symbols::One.range::<ThreeSymbols>(), Some(80));
        assert_eq!(Symbols::One.range::<FiveSymbols>(), Some(97));
        assert_eq!(Symbols::Three.range::<FiveSymbols>(), Some(294));
    }

    /// The protocol gives what [`Symbols::clear`] does, right or wrong.
    #[test]
    fn signs_are_those_in_the_clear() {
        fn check<F: Field>(symbols: Symbols, parties: u8, step: usize) {
            let mut room = Room::new(parties);
            let range = i64::from(symbols.range::<F>().unwrap()) + 60;
            let numbers: Vec<i64> = (-range..=range).step_by(step).collect();
            let count = numbers.len();
            let inputs = vec![(); usize::from(parties)];
            let prepared = room.run(inputs, |prss, ()| {
                SignMasks::<F>::prepare(prss, symbols, count, Way::Collected)
            });
            let prepared = prepared.unwrap();
            let committee = room.committee;
            room.check_costs(&prepared, |party| {
                SignMasks::<F>::cost(committee, party, symbols, count, Way::Collected)
            });
            let own = room.share::<F>(&numbers).into_iter().zip(prepared.outputs);
            let run = room
                .run(own.collect(), |prss, (a, masks)| sign(prss, &a, masks))
                .unwrap();
            room.check_costs(&run, |party| cost(committee, party, symbols, count));
            let clear = numbers.iter().map(|a| i64::from(symbols.clear::<F>(*a)));
            assert_eq!(room.secrets(&run.outputs), clear.collect::<Vec<_>>());
        }
        for (parties, step) in [(3, 1), (5, 1), (7, 3), (9, 9)] {
            check::<OneSymbol>(Symbols::One, parties, step);
            check::<ThreeSymbols>(Symbols::Three, parties, step);
            check::<FiveSymbols>(Symbols::Five, parties, step);
        }
        check::<FiveSymbols>(Symbols::Three, 4, 10);
    }

    #[test]
    fn masks_are_for_as_many_numbers_as_they_were_made_for() {
        let mut room = Room::new(3);
        let prepared = room.run(vec![(); 3], |prss, ()| {
            SignMasks::<OneSymbol>::prepare(prss, Symbols::One, 3, Way::Direct)
        });
        let own = room
            .share::<OneSymbol>(&[1, 2])
            .into_iter()
            .zip(prepared.unwrap().outputs);
        assert!(
            room.run(own.collect(), |prss, (a, masks)| sign(prss, &a, masks))
                .is_err()
        );
    }

    /// From the making of the masks to the sign, with one symbol in the field of 7, where it is right
    /// for 0 and -1. A single party's whole view is the same for both.
    #[test]
    fn what_a_party_sees_is_independent_of_the_number() {
        assert_eq!([0, -1].map(|a| Symbols::One.clear::<Tiny>(a)), [1, -1]);
        for conspirator in 1..=3 {
            let see = |a: i64| {
                views(3, &[conspirator], 4, |room| {
                    let prepared = room.run(vec![(); 3], |prss, ()| {
                        SignMasks::<Tiny>::prepare(prss, Symbols::One, 1, Way::Collected)
                    })?;
                    let own = scripted_shares(room.committee, &[conspirator], &[5], a);
                    let own = own.into_iter().zip(prepared.outputs);
                    let run = room.run(own.collect(), |prss, (a, masks)| sign(prss, &a, masks))?;
                    assert_eq!(
                        room.secrets(&run.outputs),
                        [Symbols::One.clear::<Tiny>(a).into()]
                    );
                    Ok(())
                })
            };
            assert_eq!(see(0), see(-1));
        }
    }
}
