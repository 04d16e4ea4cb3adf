//! A party's shares, and its shares of products.

use zeroize::Zeroize;

use super::field::Field;
use crate::MpcError;

/// Elements that are secret: a party's shares of some values, on polynomials of degree `t`. Erased
/// when dropped; no `Debug`.
pub struct Shares<F: Field>(Vec<F>);

impl<F: Field> Shares<F> {
    /// Takes over the elements; their last copy is this one.
    pub fn new(elements: Vec<F>) -> Self {
        Self(elements)
    }

    /// A party's shares of values that all know: the constant polynomials.
    pub fn public(values: &[F]) -> Self {
        Self(values.to_vec())
    }

    /// A copy, for what is used twice on purpose, as a layer's input.
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// Appends elements.
    pub(super) fn extend(&mut self, elements: impl IntoIterator<Item = F>) {
        for element in elements {
            if self.0.len() == self.0.capacity() {
                // Grown by itself, the vector would leave its elements behind.
                let mut larger = Vec::with_capacity((2 * self.0.len()).max(16));
                larger.extend_from_slice(&self.0);
                self.0.zeroize();
                self.0 = larger;
            }
            self.0.push(element);
        }
    }

    /// What comes behind the first `at`, which are left.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        Self(self.0.split_off(at.min(self.0.len())))
    }

    /// As many lists of `length` as are asked for, from the front.
    pub(super) fn lists(&self, count: usize, length: usize) -> impl Iterator<Item = Self> {
        (0..count).map(move |list| Self(self.0[list * length..][..length].to_vec()))
    }

    /// Shares of `f(a)` for a map that is the same affine one for all parties.
    pub fn map(&self, f: impl FnMut(F) -> F) -> Self {
        Self(self.0.iter().copied().map(f).collect())
    }

    /// Shares of a public affine map of two values.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn zip(&self, other: &[F], mut f: impl FnMut(F, F) -> F) -> Result<Self, MpcError> {
        MpcError::check("the second operand", self.len(), other.len())?;
        let pairs = self.iter().zip(other);
        Ok(Self(pairs.map(|(a, b)| f(*a, *b)).collect()))
    }

    /// Shares of the sums.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn add(&self, other: &[F]) -> Result<Self, MpcError> {
        self.zip(other, |a, b| a + b)
    }

    /// Shares of the differences.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn sub(&self, other: &[F]) -> Result<Self, MpcError> {
        self.zip(other, |a, b| a - b)
    }

    /// The party's shares of the products of pairs, of degree `2 t`.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn mul(&self, other: &Self) -> Result<Products<F>, MpcError> {
        Ok(Products(self.zip(other, |a, b| a * b)?))
    }
}

impl<F: Field> std::ops::Deref for Shares<F> {
    type Target = [F];
    fn deref(&self) -> &[F] {
        &self.0
    }
}

impl<F: Field> std::ops::DerefMut for Shares<F> {
    fn deref_mut(&mut self) -> &mut [F] {
        &mut self.0
    }
}

impl<F: Field> FromIterator<F> for Shares<F> {
    fn from_iter<I: IntoIterator<Item = F>>(elements: I) -> Self {
        let elements = elements.into_iter();
        let (least, most) = elements.size_hint();
        if most == Some(least) {
            return Self(elements.collect());
        }
        let mut shares = Self(Vec::with_capacity(least));
        shares.extend(elements);
        shares
    }
}

impl<F: Field> Default for Shares<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Field> Drop for Shares<F> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A party's shares of values on polynomials of degree `2 t`: of products of shares, and of sums of
/// such. They can only be opened, reduced to [`Shares`], or added up: their polynomials are not
/// random, so what leaves the party is made so first.
pub struct Products<F: Field>(Shares<F>);

impl<F: Field> Products<F> {
    /// What a kernel computed from shares of two values.
    pub fn new(elements: Vec<F>) -> Self {
        Self(Shares::new(elements))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds shares of degree `t` or public values.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn add(&self, other: &[F]) -> Result<Self, MpcError> {
        Ok(Self(self.0.add(other)?))
    }

    /// Of `f(a)` for a map that is the same affine one for all parties.
    pub fn map(&self, f: impl FnMut(F) -> F) -> Self {
        Self(self.0.map(f))
    }

    /// The elements, for what is affine in them and gives [`Products`] again, and for what makes them
    /// random before they leave.
    pub fn elements(&self) -> &[F] {
        &self.0
    }
}

/// Shares that may be masked and opened: of degree `t` or `2 t`.
pub enum Sharing<F: Field> {
    /// Of degree `t`.
    Shares(Shares<F>),
    /// Of degree `2 t`.
    Products(Products<F>),
}

impl<F: Field> Sharing<F> {
    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Self::Shares(shares) => shares.len(),
            Self::Products(products) => products.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Of `f(a)` for a map that is the same affine one for all parties.
    pub fn map(&self, f: impl FnMut(F) -> F) -> Self {
        match self {
            Self::Shares(shares) => Self::Shares(shares.map(f)),
            Self::Products(products) => Self::Products(products.map(f)),
        }
    }

    /// Adds shares of degree `t` or public values.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn add(&self, other: &[F]) -> Result<Self, MpcError> {
        Ok(match self {
            Self::Shares(shares) => Self::Shares(shares.add(other)?),
            Self::Products(products) => Self::Products(products.add(other)?),
        })
    }
}

impl<F: Field> From<Shares<F>> for Sharing<F> {
    fn from(shares: Shares<F>) -> Self {
        Self::Shares(shares)
    }
}

impl<F: Field> From<Products<F>> for Sharing<F> {
    fn from(products: Products<F>) -> Self {
        Self::Products(products)
    }
}

impl<F: Field> AsRef<[F]> for Shares<F> {
    fn as_ref(&self) -> &[F] {
        &self.0
    }
}
