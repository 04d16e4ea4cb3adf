//! Cutting a network into the steps of a plan, still in floating point.
//!
//! What lies between two activations is affine and becomes one step. Its operations grow as a
//! graph along the network until something closes it: an activation, pooling, or the end. A linear
//! map takes only what the dealer knows the data owner's share of, so the result of another one is
//! closed first, with the identity as its activation. The same happens to what several nodes take,
//! so that no weight stands in two steps.

use std::rc::Rc;

use super::FixedPointError;
use crate::{
    network::{Activation, Convolution, FullyConnected, Layer, Network, Shape, Value, Window},
    plan::{MAX_HANDLED, MAX_STEPS, Operand, PlanError},
};

/// An operation of a step.
pub(super) struct Operation<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) operands: Vec<Operand>,
    pub(super) shape: Shape,
    /// The layer that it came from, counted from 1.
    pub(super) layer: usize,
}

/// What an operation does.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    FullyConnected(&'a FullyConnected),
    Convolution(&'a Convolution),
    Average {
        window: &'a Window,
        count_padding: bool,
    },
    Sum,
    Concatenate,
    Reshape,
}

/// A step.
pub(super) struct Step<'a> {
    pub(super) operations: Vec<Operation<'a>>,
    pub(super) end: End,
    /// The layer that ends it, counted from 1.
    pub(super) layer: usize,
}

/// How a step ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// With pooling, a function, or both; `None` is the identity.
    Activation {
        pool: Option<Window>,
        function: Option<Activation>,
    },
    /// With the logits.
    Output,
}

/// A value that is not opened yet.
#[derive(Clone)]
enum Expression<'a> {
    /// The value of that number of the plan.
    Value(u16, Shape),
    Operation(Rc<Pending<'a>>),
}

struct Pending<'a> {
    kind: Kind<'a>,
    inputs: Vec<Expression<'a>>,
    shape: Shape,
    layer: usize,
    /// Depends on weights of this step.
    weighted: bool,
}

impl Expression<'_> {
    fn shape(&self) -> Shape {
        match self {
            Self::Value(_, shape) => *shape,
            Self::Operation(pending) => pending.shape,
        }
    }

    fn weighted(&self) -> bool {
        matches!(self, Self::Operation(pending) if pending.weighted)
    }
}

/// What a node of the network gave.
#[derive(Clone)]
enum Given<'a> {
    Plain(Expression<'a>),
    /// To be pooled together with the activation that follows.
    Pooled(Expression<'a>, Window),
    /// To be activated together with the pooling that follows: the functions rise, so the largest
    /// result is that of the largest element.
    Activated(Expression<'a>, Activation),
}

/// Cuts a network into steps; the last one ends with the logits.
pub(super) fn cut(network: &Network) -> Result<Vec<Step<'_>>, FixedPointError> {
    let shapes = network.shapes()?;
    let last = network
        .nodes
        .len()
        .checked_sub(1)
        .ok_or(FixedPointError::Empty)?;
    let mut cutter = Cutter {
        steps: Vec::new(),
        given: Vec::with_capacity(network.nodes.len()),
        input: network.input,
    };
    for (index, node) in network.nodes.iter().enumerate() {
        let users = takers(network, Value::Node(index));
        let given = cutter.node(index, &node.layer, &node.inputs, shapes[index], &users);
        let given = match given {
            // What several take is opened once, unless it costs nothing to run it again.
            Given::Plain(expression) if users.len() > 1 && expression.weighted() => {
                Given::Plain(cutter.close(expression, None, None, index + 1))
            }
            other => other,
        };
        cutter.given.push(given);
    }
    let logits = cutter.plain(Value::Node(last), last + 1);
    let operations = flatten(logits, last + 1);
    cutter.steps.push(Step {
        operations,
        end: End::Output,
        layer: last + 1,
    });
    Ok(cutter.steps)
}

/// Refuses more than a plan may hold before anything is allocated for it.
pub(super) fn check(steps: &[Step<'_>]) -> Result<(), FixedPointError> {
    let operations = steps.iter().flat_map(|step| &step.operations);
    let handled = operations.fold(0_u64, |sum, operation| {
        sum.saturating_add(operation.shape.elements() as u64)
    });
    for (what, found, limit) in [
        ("steps", steps.len() as u64, MAX_STEPS as u64),
        ("elements in all operations", handled, MAX_HANDLED),
    ] {
        if found > limit {
            return Err(PlanError::TooLarge { what, found, limit }.into());
        }
    }
    Ok(())
}

/// The layers of all nodes that take a value.
fn takers(network: &Network, value: Value) -> Vec<&Layer> {
    let takes = |node: &&crate::network::Node| node.inputs.contains(&value);
    let nodes = network.nodes.iter().filter(takes);
    nodes.map(|node| &node.layer).collect()
}

struct Cutter<'a> {
    steps: Vec<Step<'a>>,
    given: Vec<Given<'a>>,
    input: Shape,
}

impl<'a> Cutter<'a> {
    fn node(
        &mut self,
        index: usize,
        layer: &'a Layer,
        inputs: &[Value],
        shape: Shape,
        users: &[&Layer],
    ) -> Given<'a> {
        let number = index + 1;
        let kind = match layer {
            Layer::Activation(function) => {
                let (expression, pool) = match self.take(inputs[0]) {
                    Given::Pooled(expression, window) => (expression, Some(window)),
                    Given::Plain(expression) => (expression, None),
                    Given::Activated(expression, before) => {
                        (self.close(expression, None, Some(before), number), None)
                    }
                };
                if pool.is_none() && matches!(users, [Layer::MaxPool(_)]) {
                    return Given::Activated(expression, *function);
                }
                return Given::Plain(self.close(expression, pool, Some(*function), number));
            }
            Layer::MaxPool(window) => {
                if let Given::Activated(expression, function) = self.take(inputs[0]) {
                    return Given::Plain(self.close(
                        expression,
                        Some(*window),
                        Some(function),
                        number,
                    ));
                }
                let expression = self.plain(inputs[0], number);
                if matches!(users, [Layer::Activation(_)]) {
                    return Given::Pooled(expression, *window);
                }
                return Given::Plain(self.close(expression, Some(*window), None, number));
            }
            Layer::FullyConnected(layer) => Kind::FullyConnected(layer),
            Layer::Convolution(layer) => Kind::Convolution(layer),
            Layer::AveragePool {
                window,
                count_padding,
            } => Kind::Average {
                window,
                count_padding: *count_padding,
            },
            Layer::Add => Kind::Sum,
            Layer::Concatenate => Kind::Concatenate,
            Layer::Reshape(_) => Kind::Reshape,
        };
        let weighty = matches!(kind, Kind::FullyConnected(_) | Kind::Convolution(_));
        let inputs: Vec<_> = inputs
            .iter()
            .map(|value| {
                let expression = self.plain(*value, number);
                if weighty && expression.weighted() {
                    self.close(expression, None, None, number)
                } else {
                    expression
                }
            })
            .collect();
        let weighted = weighty || inputs.iter().any(Expression::weighted);
        Given::Plain(Expression::Operation(Rc::new(Pending {
            kind,
            inputs,
            shape,
            layer: number,
            weighted,
        })))
    }

    fn take(&self, value: Value) -> Given<'a> {
        match value {
            Value::Picture => Given::Plain(Expression::Value(0, self.input)),
            Value::Node(node) => self.given[node].clone(),
        }
    }

    /// A value as an affine expression; what was put off is done now.
    fn plain(&mut self, value: Value, layer: usize) -> Expression<'a> {
        let closed = match self.take(value) {
            Given::Plain(expression) => return expression,
            Given::Pooled(expression, window) => self.close(expression, Some(window), None, layer),
            Given::Activated(expression, function) => {
                self.close(expression, None, Some(function), layer)
            }
        };
        if let Value::Node(node) = value {
            self.given[node] = Given::Plain(closed.clone());
        }
        closed
    }

    /// Ends a step; gives the value that comes of it.
    fn close(
        &mut self,
        expression: Expression<'a>,
        pool: Option<Window>,
        function: Option<Activation>,
        layer: usize,
    ) -> Expression<'a> {
        let shape = expression.shape();
        // The shapes were inferred: the window fits.
        let pooled = pool.and_then(|window| shape.pooled(&window));
        self.steps.push(Step {
            operations: flatten(expression, layer),
            end: End::Activation { pool, function },
            layer,
        });
        // More steps than a plan may have are refused by the plan.
        let number = u16::try_from(self.steps.len()).unwrap_or(u16::MAX);
        Expression::Value(number, pooled.unwrap_or(shape))
    }
}

/// The operations of an expression in order; one that adds nothing for a bare value.
fn flatten(expression: Expression<'_>, layer: usize) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    let mut seen = Vec::new();
    if let Operand::Value(_) = visit(&expression, &mut operations, &mut seen) {
        let shape = expression.shape();
        let operands = vec![visit(&expression, &mut operations, &mut seen)];
        operations.push(Operation {
            kind: Kind::Sum,
            operands,
            shape,
            layer,
        });
    }
    operations
}

fn visit<'a>(
    expression: &Expression<'a>,
    operations: &mut Vec<Operation<'a>>,
    seen: &mut Vec<(*const Pending<'a>, Operand)>,
) -> Operand {
    let pending = match expression {
        Expression::Value(number, _) => return Operand::Value(*number),
        Expression::Operation(pending) => pending,
    };
    let address = Rc::as_ptr(pending);
    if let Some((_, operand)) = seen.iter().find(|(other, _)| *other == address) {
        return *operand;
    }
    let inputs = pending.inputs.iter();
    let operands = inputs.map(|input| visit(input, operations, seen)).collect();
    let operand = Operand::Result(u16::try_from(operations.len()).unwrap_or(u16::MAX));
    operations.push(Operation {
        kind: pending.kind,
        operands,
        shape: pending.shape,
        layer: pending.layer,
    });
    seen.push((address, operand));
    operand
}
