//! The graph of a file as it grows.

use std::collections::HashSet;

use crate::{
    network::Shape,
    onnx::proto::{AttributeProto, GraphProto, NodeProto, TensorProto},
};

/// A value of the network as the file has it.
#[derive(Clone)]
pub(super) struct Written {
    pub name: String,
    pub shape: Shape,
    /// Whether it is `[N, elements]`, and not `[N, channels, rows, columns]`.
    pub flat: bool,
}

/// The picture.
pub(super) fn picture(shape: Shape) -> Written {
    Written {
        name: "pixels".into(),
        shape,
        flat: false,
    }
}

/// Collects nodes and constants.
pub(super) struct Writer {
    graph: GraphProto,
    /// The names that are there already.
    names: HashSet<String>,
}

impl Writer {
    pub fn new(graph: GraphProto) -> Self {
        Self {
            graph,
            names: HashSet::new(),
        }
    }

    /// Adds a node that gives a value of its own name, unless it is there.
    pub fn node(
        &mut self,
        operator: &str,
        name: String,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        if self.names.insert(name.clone()) {
            self.graph.node.push(NodeProto {
                op_type: operator.into(),
                name: name.clone(),
                input: inputs.iter().map(|name| (*name).into()).collect(),
                output: vec![name.clone()],
                attribute: attributes,
                domain: String::new(),
            });
        }
        name
    }

    /// Adds a constant, unless it is there.
    pub fn constant(
        &mut self,
        name: String,
        dims: &[usize],
        data_type: i32,
        bytes: impl FnOnce() -> Vec<u8>,
    ) -> String {
        if self.names.insert(name.clone()) {
            self.graph.initializer.push(TensorProto {
                name: name.clone(),
                data_type,
                dims: dims.iter().map(|dim| whole(*dim)).collect(),
                raw_data: bytes(),
                ..TensorProto::default()
            });
        }
        name
    }

    /// Adds floating-point numbers.
    pub fn floats<'a>(
        &mut self,
        name: String,
        dims: &[usize],
        values: impl IntoIterator<Item = &'a f32>,
    ) -> String {
        self.constant(name, dims, TensorProto::FLOAT, || {
            let values = values.into_iter();
            values.flat_map(|value| value.to_le_bytes()).collect()
        })
    }

    /// Adds whole numbers.
    pub fn ints(&mut self, name: String, values: &[i64]) -> String {
        self.constant(name, &[values.len()], TensorProto::INT64, || {
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect()
        })
    }

    /// A value as `[N, elements]`.
    pub fn flat(&mut self, value: &Written) -> Written {
        if value.flat {
            return value.clone();
        }
        let name = format!("{}.flat", value.name);
        let name = self.node("Flatten", name, &[&value.name], vec![int("axis", 1)]);
        Written {
            name,
            flat: true,
            ..*value
        }
    }

    /// A value as `[N, channels, rows, columns]`.
    pub fn image(&mut self, value: &Written) -> Written {
        if !value.flat {
            return value.clone();
        }
        self.reshaped(value, value.shape)
    }

    /// A value in another shape.
    pub fn reshaped(&mut self, value: &Written, shape: Shape) -> Written {
        let [channels, rows, columns] = [shape.channels, shape.height, shape.width];
        let text = format!("{channels}x{rows}x{columns}");
        let dims = [-1, channels.into(), rows.into(), columns.into()];
        let target = self.ints(format!("shape.{text}"), &dims);
        let name = format!("{}.{text}", value.name);
        let name = self.node("Reshape", name, &[&value.name, &target], Vec::new());
        Written {
            name,
            shape,
            flat: false,
        }
    }

    /// The graph, whose output is the last value.
    pub fn finish(mut self, last: Written) -> GraphProto {
        let last = self.flat(&last).name;
        // The node that gives it gives the logits. A picture has been flattened, so there is one.
        for node in &mut self.graph.node {
            let names = node.input.iter_mut().chain(&mut node.output);
            names.filter(|name| **name == last).for_each(|name| {
                *name = "logits".into();
            });
        }
        self.graph
    }
}

/// A whole number as an attribute.
pub(super) fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeProto::INT,
        i,
        ..AttributeProto::default()
    }
}

/// Whole numbers as an attribute.
pub(super) fn ints(name: &str, list: impl IntoIterator<Item = u32>) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeProto::INTS,
        ints: list.into_iter().map(i64::from).collect(),
        ..AttributeProto::default()
    }
}

/// A floating-point number as an attribute.
pub(super) fn float(name: &str, f: f32) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeProto::FLOAT,
        f,
        ..AttributeProto::default()
    }
}

/// A size as the file has it.
pub(super) fn whole(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
