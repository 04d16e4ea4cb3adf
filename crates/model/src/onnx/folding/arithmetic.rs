//! Arithmetic over constants.

use std::rc::Rc;

use super::Call;
use crate::onnx::{
    arrays,
    constant::{Constant, Data},
    error::OnnxError,
};

impl Call<'_, '_> {
    /// A function of two constants, element by element.
    pub fn arithmetic(
        &mut self,
        floats: impl Fn(f32, f32) -> f32,
        ints: impl Fn(i64, i64) -> Option<i64>,
    ) -> Result<Constant, OnnxError> {
        let (a, b) = (self.required(0)?, self.required(1)?);
        let dims = arrays::common_dims(&a.dims, &b.dims).ok_or_else(|| self.misfit())?;
        // The two as they are repeated, and the result.
        for _ in 0..3 {
            self.count(&dims)?;
        }
        let data = match (&a.data, &b.data) {
            (Data::Floats(x), Data::Floats(y)) => {
                let x = arrays::broadcast(&a.dims, x, &dims).ok_or_else(|| self.misfit())?;
                let y = arrays::broadcast(&b.dims, y, &dims).ok_or_else(|| self.misfit())?;
                let both = x.into_iter().zip(y);
                Data::Floats(Rc::new(both.map(|(x, y)| floats(x, y)).collect()))
            }
            (Data::Ints(x), Data::Ints(y)) => {
                let x = arrays::broadcast(&a.dims, x, &dims).ok_or_else(|| self.misfit())?;
                let y = arrays::broadcast(&b.dims, y, &dims).ok_or_else(|| self.misfit())?;
                let both = x.into_iter().zip(y);
                let values: Option<Vec<i64>> = both.map(|(x, y)| ints(x, y)).collect();
                let values = values.ok_or_else(|| {
                    self.node
                        .unsupported("its result is beyond 64 bits, or it divides by 0")
                })?;
                Data::Ints(Rc::new(values))
            }
            _ => {
                return Err(self.node.unsupported(format!(
                    "it computes with {} and {}; both must be floating-point numbers, or both \
                     whole ones",
                    a.kind(),
                    b.kind()
                )));
            }
        };
        Ok(Constant { dims, data })
    }

    /// A function of each floating-point number.
    pub fn each_float(&mut self, of: impl Fn(f32) -> f32) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        self.count(&input.dims)?;
        let values = input.floats().ok_or_else(|| {
            let kind = input.kind();
            self.node.unsupported(format!(
                "it computes with {kind}, and only floating-point numbers are supported"
            ))
        })?;
        Ok(Constant {
            dims: input.dims.clone(),
            data: Data::Floats(Rc::new(values.iter().map(|x| of(*x)).collect())),
        })
    }
}
