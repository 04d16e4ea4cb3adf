//! A network in integers.

use std::ops::Range;

use blindsight_mpc::{
    kernel::SignMatrix,
    linear::LinearMap,
    ring::{Shares, Word},
};
use ndarray::{Array1, Array2};
use zeroize::Zeroize;

use crate::plan::{Plan, PlanError, Reveal};

/// A network in integers together with its public plan: what a model owner hosts.
///
/// No `Debug`: the weights are the model owner's secret.
pub struct IntegerNetwork {
    pub(super) plan: Plan,
    pub(super) layers: Vec<IntegerLayer>,
    pub(super) exact: Vec<bool>,
}

/// One linear map in integers. Erased when dropped; no `Debug`, for it is a secret.
pub struct IntegerLayer {
    /// `W` times a scale, rounded; of the shape that the map says.
    pub weights: Weights,
    /// `b` times the scale of the result, one for each element of it.
    pub bias: Array1<i64>,
}

/// Integer weights. Erased when dropped; no `Debug`, for they are a secret.
pub enum Weights {
    /// Any integers, shape [`LinearMap::weights`].
    Integers(Array2<i32>),
    /// +1 and -1 of a fully connected layer, a bit each.
    Signs(SignMatrix),
}

impl IntegerNetwork {
    /// The public plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The same network with another reveal policy; the class alone, unless told otherwise.
    ///
    /// # Errors
    ///
    /// When there are not so many classes, or none is wanted.
    pub fn revealing(mut self, reveal: Reveal) -> Result<Self, PlanError> {
        self.plan = self.plan.revealing(reveal)?;
        Ok(self)
    }

    /// The linear maps, in the order of [`Plan::linears`].
    pub fn layers(&self) -> &[IntegerLayer] {
        &self.layers
    }

    /// Whether a step, from 0, was integers before: nothing in it was rounded.
    pub fn is_exact(&self, step: usize) -> bool {
        self.exact.get(step).copied().unwrap_or(false)
    }
}

impl Weights {
    /// Packs what can be packed.
    pub fn new(map: &LinearMap, integers: Array2<i32>) -> Self {
        let dense = matches!(map, LinearMap::FullyConnected { .. });
        let signs = dense.then(|| SignMatrix::new(&integers)).flatten();
        let packed = signs.map(Self::Signs);
        packed.unwrap_or(Self::Integers(integers))
    }

    /// `W x` in the ring of `T` for each `x`, with the weights read once.
    ///
    /// # Panics
    ///
    /// When the lengths do not fit: the caller has checked them against the plan.
    pub fn apply_all<T: Word>(&self, map: &LinearMap, xs: &[&[T]]) -> Vec<Shares<T>> {
        match self {
            Self::Integers(integers) => map.apply_all(integers.view(), xs),
            Self::Signs(signs) => signs.products(xs).into_iter().map(Shares::new).collect(),
        }
    }

    /// Hands on some weights, counted row by row.
    ///
    /// # Panics
    ///
    /// When there are not so many.
    pub fn each(&self, range: Range<usize>, take: impl FnMut(i32)) {
        match self {
            Self::Integers(integers) => {
                let some = integers.iter().skip(range.start).take(range.len());
                some.copied().for_each(take);
            }
            Self::Signs(signs) => signs.entries(range).for_each(take),
        }
    }

    /// The weights in a ring, row by row.
    pub fn to_words<T: Word>(&self) -> Shares<T> {
        match self {
            Self::Integers(integers) => integers.iter().map(|w| T::from_i64((*w).into())).collect(),
            Self::Signs(signs) => Shares::new(signs.to_words::<T>().into_raw_vec_and_offset().0),
        }
    }
}

impl Drop for Weights {
    fn drop(&mut self) {
        if let Self::Integers(integers) = self {
            integers.iter_mut().for_each(Zeroize::zeroize);
        }
    }
}

impl Drop for IntegerLayer {
    fn drop(&mut self) {
        self.bias.iter_mut().for_each(Zeroize::zeroize);
    }
}
