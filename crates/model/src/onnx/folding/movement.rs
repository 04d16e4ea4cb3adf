//! Other shapes and orders of constants.

use super::{Call, moved, moving};
use crate::onnx::{
    arrays,
    constant::{Constant, Data, each},
    error::OnnxError,
    shapes, tensor,
};

impl Call<'_, '_> {
    /// The same elements in another shape.
    pub fn reshape(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        self.required(1)?;
        let target = self.list(1)?.unwrap_or_default();
        let keep_zero = self.node.int("allowzero", 0)? != 0;
        let dims = shapes::reshaped(&input.dims, target, keep_zero);
        let result = dims.and_then(|dims| input.reshaped(dims));
        result.ok_or_else(|| self.misfit())
    }

    /// Without some dimensions of 1.
    pub fn squeeze(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        let axes = self.list_or_attribute("axes", 1)?;
        let dims = shapes::squeezed(&input.dims, axes.as_deref());
        let result = dims.and_then(|dims| input.reshaped(dims));
        result.ok_or_else(|| self.misfit())
    }

    /// With more dimensions of 1.
    pub fn unsqueeze(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        let axes = self.list_or_attribute("axes", 1)?.unwrap_or_default();
        let dims = shapes::unsqueezed(&input.dims, &axes);
        let result = dims.and_then(|dims| input.reshaped(dims));
        result.ok_or_else(|| self.misfit())
    }

    /// With its dimensions in another order.
    pub fn transpose(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        let axes = shapes::axes(self.node, input.dims.len())?;
        self.count(&input.dims)?;
        let dims: Option<Vec<usize>> = axes.iter().map(|at| input.dims.get(*at).copied()).collect();
        let result = dims.and_then(|dims| {
            let turned = |data: &Data| {
                moving!(data, values => {
                    arrays::transpose(&input.dims, values, &axes).map(|(_, values)| values)
                })
            };
            moved(input, dims, turned)
        });
        result.ok_or_else(|| self.misfit())
    }

    /// One behind another.
    pub fn concat(&mut self) -> Result<Constant, OnnxError> {
        let first = self.required(0)?;
        let parts: Option<Vec<&Constant>> = self.inputs.iter().map(Option::as_ref).collect();
        let parts = parts.ok_or_else(|| self.misfit())?;
        let axis = arrays::axis(self.node.int("axis", 0)?, first.dims.len());
        let axis = axis.ok_or_else(|| self.misfit())?;
        for part in &parts {
            self.count(&part.dims)?;
        }
        macro_rules! joined {
            ($kind:path) => {{
                let slices: Option<Vec<(&[usize], &[_])>> = parts
                    .iter()
                    .map(|part| match &part.data {
                        $kind(values) => Some((&part.dims[..], &values[..])),
                        _ => None,
                    })
                    .collect();
                slices
                    .and_then(|slices| arrays::concatenate(&slices, axis))
                    .map(|(dims, values)| (dims, $kind(std::rc::Rc::new(values))))
            }};
        }
        let result = match first.data {
            Data::Floats(_) => joined!(Data::Floats),
            Data::Ints(_) => joined!(Data::Ints),
            Data::Bytes(_) => joined!(Data::Bytes),
        };
        let (dims, data) = result.ok_or_else(|| self.misfit())?;
        Ok(Constant { dims, data })
    }

    /// The parts whose numbers a list says: how weights that are bits are looked up.
    pub fn gather(&mut self) -> Result<Constant, OnnxError> {
        let (input, numbers) = (self.required(0)?, self.required(1)?);
        let axis = arrays::axis(self.node.int("axis", 0)?, input.dims.len());
        let axis = axis.ok_or_else(|| self.misfit())?;
        let Data::Ints(list) = &numbers.data else {
            return Err(self.misfit());
        };
        let length = input.dims.get(axis).copied().unwrap_or_default();
        let mut dims = input.dims.clone();
        dims.splice(axis..=axis, numbers.dims.iter().copied());
        self.count(&dims)?;
        // The numbers as they are used.
        self.count(&numbers.dims)?;
        let whole: Option<Vec<usize>> = list
            .iter()
            .map(|number| arrays::axis(*number, length))
            .collect();
        let result = whole.and_then(|whole| {
            let taken = |data: &Data| {
                moving!(data, values => arrays::gather(&input.dims, values, axis, &whole))
            };
            moved(input, dims, taken)
        });
        result.ok_or_else(|| self.misfit())
    }

    /// A part along some axes, forwards.
    pub fn slice(&mut self) -> Result<Constant, OnnxError> {
        let mut result = self.required(0)?.clone();
        let starts = self.list_or_attribute("starts", 1)?;
        let ends = self.list_or_attribute("ends", 2)?;
        let axes = self.list_or_attribute("axes", 3)?;
        let steps = self.list(4)?;
        let (starts, ends) = (starts.unwrap_or_default(), ends.unwrap_or_default());
        if starts.len() != ends.len() || starts.is_empty() || starts.len() > result.dims.len() {
            return Err(self.misfit());
        }
        for (index, (start, end)) in starts.iter().zip(&ends).enumerate() {
            let axis = match &axes {
                Some(axes) => axes.get(index).copied(),
                None => i64::try_from(index).ok(),
            };
            let axis = axis.and_then(|axis| arrays::axis(axis, result.dims.len()));
            let axis = axis.ok_or_else(|| self.misfit())?;
            let length = result.dims.get(axis).copied().unwrap_or_default();
            let wide = i64::try_from(length).unwrap_or(i64::MAX);
            let bound = |at: i64| {
                let at = if at < 0 { at.saturating_add(wide) } else { at };
                usize::try_from(at.clamp(0, wide)).unwrap_or(length)
            };
            let step = steps.map_or(Some(1), |steps| steps.get(index).copied());
            let step = step.and_then(|step| usize::try_from(step).ok());
            let step = step.filter(|step| (1..=length).contains(step));
            let Some(step) = step else {
                return Err(self
                    .node
                    .unsupported("its steps must be 1 or more, and fit"));
            };
            self.count(&result.dims)?;
            let range = [bound(*start), bound(*end), step];
            let data = moving!(&result.data, values => {
                arrays::slice(&result.dims, values, axis, range).map(|(_, values)| values)
            });
            let data = data.ok_or_else(|| self.misfit())?;
            let mut dims = result.dims.clone();
            if let Some(dim) = dims.get_mut(axis) {
                *dim = range[1].saturating_sub(range[0]).div_ceil(step);
            }
            result = Constant { dims, data };
        }
        Ok(result)
    }

    /// Repeated to fill a shape.
    pub fn expand(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        let target = self.target(1)?;
        let dims = arrays::common_dims(&input.dims, &target).ok_or_else(|| self.misfit())?;
        self.count(&dims)?;
        let wide =
            |data: &Data| moving!(data, values => arrays::broadcast(&input.dims, values, &dims));
        let data = wide(&input.data).ok_or_else(|| self.misfit())?;
        Ok(Constant { dims, data })
    }

    /// The same number everywhere in a shape.
    pub fn constant_of_shape(&mut self) -> Result<Constant, OnnxError> {
        let dims = self.target(0)?;
        let value = match self.node.tensor("value")? {
            Some(tensor) => tensor::decode(tensor, &[], &mut self.budget.constants)?,
            None => Constant {
                dims: Vec::new(),
                data: Data::Floats(std::rc::Rc::new(vec![0.0])),
            },
        };
        self.count(&dims)?;
        let one = vec![1; value.dims.len()];
        let wide = |data: &Data| {
            moving!(data, values => arrays::broadcast(&one, values, &one).and_then(|one| {
                arrays::broadcast(&[], &one, &dims)
            }))
        };
        let data = wide(&value.data).ok_or_else(|| self.misfit())?;
        Ok(Constant { dims, data })
    }

    /// A shape in an input.
    fn target(&self, index: usize) -> Result<Vec<usize>, OnnxError> {
        self.required(index)?;
        let list = self.list(index)?.unwrap_or_default();
        let dims = list.iter().map(|dim| usize::try_from(*dim).ok());
        let dims: Option<Vec<usize>> = dims.collect();
        dims.ok_or_else(|| self.misfit())
    }
}
