//! The windows of convolutions and pooling, as attributes say them.

use crate::{
    network::Window,
    onnx::{error::OnnxError, node::Node, view::View},
};

/// The largest number that a window may have: kernels, pads, strides, dilations.
const LARGEST: u32 = 1 << 12;

/// A window and what came with it.
pub(super) struct Found {
    pub window: Window,
    /// Whether the last places reach beyond the padding, as `ceil_mode` makes them.
    pub beyond: bool,
}

/// A view without the zeros that a Pad has put around it, and those: above, left, below, right.
pub(super) fn unpadded(view: &View) -> (View, [u32; 4]) {
    let mut view = view.clone();
    let padding = view.padding.take().unwrap_or_default();
    if let [_, height, width] = &mut view.dims[..] {
        let [above, left, below, right] = padding.map(|pad| pad as usize);
        *height = height.saturating_sub(above + below);
        *width = width.saturating_sub(left + right);
    }
    (view, padding)
}

/// The window of a node over a view of channels, rows and columns, with padding that a Pad has put
/// around it. `kernel` is that of the weights, if there are any.
pub(super) fn window(
    node: Node<'_>,
    kernel: Option<[usize; 2]>,
    view: &View,
    padding: [u32; 4],
) -> Result<Found, OnnxError> {
    let [_, height, width] = view.dims[..] else {
        return Err(node.unsupported(format!(
            "a value of shape {} comes in, and only windows over rows and columns are supported: \
             [N, channels, rows, columns]",
            view.text()
        )));
    };
    let named = match node.ints("kernel_shape")? {
        Some(kernel) => Some(pair(node, "kernel_shape", kernel, 1)?),
        None => None,
    };
    let own = kernel.map(|kernel| kernel.map(|dim| u32::try_from(dim).unwrap_or(u32::MAX)));
    let kernel = match (named, own) {
        (Some(named), Some(own)) if named != own => {
            return Err(node.shape(format!(
                "its kernel_shape is {named:?}, and its weights are for {own:?}"
            )));
        }
        (_, Some(own)) if own.iter().all(|dim| (1..=LARGEST).contains(dim)) => own,
        (Some(named), None) => named,
        (None, None) => return Err(node.unsupported("its attribute kernel_shape is missing")),
        (_, Some(own)) => return Err(node.unsupported(format!("its kernel is {own:?}"))),
    };
    let ones = |name: &str| match node.ints(name)? {
        Some(list) => pair(node, name, list, 1),
        None => Ok([1; 2]),
    };
    let mut window = Window {
        kernel,
        stride: ones("strides")?,
        dilation: ones("dilations")?,
        before: [padding[0], padding[1]],
        after: [padding[2], padding[3]],
    };
    let size = [height, width].map(|dim| u32::try_from(dim).unwrap_or(u32::MAX));
    pads(node, &mut window, size)?;
    let mut beyond = false;
    if node.int("ceil_mode", 0)? != 0 {
        beyond = round_up(&mut window, size);
    }
    if window.places(size).is_none() {
        return Err(node.unsupported(format!(
            "a kernel of {} x {} with pads {:?} and {:?} does not fit {height} x {width} elements, \
             or its padding is as wide as the kernel",
            kernel[0], kernel[1], window.before, window.after
        )));
    }
    Ok(Found { window, beyond })
}

/// Adds the padding that a node says itself.
fn pads(node: Node<'_>, window: &mut Window, size: [u32; 2]) -> Result<(), OnnxError> {
    let auto = node.text("auto_pad")?;
    match auto {
        "" | "NOTSET" => {
            if let Some(pads) = node.ints("pads")? {
                let [top, left, bottom, right] = *pads else {
                    return Err(node.unsupported(format!(
                        "it has {} pads, and four are supported: rows and columns",
                        pads.len()
                    )));
                };
                let before = pair(node, "pads", &[top, left], 0)?;
                let after = pair(node, "pads", &[bottom, right], 0)?;
                for axis in 0..2 {
                    window.before[axis] += before[axis];
                    window.after[axis] += after[axis];
                }
            }
        }
        "VALID" => {}
        "SAME_UPPER" | "SAME_LOWER" => {
            for (axis, size) in size.into_iter().enumerate() {
                let (padded, reach) = extent(window, axis, size);
                let stride = window.stride[axis];
                let places = padded.div_ceil(stride);
                let all = ((places - 1) * stride + reach).saturating_sub(padded);
                let less = all / 2;
                let (before, after) = if auto == "SAME_UPPER" {
                    (less, all - less)
                } else {
                    (all - less, less)
                };
                window.before[axis] += before;
                window.after[axis] += after;
            }
        }
        other => {
            return Err(node.unsupported(format!(
                "its auto_pad is {:?}, which is unknown",
                crate::onnx::error::short(other)
            )));
        }
    }
    Ok(())
}

/// Adds padding behind, so that as many places fit as if their number were rounded up; whether that
/// made a difference.
fn round_up(window: &mut Window, size: [u32; 2]) -> bool {
    let mut beyond = false;
    for (axis, size) in size.into_iter().enumerate() {
        let (padded, reach) = extent(window, axis, size);
        let stride = window.stride[axis];
        let Some(room) = padded.checked_sub(reach) else {
            continue;
        };
        let mut places = room.div_ceil(stride) + 1;
        // The last one must start on an element, or on the padding before them.
        if (places - 1) * stride >= size + window.before[axis] {
            places -= 1;
        }
        let more = ((places - 1) * stride + reach).saturating_sub(padded);
        window.after[axis] += more;
        beyond |= more > 0;
    }
    beyond
}

/// Elements and padding along an axis of so many elements, and how many a window spans. All are
/// far below 2^32.
fn extent(window: &Window, axis: usize, size: u32) -> (u32, u32) {
    let padded = size + window.before[axis] + window.after[axis];
    let reach = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    (padded, reach)
}

/// Two numbers, each from `least` to the largest that a window may have.
fn pair(node: Node<'_>, name: &str, list: &[i64], least: u32) -> Result<[u32; 2], OnnxError> {
    let [rows, columns] = *list else {
        return Err(node.unsupported(format!(
            "its {name} has {} numbers, and two are supported: rows and columns",
            list.len()
        )));
    };
    let number = |number: i64| {
        let fits = u32::try_from(number).ok();
        fits.filter(|number| (least..=LARGEST).contains(number))
            .ok_or_else(|| {
                node.unsupported(format!(
                    "its {name} has the number {number}, and {least} to {LARGEST} are supported"
                ))
            })
    };
    Ok([number(rows)?, number(columns)?])
}
