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
    opening::{self, Way, open},
    prss::Prss,
    reduction::{cost_ahead, reduce_ahead},
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
        let both = signs.beside(reduce_ahead(prss, &roots.mul(&roots)?, way)?);
        let masks = both.and_then(prss, move |prss, (signs, squares)| {
            let masks = reduce_ahead(prss, &signs.mul(&squares)?, way)?;
            let product = match symbols {
                Symbols::Three => {
                    let list = |at: usize| signs.iter().skip(at * count).take(count).copied();
                    let [first, second, third] =
                        [0, 1, 2].map(|at| list(at).collect::<Shares<F>>());
                    let two = reduce_ahead(prss, &first.mul(&second)?, way)?;
                    two.and_then(prss, move |prss, two| {
                        reduce_ahead(prss, &two.mul(&third)?, way)
                    })?
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
        let reduced = |count| cost_ahead(committee, party, count, way);
        let signs = signs::cost(committee, party, all, way).beside(reduced(all));
        let product = match symbols {
            // Of the first two, of that and the third.
            Symbols::Three => reduced(count) + reduced(count),
            Symbols::One | Symbols::Five => Cost::default(),
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
        testing::{
            Room, Tiny, assert_same_distribution, scripted_shares, two_samples, views,
            views_by_secret,
        },
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

    /// In the field of 7 all masks are as likely as each other, whatever a single party saw of their
    /// making.
    #[test]
    fn what_a_party_sees_of_masks_is_independent_of_them() {
        for conspirator in 1..=3 {
            let views = views_by_secret(3, &[conspirator], 4, |room| {
                let prepared = room.run(vec![(); 3], |prss, ()| {
                    SignMasks::<Tiny>::prepare(prss, Symbols::One, 1, Way::Collected)
                })?;
                let masks = prepared.outputs;
                let lists = |of: fn(&SignMasks<Tiny>) -> &Shares<Tiny>| {
                    room.secrets(&masks.iter().map(of).collect::<Vec<_>>())
                };
                let [sign, mask] = [lists(|own| &own.signs), lists(|own| &own.masks)];
                let symbol = legendre_symbol(mask[0].rem_euclid(7) as u64, 7);
                assert!(mask[0] == 0 || i64::from(symbol) == sign[0]);
                Ok([sign[0], mask[0]])
            });
            // The six elements that are not 0; and 0, when the root was 0, with both signs.
            assert_eq!(views.len(), 8);
            let masks = views.iter().filter(|([_, mask], _)| *mask != 0);
            let masks: Vec<_> = masks.map(|(_, views)| views).collect();
            assert!(masks.iter().all(|views| *views == masks[0]));
        }
    }

    /// With one symbol in the field of 7, where it is right for 0 and -1, a single party's whole view
    /// of the gate is the same for both.
    #[test]
    fn what_a_party_sees_is_independent_of_the_number() {
        assert_eq!([0, -1].map(|a| Symbols::One.clear::<Tiny>(a)), [1, -1]);
        for conspirator in 1..=3 {
            let share = |room: &Room, given: u64, secret: i64| {
                scripted_shares::<Tiny>(room.committee, &[conspirator], &[given], secret)
            };
            let see = |a: i64| {
                let mut seen: Vec<(Vec<u64>, u64)> = Vec::new();
                for (secret, square) in [-1, 1].into_iter().flat_map(|s| [1, 2, 4].map(|r| (s, r)))
                {
                    let views = views(3, &[conspirator], 4, |room| {
                        let masks = share(room, 3, secret).into_iter();
                        let masks = masks.zip(share(room, 6, secret * square));
                        let masks = masks.map(|(signs, masks)| SignMasks {
                            symbols: Symbols::One,
                            count: 1,
                            signs,
                            masks,
                            product: Shares::default(),
                        });
                        let own = share(room, 5, a).into_iter().zip(masks);
                        let run =
                            room.run(own.collect(), |prss, (a, masks)| sign(prss, &a, masks))?;
                        let sign = Symbols::One.clear::<Tiny>(a);
                        assert_eq!(room.secrets(&run.outputs), [i64::from(sign)]);
                        Ok(())
                    });
                    seen.extend(views);
                }
                seen.sort_unstable();
                seen
            };
            assert_eq!(see(0), see(-1));
        }
    }

    /// What all see of many equal numbers: how often the opened symbols are which, all of a number
    /// together, and then how often they are which when the secret signs are known.
    fn symbols_seen<F: Field>(symbols: Symbols, a: i64) -> [Vec<u64>; 2] {
        const COUNT: usize = 4096;
        let mut room = Room::new(3);
        let prepared = room.run(vec![(); 3], |prss, ()| {
            SignMasks::<F>::prepare(prss, symbols, COUNT, Way::Collected)
        });
        let masks = prepared.unwrap().outputs;
        let signs: Vec<&Shares<F>> = masks.iter().map(|masks| &masks.signs).collect();
        let signs = room.secrets(&signs);
        let own = room.share::<F>(&[a; COUNT]).into_iter().zip(masks);
        room.opened.clear();
        room.run(own.collect(), |prss, (a, masks)| sign(prss, &a, masks))
            .unwrap();
        assert_eq!(room.opened.len(), symbols.opened() * COUNT);
        let mut counts = [vec![0; 64], vec![0; 64]];
        for at in 0..COUNT {
            let bit = |number: i64| usize::from(number > 0);
            let mut classes = [0; 2];
            for place in (at..room.opened.len()).step_by(COUNT) {
                let symbol = i64::from(legendre_symbol(room.opened[place], F::MODULUS));
                classes[0] = 2 * classes[0] + bit(symbol);
                classes[1] = 2 * classes[1] + bit(symbol * signs[place]);
            }
            counts[0][classes[0]] += 1;
            counts[1][classes[1]] += 1;
        }
        counts
    }

    /// The opened symbols are those of random elements. If the signs that turn them around were
    /// opened as well, they would tell the number's: then this test sees it.
    #[test]
    fn opened_symbols_are_independent_of_the_number() {
        fn check<F: Field>(symbols: Symbols) {
            let range = i64::from(symbols.range::<F>().unwrap());
            let [high, low] = [range, -range].map(|a| symbols_seen::<F>(symbols, a));
            assert_same_distribution("the symbols", &high[0], &low[0]);
            let uniform: Vec<u64> = (0..64)
                .map(|class| {
                    if class < 1 << symbols.opened() {
                        1_000_000
                    } else {
                        0
                    }
                })
                .collect();
            assert_same_distribution("uniform", &high[0], &uniform);
            assert!(two_samples(&high[1], &low[1]).0 > 1000.0);
        }
        check::<OneSymbol>(Symbols::One);
        check::<ThreeSymbols>(Symbols::Three);
        check::<FiveSymbols>(Symbols::Five);
    }
}
