//! The order in which the nodes of a graph are looked at.

use std::collections::HashMap;

use super::{
    error::{OnnxError, short},
    node::Node,
    proto::NodeProto,
};

/// The nodes that `output` needs, each after those that it takes from.
///
/// Nodes that it does not need, such as leftovers of training, do not appear. `known` tells the
/// names that need no node: the input and the weights.
///
/// # Errors
///
/// When the graph goes in a circle, a value comes from nowhere, or has two sources.
pub(super) fn in_order<'a>(
    nodes: &'a [NodeProto],
    output: &str,
    known: impl Fn(&str) -> bool,
) -> Result<Vec<Node<'a>>, OnnxError> {
    let mut sources = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        for value in node.output.iter().filter(|value| !value.is_empty()) {
            if known(value) || sources.insert(value.as_str(), index).is_some() {
                let value = short(value);
                return Err(
                    Node(node).unsupported(format!("{value:?} is the name of another value, too"))
                );
            }
        }
    }
    let Some(&last) = sources.get(output) else {
        // The output is the input or a weight, or comes from nowhere: no layer leads there.
        return Err(OnnxError::NoLinearLayer);
    };

    let mut order = Vec::new();
    let mut states = vec![State::New; nodes.len()];
    // Depth first, without recursion: nodes in progress and the next of their inputs.
    let mut path = vec![(last, 0)];
    while let Some((index, next)) = path.pop() {
        let Some(node) = nodes.get(index) else {
            continue;
        };
        if let Some(state) = states.get_mut(index) {
            *state = State::Open;
        }
        let Some(value) = node.input.get(next) else {
            if let Some(state) = states.get_mut(index) {
                *state = State::Done;
            }
            order.push(Node(node));
            continue;
        };
        path.push((index, next + 1));
        if value.is_empty() || known(value) {
            continue;
        }
        let Some(&source) = sources.get(value.as_str()) else {
            return Err(OnnxError::Dangling {
                node: Node(node).name(),
                value: short(value),
            });
        };
        match states.get(source) {
            Some(State::New) => path.push((source, 0)),
            Some(State::Open) => {
                let node = Node(node).name();
                return Err(OnnxError::Cyclic { node });
            }
            Some(State::Done) | None => {}
        }
    }
    Ok(order)
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}
