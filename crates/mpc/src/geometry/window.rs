//! Windows that slide over the rows and columns of a value: of convolutions and of pooling.

use serde::{Deserialize, Serialize};

/// The most elements that a window covers in one direction.
pub const MAX_KERNEL: u32 = 1 << 10;

/// A window and how it moves. Pairs are rows, then columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Elements that it covers in each direction.
    pub kernel: [u32; 2],
    /// How far it moves from one place to the next.
    pub stride: [u32; 2],
    /// The distance of two elements that it covers: 1 for neighbours.
    pub dilation: [u32; 2],
    /// Padding above and to the left of the value.
    pub before: [u32; 2],
    /// Padding below and to the right.
    pub after: [u32; 2],
}

impl Window {
    /// A square window of `kernel` elements a side that moves by `stride`, without padding.
    pub const fn square(kernel: u32, stride: u32) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [0; 2],
            after: [0; 2],
        }
    }

    /// The same with `padding` on all four sides.
    pub const fn padded(self, padding: u32) -> Self {
        Self {
            before: [padding; 2],
            after: [padding; 2],
            ..self
        }
    }

    /// Places of the window in each direction over a value of that many rows and columns. `None`
    /// when it does not fit once, a number is 0 that must not be, its kernel is beyond
    /// [`MAX_KERNEL`] or padding is as wide as the window.
    pub fn places(&self, size: [u32; 2]) -> Option<[u32; 2]> {
        let along = |axis: usize| {
            let padded = size[axis]
                .checked_add(self.before[axis])?
                .checked_add(self.after[axis])?;
            let reach = self.reach(axis)?;
            // A window that sees nothing but padding has no largest element.
            let seen = self.before[axis] < reach && self.after[axis] < reach;
            let last = seen.then(|| padded.checked_sub(reach)).flatten()?;
            Some(last.checked_div(self.stride[axis])? + 1)
        };
        (size[0] > 0 && size[1] > 0).then_some(())?;
        Some([along(0)?, along(1)?])
    }

    /// From the first to the last element that it covers along an axis.
    fn reach(&self, axis: usize) -> Option<u32> {
        let gaps = self.kernel[axis].checked_sub(1)?;
        (self.kernel[axis] <= MAX_KERNEL).then_some(())?;
        (self.dilation[axis] > 0).then_some(())?;
        gaps.checked_mul(self.dilation[axis])?.checked_add(1)
    }

    /// The element under position `tap` of the window at `place`, along an axis of `size`
    /// elements; `None` where padding is.
    pub fn element(&self, axis: usize, place: u32, tap: u32, size: u32) -> Option<u32> {
        let padded = u64::from(place) * u64::from(self.stride[axis])
            + u64::from(tap) * u64::from(self.dilation[axis]);
        let element = padded.checked_sub(u64::from(self.before[axis]))?;
        u32::try_from(element)
            .ok()
            .filter(|element| *element < size)
    }

    /// The places at which position `tap` of the window lies on an element and not on padding,
    /// along an axis of `size` elements with `places` places.
    pub fn covered(&self, axis: usize, tap: u32, size: u32, places: u32) -> std::ops::Range<u32> {
        let stride = u64::from(self.stride[axis]).max(1);
        let offset = u64::from(tap) * u64::from(self.dilation[axis]);
        let before = u64::from(self.before[axis]);
        let first = before.saturating_sub(offset).div_ceil(stride);
        let end = (before + u64::from(size))
            .saturating_sub(offset)
            .div_ceil(stride);
        let end = end.min(places.into());
        // Both are at most `places`.
        first.min(end) as u32..end as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_counted_as_frameworks_do() {
        assert_eq!(Window::square(3, 1).places([28, 28]), Some([26, 26]));
        assert_eq!(
            Window::square(3, 1).padded(1).places([28, 28]),
            Some([28, 28])
        );
        assert_eq!(Window::square(2, 2).places([5, 4]), Some([2, 2]));
        let dilated = Window {
            dilation: [2, 2],
            ..Window::square(3, 2)
        };
        assert_eq!(dilated.places([7, 5]), Some([2, 1]));
    }

    #[test]
    fn what_fits_nowhere_has_no_places() {
        assert_eq!(Window::square(3, 1).places([2, 28]), None);
        assert_eq!(Window::square(0, 1).places([2, 2]), None);
        assert_eq!(Window::square(1, 0).places([2, 2]), None);
        assert_eq!(Window::square(2, 1).padded(2).places([2, 2]), None);
        assert_eq!(Window::square(1, 1).places([0, 2]), None);
        assert_eq!(Window::square(u32::MAX, 1).padded(9).places([2, 2]), None);
    }

    proptest! {
        /// The covered places are those at which there is an element.
        #[test]
        fn covered_places_have_an_element(
            kernel in 1_u32..5, stride in 1_u32..4, dilation in 1_u32..3, before in 0_u32..4,
            after in 0_u32..4, size in 1_u32..12,
        ) {
            let window = Window {
                dilation: [dilation; 2],
                before: [before; 2],
                after: [after; 2],
                ..Window::square(kernel, stride)
            };
            if let Some([places, _]) = window.places([size, size]) {
                for tap in 0..kernel {
                    let covered = window.covered(0, tap, size, places);
                    for place in 0..places {
                        let element = window.element(0, place, tap, size);
                        prop_assert_eq!(element.is_some(), covered.contains(&place));
                    }
                }
            }
        }
    }
}
