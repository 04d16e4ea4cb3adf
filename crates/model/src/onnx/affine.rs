//! Multiplication and addition element by element: normalisation and biases that wait for a layer.

/// A number for each element of a value, in runs of equal ones: one run for a single number, a run
/// for each channel, or runs of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spread {
    values: Vec<f64>,
    run: usize,
}

impl Spread {
    /// The same number for `length` elements; `length` is at least 1.
    pub fn uniform(value: f64, length: usize) -> Self {
        Self {
            values: vec![value],
            run: length.max(1),
        }
    }

    /// A number for each element, of which `plane` make a channel.
    pub fn new(values: Vec<f64>, plane: usize) -> Self {
        let constant = |run: usize| {
            run > 0 && values.len().is_multiple_of(run) && {
                let mut runs = values.chunks(run);
                runs.all(|run| run.iter().all(|value| Some(value) == run.first()))
            }
        };
        let run = [values.len(), plane].into_iter().find(|run| constant(*run));
        let run = run.unwrap_or(1);
        let values = values.into_iter().step_by(run).collect();
        Self { values, run }
    }

    /// Elements.
    pub fn len(&self) -> usize {
        self.values.len() * self.run
    }

    /// Numbers in memory.
    pub fn kept(&self) -> usize {
        self.values.len()
    }

    /// The number for an element.
    pub fn at(&self, element: usize) -> f64 {
        let value = self.values.get(element / self.run);
        value.copied().unwrap_or_default()
    }

    /// The number, if it is the same for all elements.
    pub fn single(&self) -> Option<f64> {
        match self.values[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Whether the number is the same within each channel of `plane` elements.
    pub fn by_channel(&self, plane: usize) -> bool {
        plane > 0 && self.run.is_multiple_of(plane)
    }

    /// Whether all numbers are like that.
    pub fn all(&self, test: impl Fn(f64) -> bool) -> bool {
        self.values.iter().all(|value| test(*value))
    }

    /// One divided by each number.
    pub fn recip(&self) -> Self {
        self.map(f64::recip)
    }

    /// The negative of each number.
    pub fn negative(&self) -> Self {
        self.map(|value| -value)
    }

    fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        Self {
            values: self.values.iter().map(|value| of(*value)).collect(),
            run: self.run,
        }
    }

    fn zip(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Self {
        if let Some(value) = other.single() {
            return self.map(|own| of(own, value));
        }
        if let Some(value) = self.single() {
            return other.map(|other| of(value, other));
        }
        let run = common_divisor(self.run, other.run);
        let starts = (0..self.len()).step_by(run);
        Self {
            values: starts.map(|at| of(self.at(at), other.at(at))).collect(),
            run,
        }
    }
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a.max(1)
    } else {
        common_divisor(b, a % b)
    }
}

/// `scale * x + shift`, element by element.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Affine {
    /// What each element is multiplied by.
    pub scale: Spread,
    /// What is added to it then.
    pub shift: Spread,
}

impl Affine {
    /// The same for `length` elements.
    pub fn uniform(scale: f64, shift: f64, length: usize) -> Self {
        Self {
            scale: Spread::uniform(scale, length),
            shift: Spread::uniform(shift, length),
        }
    }

    /// This one first, then another.
    pub fn then(&self, next: &Self) -> Self {
        let product = next.scale.zip(&self.shift, |scale, shift| scale * shift);
        Self {
            scale: next.scale.zip(&self.scale, |next, own| next * own),
            shift: product.zip(&next.shift, |own, next| own + next),
        }
    }

    /// Two of the same value, added.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            scale: self.scale.zip(&other.scale, |a, b| a + b),
            shift: self.shift.zip(&other.shift, |a, b| a + b),
        }
    }

    /// Whether it changes nothing.
    pub fn is_identity(&self) -> bool {
        self.scale.all(|scale| scale == 1.0) && self.shifts_nothing()
    }

    /// Whether nothing is added.
    pub fn shifts_nothing(&self) -> bool {
        self.shift.all(|shift| shift == 0.0)
    }

    /// Whether it keeps the order of numbers: every scale is more than 0.
    pub fn rises(&self) -> bool {
        self.scale.all(|scale| scale > 0.0)
    }

    /// Whether it is the same within each channel of `plane` elements.
    pub fn by_channel(&self, plane: usize) -> bool {
        self.scale.by_channel(plane) && self.shift.by_channel(plane)
    }

    /// Numbers in memory.
    pub fn kept(&self) -> usize {
        self.scale.kept() + self.shift.kept()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_in_runs() {
        let spread = |values: &[f64]| Spread::new(values.to_vec(), 2);
        assert_eq!(spread(&[3.0; 6]).kept(), 1);
        let channels = spread(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!((channels.kept(), channels.len()), (3, 6));
        assert!(channels.by_channel(2) && !channels.by_channel(6));
        let each = spread(&[1.0, 2.0, 3.0, 4.0]);
        assert!((0..4).all(|i| each.at(i) == i as f64 + 1.0));
    }

    #[test]
    fn one_after_the_other() {
        let scale = Spread::new(vec![2.0, 2.0, 3.0, 3.0, 4.0, 4.0], 2);
        let shift = Spread::new(vec![1.0, 1.0, 1.0, 5.0, 5.0, 5.0], 3);
        let first = Affine {
            scale: scale.clone(),
            shift: shift.clone(),
        };
        let second = Affine {
            scale: shift,
            shift: scale,
        };
        let both = first.then(&second);
        for (at, x) in [0.5, -1.0, 3.0, 0.25, 7.0, -2.0].into_iter().enumerate() {
            let once = first.scale.at(at) * x + first.shift.at(at);
            let twice = second.scale.at(at) * once + second.shift.at(at);
            assert_eq!(both.scale.at(at) * x + both.shift.at(at), twice);
        }
        assert!(Affine::uniform(1.0, 0.0, 6).is_identity());
        assert_eq!(first.then(&Affine::uniform(1.0, 0.0, 6)), first);
    }
}
