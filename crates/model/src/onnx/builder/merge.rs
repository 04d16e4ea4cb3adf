//! Pooling, and layers that take several values.

use std::rc::Rc;

use super::{Builder, linear::dims};
use crate::{
    network::{Layer, Shape, Value, Window},
    onnx::{
        affine::{Affine, Spread},
        arrays,
        error::OnnxError,
        node::Node,
        view::{View, ordered},
    },
};

impl Builder {
    /// Puts pooling behind a view of channels, rows and columns.
    pub fn pool(
        &mut self,
        node: Node<'_>,
        view: &View,
        layer: impl Fn(Window) -> Layer,
        window: Window,
    ) -> Result<View, OnnxError> {
        let (source, shape) = self.image(node, view)?;
        self.refuse_blind(node, &window, shape)?;
        let mut view = View {
            source,
            ..view.clone()
        };
        let layer = layer(window);
        let padded = [window.before, window.after] != [[0; 2]; 2];
        let moves = view.affine.as_ref().is_none_or(|affine| {
            affine.by_channel(shape.plane())
                && match &layer {
                    // The largest stays the largest, and padding takes no part.
                    Layer::MaxPool(_) => affine.rises(),
                    Layer::AveragePool { count_padding, .. } => {
                        !(*count_padding && padded) || affine.shifts_nothing()
                    }
                    _ => false,
                }
        });
        if !moves {
            view = self.settled(node, &view)?;
        }
        let source = self.push(node, vec![view.source], layer)?;
        let result = self.shape(source);
        let affine = view.affine.as_ref().map(|affine| {
            let spread = |before: &Spread| {
                let channels = 0..result.elements();
                let of = |at: usize| before.at(at / result.plane() * shape.plane());
                Spread::new(channels.map(of).collect(), result.plane())
            };
            Rc::new(Affine {
                scale: spread(&affine.scale),
                shift: spread(&affine.shift),
            })
        });
        Ok(View {
            affine,
            ..View::of(source, dims(result))
        })
    }

    /// Refuses a window that sees nothing but padding at some place: it has no largest element, and
    /// no mean. Only one with gaps can.
    fn refuse_blind(
        &mut self,
        node: Node<'_>,
        window: &Window,
        shape: Shape,
    ) -> Result<(), OnnxError> {
        let Some(places) = window.places([shape.height, shape.width]) else {
            return Err(node.unsupported(format!("its window does not fit a value of {shape}")));
        };
        for (axis, size) in [shape.height, shape.width].into_iter().enumerate() {
            if window.dilation[axis] == 1 {
                continue;
            }
            let (places, kernel) = (places[axis], window.kernel[axis]);
            self.budget.work(&[places as usize, kernel as usize])?;
            let sees = |place: u32| {
                let mut taps = 0..kernel;
                taps.any(|tap| window.element(axis, place, tap, size).is_some())
            };
            if !(0..places).all(sees) {
                return Err(node.unsupported("its window sees nothing but padding at some place"));
            }
        }
        Ok(())
    }

    /// The sum of some views of the same shape.
    pub fn sum(&mut self, node: Node<'_>, views: &[View]) -> Result<View, OnnxError> {
        let [first, rest @ ..] = views else {
            return Err(node.unsupported("it takes nothing"));
        };
        for view in rest {
            if view.dims != first.dims {
                return Err(node.unsupported(format!(
                    "it adds values of shape {} and {}; only values of the same shape are added",
                    first.text(),
                    view.text()
                )));
            }
            if view.order != first.order {
                return Err(node.unsupported(
                    "it adds values whose elements stand in different orders; is a Transpose \
                     missing?",
                ));
            }
        }
        if rest.iter().all(|view| view.source == first.source) {
            let own = |view: &View| match &view.affine {
                Some(affine) => Affine::clone(affine),
                None => Affine::uniform(1.0, 0.0, view.len()),
            };
            let plain = View {
                affine: None,
                sole: false,
                ..first.clone()
            };
            let sum = rest
                .iter()
                .fold(own(first), |sum, view| sum.plus(&own(view)));
            return self.affine(&plain, &sum);
        }
        let mut inputs = Vec::with_capacity(views.len());
        let mut shape = None;
        for view in views {
            let value = self.settled(node, view)?.source;
            let shape = *shape.get_or_insert(self.shape(value));
            inputs.push(self.reshape(node, value, shape)?);
        }
        let source = self.push(node, inputs, Layer::Add)?;
        Ok(View {
            order: first.order.clone(),
            ..View::of(source, first.dims.clone())
        })
    }

    /// Some views one behind another along an axis, which does not count the batch.
    ///
    /// The values of the network are joined channel by channel; what order their elements get in
    /// the file is kept beside.
    pub fn concatenate(
        &mut self,
        node: Node<'_>,
        views: &[View],
        axis: usize,
    ) -> Result<View, OnnxError> {
        let misfit = || {
            let shapes: Vec<_> = views.iter().take(4).map(View::text).collect();
            node.shape(format!(
                "it joins values of shapes {} along axis {}",
                shapes.join(", "),
                axis + 1
            ))
        };
        let (mut inputs, mut shapes) = (Vec::new(), Vec::new());
        for view in views {
            let (value, shape) = match view.dims[..] {
                // As its channels, rows and columns, if it is laid out like that.
                [_, _, _] if view.order.is_none() => self.image(node, view)?,
                _ => (view.source, self.shape(view.source)),
            };
            inputs.push(value);
            shapes.push(shape);
        }
        let plane = |shape: &Shape| (shape.height, shape.width);
        if shapes
            .windows(2)
            .any(|pair| plane(&pair[0]) != plane(&pair[1]))
        {
            for (input, shape) in inputs.iter_mut().zip(&mut shapes) {
                let flat = Shape::flat(shape.channels.saturating_mul(shape.height * shape.width));
                *input = self.reshape(node, *input, flat)?;
                *shape = flat;
            }
        }
        let source = self.push(node, inputs, Layer::Concatenate)?;
        let total = self.shape(source).elements();
        self.budget.keep(total)?;
        let mut first = 0;
        let mut orders = Vec::with_capacity(views.len());
        for view in views {
            let mut order = view.elements();
            // A value has at most 2^24 elements.
            order.iter_mut().for_each(|element| *element += first);
            first += order.len() as u32;
            orders.push(order);
        }
        let parts = views.iter().zip(&orders);
        let parts: Vec<(&[usize], &[u32])> = parts
            .map(|(view, order)| (&view.dims[..], &order[..]))
            .collect();
        let (dims, order) = arrays::concatenate(&parts, axis).ok_or_else(misfit)?;
        let mut joined = View {
            order: ordered(order),
            ..View::of(source, dims)
        };
        if views.iter().any(|view| view.affine.is_some()) {
            joined.affine = Some(Rc::new(self.joined(views, source, total)?));
        }
        Ok(joined)
    }

    /// What waits in each of some views, one behind another.
    fn joined(&mut self, views: &[View], source: Value, total: usize) -> Result<Affine, OnnxError> {
        let plane = self.shape(source).plane();
        let spread = |of: fn(&Affine) -> &Spread, neutral: f64| {
            let each = views.iter().flat_map(|view| {
                let affine = view.affine.as_deref();
                (0..view.len()).map(move |at| affine.map_or(neutral, |affine| of(affine).at(at)))
            });
            Spread::new(each.take(total).collect(), plane)
        };
        let affine = Affine {
            scale: spread(|affine| &affine.scale, 1.0),
            shift: spread(|affine| &affine.shift, 0.0),
        };
        self.budget.keep(affine.kept())?;
        Ok(affine)
    }
}
