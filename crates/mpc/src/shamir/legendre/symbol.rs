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
