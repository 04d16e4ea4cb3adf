//! The geometry of values and of the windows that slide over them.

use serde::{Deserialize, Serialize};

mod window;

pub use window::{MAX_KERNEL, Window};

/// The most elements that a value may have.
pub const MAX_ELEMENTS: usize = 1 << 24;

/// The shape of a value: its elements stand channel by channel, row by row.
///
/// What a fully connected layer gives has one row and one column. The picture has 8-bit pixels as
/// its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Channels: 1 for a grey picture.
    pub channels: u32,
    /// Rows.
    pub height: u32,
    /// Elements in a row.
    pub width: u32,
}

impl Shape {
    /// A grey picture of 28 x 28 pixels, as in MNIST.
    pub const MNIST: Self = Self {
        channels: 1,
        height: 28,
        width: 28,
    };

    /// A list of elements.
    pub const fn flat(elements: u32) -> Self {
        Self {
            channels: elements,
            height: 1,
            width: 1,
        }
    }

    /// Number of elements, all channels together; saturates.
    pub fn elements(self) -> usize {
        (self.channels as usize).saturating_mul(self.plane())
    }

    /// Elements in a channel; saturates.
    pub fn plane(self) -> usize {
        (self.height as usize).saturating_mul(self.width as usize)
    }

    /// The value of `channels` channels that a window makes of this one; `None` when it does not
    /// fit.
    pub fn under(self, window: &Window, channels: u32) -> Option<Self> {
        let [height, width] = window.places([self.height, self.width])?;
        let shape = Self {
            channels,
            height,
            width,
        };
        (shape.elements() <= MAX_ELEMENTS).then_some(shape)
    }
}

impl Shape {
    /// What pooling makes of this value: [`Shape::under`], but `None` as well when some window
    /// sees nothing but padding.
    pub fn pooled(self, window: &Window) -> Option<Self> {
        let shape = self.under(window, self.channels)?;
        let seen = |axis: usize, places: u32, size: u32| {
            (0..places).all(|place| {
                let mut taps = 0..window.kernel[axis];
                taps.any(|tap| window.element(axis, place, tap, size).is_some())
            })
        };
        (seen(0, shape.height, self.height) && seen(1, shape.width, self.width)).then_some(shape)
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.plane() == 1 {
            write!(f, "{}", self.channels)
        } else {
            write!(f, "{} x {} x {}", self.channels, self.height, self.width)
        }
    }
}
