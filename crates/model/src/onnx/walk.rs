//! The walk along the graph: one value, from the picture to the logits.

use std::collections::HashSet;

use super::{
    error::{OnnxError, short},
    flow::Flow,
    node::Node,
    operators,
    tensor::Constants,
};

/// Where the walk is.
pub(super) struct Walk {
    pub constants: Constants,
    pub flow: Flow,
    /// The batch that the file fixes, if it does.
    pub batch: Option<usize>,
    /// The name of the value that the flow stands at.
    live: String,
    /// The names that it has left behind.
    spent: HashSet<String>,
    /// The softmax that was left out: only what changes no number may follow.
    softmax: bool,
}

/// What a node takes in.
pub(super) enum Operand<'a> {
    /// The value of the walk.
    Live,
    /// A constant of that name.
    Constant(&'a str),
}

impl Walk {
    /// Starts at the input called `live`.
    pub fn new(constants: Constants, flow: Flow, batch: Option<usize>, live: &str) -> Self {
        Self {
            constants,
            flow,
            batch,
            live: live.into(),
            spent: HashSet::new(),
            softmax: false,
        }
    }

    /// The value of the walk is called that.
    pub fn is_at(&self, name: &str) -> bool {
        self.live == name
    }

    /// Goes through a node.
    pub fn step(&mut self, node: Node<'_>) -> Result<(), OnnxError> {
        let output = node.output()?;
        if node.operator() == Some("Constant") {
            self.constants.insert(output, node.constant()?);
            return Ok(());
        }
        let operands = node.0.input.iter().filter(|name| !name.is_empty());
        let live = operands.clone().filter(|name| self.is_at(name)).count();
        if let Some(value) = operands.clone().find(|name| self.spent.contains(*name)) {
            return Err(OnnxError::Branch {
                node: node.name(),
                value: short(value),
            });
        }
        if live > 1 {
            return Err(
                node.unsupported("it takes the same value twice; one input must be a constant")
            );
        }
        if live == 0 {
            return operators::constant(self, node, output);
        }
        let before = self.softmax;
        operators::apply(self, node)?;
        if before && !operators::keeps_numbers(node) {
            return Err(node.unsupported(
                "it follows a Softmax or LogSoftmax, which is supported only at the end",
            ));
        }
        let left_behind = std::mem::replace(&mut self.live, output.into());
        self.spent.insert(left_behind);
        Ok(())
    }

    /// A softmax is left out here.
    pub fn leave_out_softmax(&mut self) {
        self.softmax = true;
    }

    /// What the input of a node at `index` is.
    pub fn operand<'a>(&self, node: Node<'a>, index: usize) -> Result<Operand<'a>, OnnxError> {
        let name = node.required(index)?;
        Ok(if self.is_at(name) {
            Operand::Live
        } else {
            Operand::Constant(name)
        })
    }

    /// Refuses a node whose first input is not the value of the walk.
    pub fn takes_live_first(&self, node: Node<'_>) -> Result<(), OnnxError> {
        match self.operand(node, 0)? {
            Operand::Live => Ok(()),
            Operand::Constant(_) => {
                Err(node.unsupported("its first input must be what the layer before it gives"))
            }
        }
    }
}
