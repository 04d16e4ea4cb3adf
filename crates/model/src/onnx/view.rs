//! How the graph of a file sees a value of the network.

use std::rc::Rc;

use super::{
    affine::Affine,
    arrays,
    budget::Budget,
    error::OnnxError,
    node::{Node, dims_text},
};
use crate::network::Value;

/// A value of the file that depends on the picture: a value of the network in another shape, with
/// its elements in another order, multiplied and shifted.
#[derive(Clone)]
pub(super) struct View {
    /// The value of the network.
    pub source: Value,
    /// The shape without the batch; every dimension is at least 1.
    pub dims: Vec<usize>,
    /// Which element of the source each element is; `None` when they stand in the same order.
    pub order: Option<Rc<Vec<u32>>>,
    /// What each element of the source is multiplied by and shifted by, where that waits.
    pub affine: Option<Rc<Affine>>,
    /// Zeros that a Pad has put around rows and columns: above, left, below, right. They are
    /// counted in the shape.
    pub padding: Option<[u32; 4]>,
    /// What was left out at the end of the network.
    pub ending: Option<Ending>,
    /// Whether nothing else in the file takes the value of the network.
    pub sole: bool,
}

/// Functions that change no class, and are left out at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Softmax, or its logarithm.
    Softmax,
    /// The logistic function of each element.
    Sigmoid,
    /// One less the logistic function.
    Complement,
    /// Both: the probabilities of two classes.
    Pair,
    /// The class itself.
    Class,
}

impl View {
    /// A value of the network as it is.
    pub fn of(source: Value, dims: Vec<usize>) -> Self {
        Self {
            source,
            dims,
            order: None,
            affine: None,
            padding: None,
            ending: None,
            sole: true,
        }
    }

    /// Elements.
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// The shape for messages.
    pub fn text(&self) -> String {
        format!("[N, {}]", dims_text(&self.dims))
    }

    /// The same elements in another shape.
    pub fn reshaped(&self, dims: Vec<usize>) -> Self {
        Self {
            dims,
            ..self.clone()
        }
    }

    /// The element of the source that is the element of that number.
    pub fn element(&self, number: usize) -> usize {
        match &self.order {
            // As many as elements.
            Some(order) => order.get(number).map_or(0, |element| *element as usize),
            None => number,
        }
    }

    /// Which element of the source each element is.
    pub fn elements(&self) -> Vec<u32> {
        match &self.order {
            Some(order) => order.to_vec(),
            // At most 2^24 elements.
            None => (0..self.len()).map(|element| element as u32).collect(),
        }
    }

    /// The same value with its dimensions in another order; `axes` do not count the batch.
    pub fn transposed(
        &self,
        node: Node<'_>,
        axes: &[usize],
        budget: &mut Budget,
    ) -> Result<Self, OnnxError> {
        budget.keep(self.len())?;
        let turned = arrays::transpose(&self.dims, &self.elements(), axes);
        let (dims, order) = turned.ok_or_else(|| {
            node.shape(format!(
                "its dimensions do not fit a value of shape {}",
                self.text()
            ))
        })?;
        Ok(Self {
            dims,
            order: ordered(order),
            ..self.clone()
        })
    }
}

/// An order of elements, unless it changes nothing.
pub(super) fn ordered(order: Vec<u32>) -> Option<Rc<Vec<u32>>> {
    let mut places = order.iter().enumerate();
    let same = places.all(|(place, element)| place == *element as usize);
    (!same).then(|| Rc::new(order))
}
