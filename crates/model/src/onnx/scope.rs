//! The values of a file by their names, while its nodes are gone through.

use std::{collections::HashMap, rc::Rc};

use super::{
    affine::Affine,
    builder::Builder,
    constant::{Constant, Data},
    error::{OnnxError, short},
    external::DataFile,
    node::Node,
    proto::TensorProto,
    tensor,
    view::View,
};
use crate::network::Value;

/// By what exporters divide 8-bit pixels within a model that takes them as they are.
const DIVISORS: [f64; 2] = [255.0, 127.5];

/// A value of the file.
#[derive(Clone)]
pub(super) enum Held {
    /// It depends on the weights alone.
    Constant(Constant),
    /// It depends on the picture.
    View(View),
    /// A truth value for each element, kept as a view of +1 for true and -1 for false.
    Truth(View),
}

/// The shape of a constant, and its finite numbers.
pub(super) type Weights = (Vec<usize>, Rc<Vec<f32>>);

/// Everything that is known of the file.
pub(super) struct Scope<'a> {
    pub builder: Builder,
    /// The batch that the file fixes; 1 where it stays open, for one picture is classified.
    pub batch: usize,
    /// Whether nothing says that pixels are taken as they are.
    pub pixels_assumed: bool,
    held: HashMap<&'a str, Held>,
    tensors: HashMap<&'a str, &'a TensorProto>,
    files: &'a [DataFile<'a>],
    /// How many nodes take a value and its numbers.
    uses: HashMap<&'a str, usize>,
    /// How many are still to come.
    left: HashMap<&'a str, usize>,
}

impl<'a> Scope<'a> {
    /// Starts before the first node.
    pub fn new(
        builder: Builder,
        tensors: HashMap<&'a str, &'a TensorProto>,
        files: &'a [DataFile<'a>],
        nodes: &[Node<'a>],
    ) -> Self {
        let (mut uses, mut left) = (HashMap::new(), HashMap::new());
        for node in nodes {
            for (index, name) in node.0.input.iter().enumerate() {
                *left.entry(name.as_str()).or_insert(0) += 1;
                let numbers = match node.operator() {
                    Some("Shape") => false,
                    Some("CastLike") => index == 0,
                    _ => true,
                };
                if numbers {
                    *uses.entry(name.as_str()).or_insert(0) += 1;
                }
            }
        }
        Self {
            builder,
            batch: 1,
            pixels_assumed: true,
            held: HashMap::new(),
            tensors,
            files,
            uses,
            left,
        }
    }

    /// Gives a value its name.
    pub fn insert(&mut self, name: &'a str, held: Held) {
        self.held.insert(name, held);
    }

    /// The value of a name.
    pub fn get(&mut self, node: Node<'_>, name: &str) -> Result<Held, OnnxError> {
        if let Some(held) = self.held.get(name) {
            let mut held = held.clone();
            if let Held::View(view) | Held::Truth(view) = &mut held {
                view.sole &= self.uses.get(name).is_none_or(|uses| *uses < 2);
            }
            return Ok(held);
        }
        let Some((name, tensor)) = self.tensors.get_key_value(name) else {
            return Err(OnnxError::Dangling {
                node: node.name(),
                value: short(name),
            });
        };
        let left = &mut self.builder.budget.constants;
        let constant = tensor::decode(tensor, self.files, left)?;
        let held = Held::Constant(constant);
        self.held.insert(name, held.clone());
        Ok(held)
    }

    /// Forgets what no node after this one takes.
    pub fn leave(&mut self, node: Node<'_>) {
        for name in &node.0.input {
            if let Some(left) = self.left.get_mut(name.as_str()) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.held.remove(name.as_str());
                }
            }
        }
    }

    /// An input of a node, if it is there.
    pub fn input(&mut self, node: Node<'_>, index: usize) -> Result<Option<Held>, OnnxError> {
        node.input(index)
            .map(|name| self.get(node, name))
            .transpose()
    }

    /// All inputs of a node that must be there.
    pub fn inputs(&mut self, node: Node<'_>) -> Result<Vec<Held>, OnnxError> {
        let indices = 0..node.0.input.len();
        indices
            .map(|index| self.get(node, node.required(index)?))
            .collect()
    }

    /// An input that depends on the picture, with whatever is left open in it.
    pub fn open_view(&mut self, node: Node<'_>, index: usize) -> Result<View, OnnxError> {
        match self.get(node, node.required(index)?)? {
            Held::View(view) => Ok(view),
            Held::Constant(_) => Err(node.unsupported(format!(
                "its input {} must depend on the picture, and is a constant",
                index + 1
            ))),
            Held::Truth(_) => Err(node.unsupported(
                "it takes truth values, and only Where, Cast and Not are supported behind a \
                 comparison",
            )),
        }
    }

    /// An input that depends on the picture, with nothing left open in it.
    pub fn view(&mut self, node: Node<'_>, index: usize) -> Result<View, OnnxError> {
        let view = self.open_view(node, index)?;
        closed(node, &view)?;
        Ok(view)
    }

    /// An input that is a constant, if it is there.
    pub fn constant(
        &mut self,
        node: Node<'_>,
        index: usize,
    ) -> Result<Option<Constant>, OnnxError> {
        match self.input(node, index)? {
            None => Ok(None),
            Some(Held::Constant(constant)) => Ok(Some(constant)),
            Some(_) => Err(node.unsupported(format!(
                "its input {} must be a constant, and depends on the picture",
                index + 1
            ))),
        }
    }

    /// An input of floating-point weights, if it is there.
    pub fn floats(&mut self, node: Node<'_>, index: usize) -> Result<Option<Weights>, OnnxError> {
        let Some(constant) = self.constant(node, index)? else {
            return Ok(None);
        };
        let values = finite(node, index, &constant)?;
        Ok(Some((constant.dims, values)))
    }

    /// The same, where the node cannot do without.
    pub fn weights(&mut self, node: Node<'_>, index: usize) -> Result<Weights, OnnxError> {
        node.required(index)?;
        self.floats(node, index)?
            .ok_or_else(|| node.unsupported("its weights are missing"))
    }

    /// An input of whole numbers, if it is there: sizes, axes, shapes.
    pub fn list(&mut self, node: Node<'_>, index: usize) -> Result<Option<Vec<i64>>, OnnxError> {
        let Some(constant) = self.constant(node, index)? else {
            return Ok(None);
        };
        constant
            .list()
            .map(|list| Some(list.to_vec()))
            .ok_or_else(|| {
                node.unsupported(format!(
                    "its input {} must be a list of whole numbers, and is {} of shape {:?}",
                    index + 1,
                    constant.kind(),
                    constant.dims
                ))
            })
    }

    /// Whole numbers that early versions have as an attribute and later ones as an input.
    pub fn list_or_attribute(
        &mut self,
        node: Node<'_>,
        name: &str,
        index: usize,
    ) -> Result<Option<Vec<i64>>, OnnxError> {
        match node.ints(name)? {
            Some(list) => Ok(Some(list.to_vec())),
            None => self.list(node, index),
        }
    }

    /// Puts `scale * x + shift` behind a view.
    pub fn affine(&mut self, view: &View, affine: &Affine) -> Result<View, OnnxError> {
        let mut view = view.clone();
        if self.pixels_assumed && view.source == Value::Picture {
            let scale = |affine: &Affine| affine.scale.single();
            let divided = scale(affine).is_some_and(|scale| {
                let is = |divisor: f64| (scale * divisor - 1.0).abs() < 1e-5;
                DIVISORS.into_iter().any(is)
            });
            // The model divides by itself: it takes pixels as they are.
            if divided && view.affine.as_deref() == Some(&pixels(view.len())) {
                view.affine = None;
            }
        }
        self.builder.affine(&view, affine)
    }
}

/// From pixels as they are to numbers from 0 to 1.
pub(super) fn pixels(length: usize) -> Affine {
    Affine::uniform(1.0 / 255.0, 0.0, length)
}

/// Refuses a view behind which only certain operators may stand.
pub(super) fn closed(node: Node<'_>, view: &View) -> Result<(), OnnxError> {
    if view.padding.is_some() {
        return Err(node.unsupported(
            "it follows a Pad, and only Conv, AveragePool and MaxPool are supported there",
        ));
    }
    if let Some(ending) = view.ending {
        return Err(node.unsupported(format!(
            "it follows a function that is supported only at the end: {ending:?}"
        )));
    }
    Ok(())
}

/// The finite numbers of a constant.
pub(super) fn finite(
    node: Node<'_>,
    index: usize,
    constant: &Constant,
) -> Result<Rc<Vec<f32>>, OnnxError> {
    let Data::Floats(values) = &constant.data else {
        return Err(node.unsupported(format!(
            "its input {} must be of floating-point numbers, and is of {}",
            index + 1,
            constant.kind()
        )));
    };
    if values.iter().all(|value| value.is_finite()) {
        return Ok(Rc::clone(values));
    }
    let name = node.input(index).map_or_else(String::new, short);
    Err(OnnxError::NonFinite {
        place: format!("the tensor {name:?}"),
    })
}
