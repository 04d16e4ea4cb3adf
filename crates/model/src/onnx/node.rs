//! A node with the questions that operators ask it.

use super::{
    error::{NodeName, OnnxError},
    proto::{AttributeProto, NodeProto, TensorProto},
};

/// A node of the graph.
#[derive(Clone, Copy)]
pub(super) struct Node<'a>(pub &'a NodeProto);

impl<'a> Node<'a> {
    /// The name and operator, for messages.
    pub fn name(self) -> NodeName {
        NodeName::new(&self.0.name, &self.0.domain, &self.0.op_type)
    }

    /// The operator, if it is one of ONNX's own or of those for classical machine learning.
    pub fn operator(self) -> Option<&'a str> {
        const CLASSICAL: [&str; 3] = ["Scaler", "ZipMap", "ArrayFeatureExtractor"];
        let operator = self.0.op_type.as_str();
        let known = match self.0.domain.as_str() {
            "" | "ai.onnx" => true,
            "ai.onnx.ml" => CLASSICAL.contains(&operator),
            _ => false,
        };
        known.then_some(operator)
    }

    /// The name of an input, unless it is left out.
    pub fn input(self, index: usize) -> Option<&'a str> {
        let name = self.0.input.get(index)?.as_str();
        (!name.is_empty()).then_some(name)
    }

    /// The name of an input that the operator cannot do without.
    pub fn required(self, index: usize) -> Result<&'a str, OnnxError> {
        self.input(index)
            .ok_or_else(|| self.unsupported(format!("its input {} is missing", index + 1)))
    }

    /// The name of the first output.
    pub fn output(self) -> Result<&'a str, OnnxError> {
        let name = self.0.output.first().map(String::as_str);
        name.filter(|name| !name.is_empty())
            .ok_or_else(|| self.unsupported("it has no output"))
    }

    /// A whole number among the attributes.
    pub fn int(self, name: &str, default: i64) -> Result<i64, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::INT)?;
        Ok(attribute.map_or(default, |attribute| attribute.i))
    }

    /// A floating-point number among the attributes.
    pub fn float(self, name: &str, default: f64) -> Result<f64, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::FLOAT)?;
        let value = attribute.map_or(default, |attribute| f64::from(attribute.f));
        if value.is_finite() {
            Ok(value)
        } else {
            Err(self.unsupported(format!("its attribute {name} is infinite or not a number")))
        }
    }

    /// Whole numbers among the attributes.
    pub fn ints(self, name: &str) -> Result<Option<&'a [i64]>, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::INTS)?;
        Ok(attribute.map(|attribute| attribute.ints.as_slice()))
    }

    /// Floating-point numbers among the attributes.
    pub fn floats(self, name: &str) -> Result<Option<&'a [f32]>, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::FLOATS)?;
        Ok(attribute.map(|attribute| attribute.floats.as_slice()))
    }

    /// A tensor among the attributes.
    pub fn tensor(self, name: &str) -> Result<Option<&'a TensorProto>, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::TENSOR)?;
        Ok(attribute.and_then(|attribute| attribute.t.as_deref()))
    }

    /// A text among the attributes; empty if it is missing.
    pub fn text(self, name: &str) -> Result<&'a str, OnnxError> {
        let attribute = self.attribute(name, AttributeProto::STRING)?;
        let bytes = attribute.map_or(&[][..], |attribute| &attribute.s);
        std::str::from_utf8(bytes)
            .map_err(|_| self.unsupported(format!("its attribute {name} is no text")))
    }

    /// Texts among the attributes, or whole numbers as texts: the names of classes.
    pub fn names(self, texts: &str, numbers: &str) -> Result<Option<Vec<String>>, OnnxError> {
        if let Some(numbers) = self.ints(numbers)? {
            return Ok(Some(numbers.iter().map(i64::to_string).collect()));
        }
        let attribute = self.attribute(texts, AttributeProto::STRINGS)?;
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        Ok(attribute.map(|attribute| attribute.strings.iter().map(text).collect()))
    }

    /// The value of a node `Constant`.
    pub fn constant(self) -> Result<TensorProto, OnnxError> {
        let value = |kind: &AttributeProto| {
            let list = |length| i64::try_from(length).into_iter().collect();
            match (kind.name.as_str(), kind.r#type) {
                ("value", AttributeProto::TENSOR) => kind.t.as_deref().cloned(),
                ("value_float", AttributeProto::FLOAT) => Some(TensorProto {
                    data_type: TensorProto::FLOAT,
                    float_data: vec![kind.f],
                    ..TensorProto::default()
                }),
                ("value_floats", AttributeProto::FLOATS) => Some(TensorProto {
                    data_type: TensorProto::FLOAT,
                    dims: list(kind.floats.len()),
                    float_data: kind.floats.clone(),
                    ..TensorProto::default()
                }),
                ("value_int", AttributeProto::INT) => Some(TensorProto {
                    data_type: TensorProto::INT64,
                    int64_data: vec![kind.i],
                    ..TensorProto::default()
                }),
                ("value_ints", AttributeProto::INTS) => Some(TensorProto {
                    data_type: TensorProto::INT64,
                    dims: list(kind.ints.len()),
                    int64_data: kind.ints.clone(),
                    ..TensorProto::default()
                }),
                _ => None,
            }
        };
        let tensor = self.0.attribute.iter().find_map(value).ok_or_else(|| {
            self.unsupported("its value is neither a tensor nor a number nor a list of numbers")
        })?;
        let name = self.output()?.into();
        Ok(TensorProto { name, ..tensor })
    }

    /// The operator is known, but not in this use.
    pub fn unsupported(self, reason: impl Into<String>) -> OnnxError {
        OnnxError::Unsupported {
            node: self.name(),
            reason: reason.into(),
        }
    }

    /// Sizes do not fit each other.
    pub fn shape(self, reason: impl Into<String>) -> OnnxError {
        OnnxError::Shape {
            node: self.name(),
            reason: reason.into(),
        }
    }

    fn attribute(self, name: &str, kind: i32) -> Result<Option<&'a AttributeProto>, OnnxError> {
        let found = self.0.attribute.iter().find(|a| a.name == name);
        // The first exporters wrote no type.
        if found.is_some_and(|attribute| attribute.r#type != kind && attribute.r#type != 0) {
            return Err(self.unsupported(format!("its attribute {name} has the wrong type")));
        }
        Ok(found)
    }
}

/// Dimensions for messages.
pub(super) fn dims_text(dims: &[usize]) -> String {
    let dims: Vec<_> = dims.iter().map(usize::to_string).collect();
    dims.join(", ")
}
