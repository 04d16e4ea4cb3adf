//! The Legendre symbol of a public element.

/// `(value / prime)`: +1 for a square, -1 for others, 0 for 0. By the binary algorithm for Jacobi's
/// symbol: its time depends on the value, which must be public.
pub fn legendre_symbol(value: u64, prime: u64) -> i8 {
    let (mut a, mut n) = (value % prime, prime);
    let mut negative = 0;
    while a != 0 {
        let twos = a.trailing_zeros();
        a >>= twos;
        // (2 / n) = -1 for n = 3 and 5 modulo 8.
        negative ^= u64::from(twos) & (n ^ n >> 1) >> 1;
        if a < n {
            // Reciprocity: both 3 modulo 4.
            negative ^= (a & n) >> 1;
            (a, n) = (n, a);
        }
        a -= n;
    }
    match (n, negative & 1) {
        (1, 0) => 1,
        (1, _) => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::field::{Field, Prime};
    use proptest::prelude::*;

    proptest! {
        /// Euler: the power of `(p - 1) / 2`.
        #[test]
        fn the_symbol_is_eulers_power(value: u64) {
            for prime in Prime::ALL {
                let power = crate::with_field!(prime, F => {
                    F::from_u64(value).pow((F::MODULUS - 1) / 2).to_i64()
                });
                prop_assert_eq!(i64::from(legendre_symbol(value, prime.modulus())), power);
            }
        }
    }

    #[test]
    fn small_primes_have_the_symbols_of_their_squares() {
        for prime in [3_u64, 5, 7, 11, 13, 17, 101] {
            for value in 0..prime {
                let square = (1..prime).any(|root| root * root % prime == value);
                let expected = if value == 0 {
                    0
                } else if square {
                    1
                } else {
                    -1
                };
                assert_eq!(
                    legendre_symbol(value, prime),
                    expected,
                    "{value} modulo {prime}"
                );
            }
        }
    }
}
