//! Why an ONNX file is refused.

use std::fmt;

/// The operators that an import understands, for the messages.
pub(super) const OPERATORS: &str = "Conv (2-D), Gemm, MatMul, Add, Sum, Sub, Mul, Div, Neg, \
     BatchNormalization, Scaler, Relu, LeakyRelu, PRelu (one slope), Clip, Min, Max, Sign, \
     comparisons with Where or Cast, MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, \
     ReduceMax, ReduceMean, Pad (zeros), Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, \
     Identity, Dropout, Cast; at the end Softmax, LogSoftmax, Sigmoid, ArgMax and ZipMap; and over \
     constants Constant, ConstantOfShape, Shape, Gather, Slice, Expand, Sqrt and Reciprocal";

/// Why an ONNX file is refused. Every message says which node and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnnxError {
    /// The file is cut short or no ONNX file.
    #[error(
        "this is no ONNX file, or it was cut short: {reason}; export the model again and choose \
         the file that ends in .onnx"
    )]
    NotOnnx {
        /// What was found.
        reason: String,
    },
    /// The file asks for more than is reasonable.
    #[error("the file has too many {what}: at most {limit} are taken; use a smaller model")]
    TooLarge {
        /// What there is too much of.
        what: String,
        /// The most that is taken.
        limit: u64,
    },
    /// The operators are those of an early version of ONNX, or their version is missing.
    #[error(
        "the file uses version {found} of ONNX's operators, and versions from 7 on are understood; \
         export it with opset_version=13 or newer"
    )]
    Opset {
        /// The version that the file names; 0 if none.
        found: i64,
    },
    /// An operator that is not understood.
    #[error("{node}: this operator is not supported. Supported are {}", OPERATORS)]
    UnknownOperator {
        /// The node.
        node: NodeName,
    },
    /// An operator is understood, but not in this use.
    #[error("{node}: {reason}")]
    Unsupported {
        /// The node.
        node: NodeName,
        /// What was found, and what is supported.
        reason: String,
    },
    /// Sizes that do not fit each other.
    #[error("{node}: {reason}")]
    Shape {
        /// The node.
        node: NodeName,
        /// Which sizes were found, and what fits.
        reason: String,
    },
    /// The size of a picture is not written in the file.
    #[error(
        "the input {input:?} has the shape {shape}, in which only the first dimension, the batch, \
         may stay open; export the model with the height and width of its pictures fixed"
    )]
    DynamicShape {
        /// The input.
        input: String,
        /// Its shape as the file has it.
        shape: String,
    },
    /// The input is no picture.
    #[error(
        "the input {input:?} is {found}; supported are float pictures of shape [N, channels, \
         height, width], [N, height, width, channels], [N, height, width] or [N, pixels]"
    )]
    Input {
        /// The input.
        input: String,
        /// What it is.
        found: String,
    },
    /// Not exactly one input.
    #[error(
        "the model has {found} inputs besides its weights, and exactly one is supported: a picture"
    )]
    Inputs {
        /// How many inputs there are.
        found: usize,
    },
    /// Not exactly one output that could be the logits.
    #[error(
        "the model has {found} outputs that could be the classes, and exactly one is supported: a \
         number for each class"
    )]
    Outputs {
        /// How many outputs there are.
        found: usize,
    },
    /// The weights are in another file, which was not given.
    #[error(
        "the weights {tensor:?} are in a second file called {file:?}; put it beside the model, or \
         choose both files together"
    )]
    ExternalData {
        /// The tensor.
        tensor: String,
        /// The file that is needed.
        file: String,
    },
    /// The data of a tensor does not fit its shape or type.
    #[error("the tensor {tensor:?} is damaged or of an unsupported kind: {reason}")]
    Tensor {
        /// The tensor.
        tensor: String,
        /// What was found, and what is supported.
        reason: String,
    },
    /// Infinity or not a number.
    #[error(
        "{place} has a weight that is infinite or not a number: training diverged; train the model \
         again, for instance with a lower learning rate"
    )]
    NonFinite {
        /// The tensor or layer.
        place: String,
    },
    /// The graph goes in a circle.
    #[error("{node}: the model goes in a circle here; only feed-forward models are supported")]
    Cyclic {
        /// A node on the circle.
        node: NodeName,
    },
    /// A node takes a value that nothing gives.
    #[error(
        "{node}: it takes {value:?}, which no node, weight or input is called; export the model again"
    )]
    Dangling {
        /// The node.
        node: NodeName,
        /// The missing value.
        value: String,
    },
    /// The output of the model does not give classes.
    #[error(
        "the output has the shape {shape}, and a number for each class is expected: [N, classes]"
    )]
    NoClasses {
        /// Its shape.
        shape: String,
    },
    /// Nothing between the picture and the output has weights.
    #[error("the model has no layer with weights between its input and its output")]
    NoLinearLayer,
    /// A property that belongs to Blindsight is wrong.
    #[error("the property {key} of the file {reason}")]
    Property {
        /// The key.
        key: &'static str,
        /// What is wrong, and what to write.
        reason: String,
    },
}

impl OnnxError {
    pub(super) fn not_onnx(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::NotOnnx { reason }
    }
}

/// The name and the operator of a node, as the file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeName {
    name: String,
    operator: String,
}

impl NodeName {
    pub(super) fn new(name: &str, domain: &str, operator: &str) -> Self {
        let operator = match domain {
            "" | "ai.onnx" => short(operator),
            domain => format!("{}.{}", short(domain), short(operator)),
        };
        let name = short(name);
        Self { name, operator }
    }

    /// The name; empty where the file has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator, with its domain if that is not ONNX's own.
    pub fn operator(&self) -> &str {
        &self.operator
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {:?} ({})", self.name, self.operator)
    }
}

/// A text from the file, short enough for a message and without control characters.
pub(super) fn short(text: &str) -> String {
    const LENGTH: usize = 80;
    let mut chars = text.chars().map(|c| if c.is_control() { '?' } else { c });
    let mut short: String = chars.by_ref().take(LENGTH).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
