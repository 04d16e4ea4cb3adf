//! Matrices over the ring of a step: weights and their masks.

use blindsight_mpc::{
    linear,
    prg::Prg,
    ring::{Ring, Shares, Word},
    with_ring,
};
use ndarray::Array2;
use zeroize::{Zeroize, Zeroizing};

/// A matrix of shape `[outputs, inputs]` over one of the rings. Erased when dropped.
///
/// Vectors that go in and come out are little-endian ring words, as they stand in messages.
pub(crate) enum Matrix {
    Z16(Array2<u16>),
    Z32(Array2<u32>),
    Z64(Array2<u64>),
}

/// Runs an expression on the matrix inside.
macro_rules! with_matrix {
    ($matrix:expr, $inner:ident => $body:expr) => {
        match $matrix {
            Matrix::Z16($inner) => $body,
            Matrix::Z32($inner) => $body,
            Matrix::Z64($inner) => $body,
        }
    };
}

/// Words whose matrices [`Matrix`] can hold.
trait Element: Word {
    fn wrap(matrix: Array2<Self>) -> Matrix;
}

macro_rules! element {
    ($word:ty, $variant:ident) => {
        impl Element for $word {
            fn wrap(matrix: Array2<Self>) -> Matrix {
                Matrix::$variant(matrix)
            }
        }
    };
}
element!(u16, Z16);
element!(u32, Z32);
element!(u64, Z64);

impl Matrix {
    /// From little-endian words, row by row; `None` unless there are as many as the shape needs.
    pub(crate) fn from_le(ring: Ring, shape: (usize, usize), bytes: &[u8]) -> Option<Self> {
        let expected = shape.0.checked_mul(shape.1)?.checked_mul(ring.bytes())?;
        if bytes.len() != expected {
            return None;
        }
        with_ring!(ring, T => Some(T::wrap(Array2::from_shape_vec(shape, T::read_le(bytes)).ok()?)))
    }

    /// Signed integers, reduced to the ring.
    pub(crate) fn from_integers(ring: Ring, integers: &Array2<i32>) -> Self {
        with_ring!(ring, T => T::wrap(integers.mapv(|w| T::from_i64(w.into()))))
    }

    /// A mask of a matrix from a stream.
    pub(crate) fn expand(ring: Ring, shape: (usize, usize), prg: &mut Prg) -> Option<Self> {
        let bytes = prg.bytes(shape.0 * shape.1 * ring.bytes());
        Self::from_le(ring, shape, &bytes)
    }

    /// `self - mask` as little-endian words, row by row; `None` when rings or shapes differ.
    pub(crate) fn masked_with(&self, mask: &Self) -> Option<Vec<u8>> {
        fn subtract<T: Word>(a: &Array2<T>, b: &Array2<T>) -> Option<Vec<u8>> {
            if a.dim() != b.dim() {
                return None;
            }
            let words: Vec<T> = a.iter().zip(b).map(|(a, b)| a.sub(*b)).collect();
            let mut bytes = Vec::new();
            T::write_le(&words, &mut bytes);
            Some(bytes)
        }
        match (self, mask) {
            (Self::Z16(a), Self::Z16(b)) => subtract(a, b),
            (Self::Z32(a), Self::Z32(b)) => subtract(a, b),
            (Self::Z64(a), Self::Z64(b)) => subtract(a, b),
            _ => None,
        }
    }

    /// [`linear::correction`].
    pub(crate) fn correction(&self, r: &[u8], s: &[u8]) -> Vec<u8> {
        with_matrix!(self, b => write(&linear::correction(b.view(), &read(r), &read(s))))
    }

    /// [`linear::data_owner_share`].
    pub(crate) fn data_owner_share(&self, r: &[u8], c: &[u8]) -> Zeroizing<Vec<u8>> {
        with_matrix!(self, e => {
            Zeroizing::new(write(&linear::data_owner_share(e.view(), &read(r), &read(c))))
        })
    }

    /// [`linear::model_owner_share`].
    pub(crate) fn model_owner_share(&self, x_hat: &[u8], x_m: &[u8], offset: &[u8]) -> Vec<u8> {
        with_matrix!(self, w => {
            write(&linear::model_owner_share(w.view(), &read(x_hat), &read(x_m), &read(offset)))
        })
    }
}

impl Drop for Matrix {
    fn drop(&mut self) {
        with_matrix!(self, m => {
            m.iter_mut().for_each(Zeroize::zeroize);
        });
    }
}

/// Little-endian words as shares.
pub(crate) fn read<T: Word>(bytes: &[u8]) -> Shares<T> {
    Shares::new(T::read_le(bytes))
}

/// Words in little endian.
pub(crate) fn write<T: Word>(words: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    T::write_le(words, &mut bytes);
    bytes
}

/// `a + b` word by word in the ring, as little-endian words; the shorter one sets the length.
pub(crate) fn add(ring: Ring, a: &[u8], b: &[u8]) -> Vec<u8> {
    with_ring!(ring, T => {
        let sums: Shares<T> = read::<T>(a).iter().zip(read::<T>(b).iter()).map(|(a, b)| a.add(*b)).collect();
        write(&sums)
    })
}

/// `a - b`, as [`add`].
pub(crate) fn subtract(ring: Ring, a: &[u8], b: &[u8]) -> Vec<u8> {
    with_ring!(ring, T => {
        let words: Shares<T> = read::<T>(a).iter().zip(read::<T>(b).iter()).map(|(a, b)| a.sub(*b)).collect();
        write(&words)
    })
}
