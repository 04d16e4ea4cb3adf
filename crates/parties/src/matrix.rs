//! Words of a ring as they stand in messages, and masks of weights.

use blindsight_mpc::{
    linear::LinearMap,
    prg::Prg,
    ring::{Ring, SecretBytes, Shares, Word},
    with_ring,
};
use ndarray::{ArrayView2, ShapeError};

/// The masked or masking weights of one linear map, or what goes in or comes out, as words of its
/// ring. Erased when dropped.
pub(crate) enum Matrix {
    Z16(Shares<u16>),
    Z32(Shares<u32>),
    Z64(Shares<u64>),
}

/// Words whose matrices [`Matrix`] can hold.
pub(crate) trait Element: Word {
    fn wrap(words: Shares<Self>) -> Matrix;
    /// The words of a matrix over this ring.
    fn of(matrix: &Matrix) -> Option<&Shares<Self>>;
}

macro_rules! element {
    ($word:ty, $variant:ident) => {
        impl Element for $word {
            fn wrap(words: Shares<Self>) -> Matrix {
                Matrix::$variant(words)
            }
            fn of(matrix: &Matrix) -> Option<&Shares<Self>> {
                match matrix {
                    Matrix::$variant(words) => Some(words),
                    _ => None,
                }
            }
        }
    };
}
element!(u16, Z16);
element!(u32, Z32);
element!(u64, Z64);

impl Matrix {
    /// From little-endian words, row by row; `None` unless there are `count`.
    pub(crate) fn from_le(ring: Ring, count: usize, bytes: &[u8]) -> Option<Self> {
        let expected = count.checked_mul(ring.bytes())?;
        (bytes.len() == expected).then(|| with_ring!(ring, T => T::wrap(read::<T>(bytes))))
    }

    /// `count` words from a stream.
    pub(crate) fn expand(ring: Ring, count: usize, prg: &mut Prg) -> Self {
        with_ring!(ring, T => T::wrap(prg.words::<T>(count)))
    }

    /// The products with all `xs`; `None` when the matrix is of another ring or shape.
    pub(crate) fn apply_all<T: Element>(
        &self,
        map: &LinearMap,
        xs: &[&[T]],
    ) -> Option<Vec<Shares<T>>> {
        let words = T::of(self)?;
        let view: Result<ArrayView2<'_, T>, ShapeError> =
            ArrayView2::from_shape(map.weights(), words);
        let fits = xs.iter().all(|x| x.len() == map.inputs());
        view.ok()
            .filter(|_| fits)
            .map(|view| map.apply_all(view, xs))
    }
}

/// Little-endian words as shares.
pub(crate) fn read<T: Word>(bytes: &[u8]) -> Shares<T> {
    Shares::new(T::read_le(bytes))
}

/// Little-endian words of a ring that is as wide or wider, reduced.
pub(crate) fn reduced<T: Word>(ring: Ring, bytes: &[u8]) -> Shares<T> {
    with_ring!(ring, V => read::<V>(bytes).iter().map(|word| T::from_u64(word.to_u64())).collect())
}

/// Words in little endian.
pub(crate) fn write<T: Word>(words: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    T::write_le(words, &mut bytes);
    bytes
}

/// The same, of a secret.
pub(crate) fn keep<T: Word>(words: &[T]) -> SecretBytes {
    SecretBytes::new(write(words))
}

/// `a + b` word by word; the shorter one sets the length.
pub(crate) fn plus<T: Word>(a: &[T], b: &[T]) -> Shares<T> {
    a.iter().zip(b).map(|(a, b)| a.add(*b)).collect()
}

/// `a + b` word by word in the ring, as little-endian words; the shorter one sets the length.
pub(crate) fn add(ring: Ring, a: &[u8], b: &[u8]) -> Vec<u8> {
    with_ring!(ring, T => write(&plus(&read::<T>(a), &read::<T>(b))))
}
