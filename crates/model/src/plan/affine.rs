//! Affine maps of values: a small program that every party runs on its own shares.
//!
//! What has weights is the model owner's secret and costs a correction; the rest is public and
//! costs nothing.

use blindsight_mpc::{
    linear::LinearMap,
    ring::{Ring, Shares, Word},
};
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::network::{Shape, Window};

/// The largest public factor of a term or of an element in a window.
pub const MAX_FACTOR: u32 = 1 << 31;

/// An affine map over one ring. Its result is that of the last operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affine {
    /// The ring in which all of it runs.
    pub ring: Ring,
    /// The operations in order.
    pub operations: Vec<Operation>,
}

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operand {
    /// A value: 0 is the picture, `k` what the activation of step `k - 1` gives.
    Value(u16),
    /// The result of an earlier operation of the same map.
    Result(u16),
}

/// An operand times a public factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The operand.
    pub operand: Operand,
    /// 1 to [`MAX_FACTOR`]: brings operands to the same scale.
    pub factor: u32,
}

/// One operation. Elements stand channel by channel, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// `W x + b`. What it takes must not depend on another linear map of the same step.
    Linear {
        /// `x`.
        of: Operand,
        /// The shape of `W`.
        map: LinearMap,
    },
    /// The sum of each window: average pooling, but for the division.
    WindowSum {
        /// What the windows slide over.
        of: Operand,
        /// The windows.
        window: Window,
        /// Whether padding counts: see [`WindowWeights`].
        count_padding: bool,
    },
    /// The sum of terms of equal shape.
    Sum(Vec<Term>),
    /// The channels of all terms one after the other.
    Concatenate(Vec<Term>),
    /// The same elements in another shape.
    Reshape {
        /// What is reshaped.
        of: Operand,
        /// The new shape.
        shape: Shape,
    },
}

impl Operation {
    /// What it takes.
    pub fn operands(&self) -> Vec<Operand> {
        match self {
            Self::Linear { of, .. } | Self::WindowSum { of, .. } | Self::Reshape { of, .. } => {
                vec![*of]
            }
            Self::Sum(terms) | Self::Concatenate(terms) => {
                terms.iter().map(|term| term.operand).collect()
            }
        }
    }
}

/// By what the sum of each window is multiplied so that all have one divisor.
///
/// Where padding does not count, a window at the edge is the mean of fewer elements. Its sum is
/// multiplied by more, so that dividing all by the same number gives the means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowWeights {
    /// A factor for each place of the window.
    pub factors: Vec<u32>,
    /// What the sums, so multiplied, are to be divided by.
    pub divisor: u32,
}

impl WindowWeights {
    /// `None` when the window does not fit, or a factor is beyond [`MAX_FACTOR`].
    pub fn new(from: Shape, window: &Window, count_padding: bool) -> Option<Self> {
        let to = from.pooled(window)?;
        let along = |axis: usize, places: u32, size: u32| {
            let seen = |place: u32| {
                let taps = 0..window.kernel[axis];
                taps.filter(|tap| window.element(axis, place, *tap, size).is_some())
                    .count() as u64
            };
            (0..places).map(seen).collect::<Vec<u64>>()
        };
        let columns = along(1, to.width, from.width);
        let rows = along(0, to.height, from.height);
        let counts = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |column| row * column));
        let counts: Vec<u64> = counts.collect();
        let all = u64::from(window.kernel[0]) * u64::from(window.kernel[1]);
        let divisor = if count_padding {
            all
        } else {
            counts.iter().try_fold(1, |lcm, count| {
                let lcm = lcm / gcd(lcm, *count) * count;
                (lcm <= MAX_FACTOR.into()).then_some(lcm)
            })?
        };
        let factor = |count: u64| if count_padding { 1 } else { divisor / count };
        let fits = divisor > 0 && divisor <= MAX_FACTOR.into();
        fits.then(|| Self {
            factors: counts
                .into_iter()
                .map(|count| factor(count) as u32)
                .collect(),
            divisor: divisor as u32,
        })
    }

    /// The sums over the windows of a value of shape `from`, in any arithmetic.
    pub fn sums<A: Copy>(
        &self,
        x: &[A],
        from: Shape,
        window: &Window,
        zero: A,
        add: impl Fn(A, A) -> A,
        times: impl Fn(A, u32) -> A,
    ) -> Vec<A> {
        let Some(to) = from.pooled(window) else {
            return Vec::new();
        };
        let [rows, columns] = window.kernel;
        let planes = x.chunks_exact(from.plane().max(1));
        let sums = planes.flat_map(|plane| {
            let place = |(place, factor): (usize, &u32)| {
                let (row, column) = (place as u32 / to.width, place as u32 % to.width);
                let mut sum = zero;
                for tap in 0..rows * columns {
                    let row = window.element(0, row, tap / columns, from.height);
                    let column = window.element(1, column, tap % columns, from.width);
                    if let (Some(row), Some(column)) = (row, column) {
                        sum = add(sum, plane[(row * from.width + column) as usize]);
                    }
                }
                times(sum, *factor)
            };
            self.factors
                .iter()
                .enumerate()
                .map(place)
                .collect::<Vec<A>>()
        });
        sums.collect()
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Plan {
    /// Runs the affine map of a step in the ring of `T`, which is the step's or, in the clear, a
    /// wider one.
    ///
    /// `value` gives a value's elements; `linear` gives a linear map, by its number among
    /// [`Plan::linears`], of what it takes. Either may not know: what depends on it is not known
    /// either. The dealer, for one, knows what goes into linear maps, but not what comes of them.
    pub fn run<T: Word>(
        &self,
        step: usize,
        // No generics: compiled for each closure, this would be much of what a browser downloads.
        value: &dyn Fn(usize) -> Option<Shares<T>>,
        linear: &mut dyn FnMut(usize, &LinearMap, &[T]) -> Option<Shares<T>>,
    ) -> Option<Shares<T>> {
        let shapes = &self.derived.operations[step];
        let mut number = self.linears().partition_point(|linear| linear.step < step);
        let mut results: Vec<Option<Shares<T>>> = Vec::with_capacity(shapes.len());
        for operation in &self.affine(step).operations {
            let get = |operand: Operand| match operand {
                Operand::Value(k) => value(k.into()),
                Operand::Result(k) => {
                    let known = results.get(usize::from(k))?.as_ref()?;
                    Some(Shares::new(known.to_vec()))
                }
            };
            let shape = |operand: Operand| match operand {
                Operand::Value(k) => self.values()[usize::from(k)].shape,
                Operand::Result(k) => shapes[usize::from(k)],
            };
            let scaled = |term: &Term| {
                let mut words = get(term.operand)?;
                if term.factor != 1 {
                    let factor = T::from_u64(term.factor.into());
                    words.iter_mut().for_each(|word| *word = word.mul(factor));
                }
                Some(words)
            };
            let result = match operation {
                Operation::Linear { of, map } => {
                    number += 1;
                    get(*of).and_then(|x| linear(number - 1, map, &x))
                }
                Operation::WindowSum {
                    of,
                    window,
                    count_padding,
                } => get(*of).and_then(|x| {
                    let weights = WindowWeights::new(shape(*of), window, *count_padding)?;
                    let times = |word: T, factor: u32| word.mul(T::from_u64(factor.into()));
                    let sums = weights.sums(&x, shape(*of), window, T::default(), T::add, times);
                    Some(Shares::new(sums))
                }),
                Operation::Sum(terms) => {
                    let mut terms = terms.iter().map(scaled);
                    let first = terms.next().flatten();
                    terms.fold(first, |sum, term| {
                        let (sum, term) = (sum?, term?);
                        Some(
                            sum.iter()
                                .zip(term.iter())
                                .map(|(a, b)| a.add(*b))
                                .collect(),
                        )
                    })
                }
                Operation::Concatenate(terms) => {
                    let parts: Option<Vec<Shares<T>>> = terms.iter().map(scaled).collect();
                    parts.map(|parts| parts.iter().flat_map(|part| part.iter().copied()).collect())
                }
                Operation::Reshape { of, .. } => get(*of),
            };
            results.push(result);
        }
        results.pop().flatten()
    }
}
