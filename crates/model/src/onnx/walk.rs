//! The way along the graph: from the picture to the logits, node by node.

use super::{
    error::OnnxError,
    folding,
    node::Node,
    operators,
    scope::{Held, Scope},
    tensor,
};

/// Goes through a node and keeps what it gives.
pub(super) fn step<'a>(scope: &mut Scope<'a>, node: Node<'a>) -> Result<(), OnnxError> {
    let output = node.output()?;
    let held = match node.operator() {
        Some("Constant") => {
            let left = &mut scope.builder.budget.constants;
            Held::Constant(tensor::decode(&node.constant()?, &[], left)?)
        }
        Some("Shape") => Held::Constant(operators::shape_of(scope, node)?),
        Some("CastLike") => operators::cast_like(scope, node)?,
        _ => {
            let mut inputs = Vec::with_capacity(node.0.input.len());
            for index in 0..node.0.input.len() {
                inputs.push(scope.input(node, index)?);
            }
            let constants: Option<Vec<_>> = inputs
                .into_iter()
                .map(|input| match input {
                    None => Some(None),
                    Some(Held::Constant(constant)) => Some(Some(constant)),
                    Some(_) => None,
                })
                .collect();
            match constants {
                Some(inputs) => {
                    let budget = &mut scope.builder.budget;
                    Held::Constant(folding::apply(node, &inputs, budget)?)
                }
                None => operators::apply(scope, node)?,
            }
        }
    };
    scope.insert(output, held);
    scope.leave(node);
    Ok(())
}
