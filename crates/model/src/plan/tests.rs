use blindsight_mpc::ring::Ring;
use proptest::prelude::*;

use super::*;
use crate::network::Window;

fn linear(of: Operand, map: LinearMap, ring: Ring) -> Affine {
    Affine {
        ring,
        operations: vec![Operation::Linear { of, map }],
    }
}

fn dense(value: u16, inputs: u32, outputs: u32) -> Affine {
    let map = LinearMap::FullyConnected { inputs, outputs };
    linear(Operand::Value(value), map, Ring::Z32)
}

fn activation(shift: u32, width: u32) -> Activation {
    Activation {
        pool: None,
        shift,
        width,
        gate: Gate::Function(Function::Relu),
    }
}

fn hidden(inputs: u32, outputs: u32) -> Hidden {
    Hidden {
        affine: dense(0, inputs, outputs),
        activation: activation(10, 18),
    }
}

fn output(value: u16, inputs: u32, outputs: u32) -> Output {
    Output {
        affine: dense(value, inputs, outputs),
        width: 30,
        unit: 1,
        reveal: Reveal::Ranking { top: 1 },
    }
}

/// A convolution with pooling, a shortcut around another one, an average, and logits.
fn branched() -> Plan {
    let square = |kernel, padding| Window::square(kernel, 1).padded(padding);
    let convolution = |height| LinearMap::Convolution {
        input: Shape {
            channels: if height == 28 { 1 } else { 4 },
            height,
            width: height,
        },
        channels: 4,
        window: square(3, 1),
        groups: 1,
    };
    let pool = Some(MaxPool {
        window: Window::square(2, 2),
        shift: 10,
        width: 15,
    });
    let first = Hidden {
        affine: linear(Operand::Value(0), convolution(28), Ring::Z32),
        activation: Activation {
            pool,
            ..activation(10, 14)
        },
    };
    let term = |operand, factor| Term { operand, factor };
    let second = Hidden {
        affine: Affine {
            ring: Ring::Z64,
            operations: vec![
                Operation::Linear {
                    of: Operand::Value(1),
                    map: convolution(14),
                },
                Operation::Sum(vec![
                    term(Operand::Result(0), 1),
                    term(Operand::Value(1), 1 << 10),
                ]),
            ],
        },
        activation: activation(10, 20),
    };
    let output = Output {
        affine: Affine {
            ring: Ring::Z32,
            operations: vec![
                Operation::WindowSum {
                    of: Operand::Value(2),
                    window: Window::square(14, 14),
                    count_padding: true,
                },
                Operation::Linear {
                    of: Operand::Result(0),
                    map: LinearMap::FullyConnected {
                        inputs: 4,
                        outputs: 10,
                    },
                },
            ],
        },
        width: 30,
        unit: 1,
        reveal: Reveal::Ranking { top: 1 },
    };
    Plan::new(Shape::MNIST, vec![first, second], output).unwrap()
}

#[test]
fn a_plan_crosses_the_wire_unchanged() {
    let dense = Plan::new(Shape::MNIST, vec![hidden(784, 16)], output(1, 16, 10)).unwrap();
    for plan in [dense, branched()] {
        let bytes = postcard::to_allocvec(&plan).unwrap();
        let back: Plan = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(plan, back);
        assert_eq!(plan.hash(), back.hash());
    }
    let other = Plan::new(Shape::MNIST, vec![hidden(784, 17)], output(1, 17, 10)).unwrap();
    assert_ne!(other.hash(), branched().hash());
}

#[test]
fn shapes_and_rings_follow_from_the_operations() {
    let plan = branched();
    assert_eq!((plan.steps(), plan.classes().count()), (3, 10));
    let rings: Vec<Ring> = plan.values().iter().map(|value| value.ring).collect();
    assert_eq!(rings, [Ring::Z32, Ring::Z64, Ring::Z32]);
    let elements: Vec<usize> = plan.values().iter().map(|v| v.shape.elements()).collect();
    assert_eq!(elements, [784, 784, 784]);
    assert_eq!(plan.result(0).elements(), 4 * 784);
    assert_eq!(plan.result(2), Shape::flat(10));
    let linears = plan.linears().iter();
    let linears: Vec<_> = linears.map(|l| (l.step, l.weights(), l.outputs)).collect();
    assert_eq!(linears, [(0, 36, 3136), (1, 144, 784), (2, 40, 10)]);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |hidden, output| Plan::new(Shape::MNIST, hidden, output).unwrap_err();
    let shape = refused(vec![hidden(784, 16)], output(1, 17, 10));
    assert!(matches!(
        shape,
        PlanError::Operation {
            step: 1,
            operation: 0,
            ..
        }
    ));
    let missing = refused(vec![], output(1, 784, 10));
    assert!(matches!(missing, PlanError::Operation { step: 0, .. }));
    let unused = refused(vec![hidden(784, 16)], output(0, 784, 10));
    assert_eq!(unused, PlanError::Unused { step: 0 });
    let classes = refused(vec![], output(0, 784, 257));
    assert_eq!(classes, PlanError::Classes { found: 257 });
    let large = refused(vec![hidden(784, 1 << 21)], output(1, 1 << 21, 10));
    assert!(matches!(large, PlanError::TooLarge { .. }));
    let too_large = |error, expected: &str| match error {
        PlanError::TooLarge { what, .. } => assert_eq!(what, expected),
        other => panic!("{other}"),
    };
    too_large(
        refused(vec![hidden(784, 1 << 19)], output(1, 1 << 19, 10)),
        "weights",
    );
    let mut deep = hidden(784, 80_000);
    deep.activation = activation(0, 32);
    too_large(
        refused(vec![deep], output(1, 80_000, 10)),
        "bytes of comparison keys",
    );
    let none = refused(vec![hidden(784, 0)], output(1, 0, 10));
    assert!(matches!(none, PlanError::Operation { step: 0, .. }));
    for (shift, width) in [(0, 1), (0, 33), (15, 18), (32, 2), (u32::MAX, u32::MAX)] {
        let mut step = hidden(784, 16);
        step.activation = activation(shift, width);
        let wide = refused(vec![step], output(1, 16, 10));
        assert!(
            matches!(wide, PlanError::Width { step: 0, .. }),
            "{shift} {width}"
        );
    }
    let mut chained = output(0, 784, 10);
    chained.affine.operations.push(Operation::Linear {
        of: Operand::Result(0),
        map: LinearMap::FullyConnected {
            inputs: 10,
            outputs: 10,
        },
    });
    let secret = refused(vec![], chained);
    assert!(matches!(secret, PlanError::Operation { operation: 1, .. }));
}

/// Numbers that would make a party work or allocate without end.
#[test]
fn windows_and_factors_have_bounds() {
    let with = |operation: Operation| {
        let mut plan = branched();
        plan.output.affine.operations[0] = operation;
        Plan::new(plan.input, plan.hidden, plan.output).unwrap_err()
    };
    let of = Operand::Value(2);
    let huge = Window {
        kernel: [1 << 30; 2],
        before: [(1 << 30) - 1; 2],
        after: [(1 << 30) - 1; 2],
        ..Window::square(1, 1)
    };
    for window in [
        huge,
        Window::square(0, 1),
        Window::square(1, 0),
        Window::square(15, 1),
    ] {
        for count_padding in [true, false] {
            let sum = Operation::WindowSum {
                of,
                window,
                count_padding,
            };
            assert!(matches!(with(sum), PlanError::Operation { .. }));
        }
        let mut pooled = branched();
        if let Some(pool) = &mut pooled.hidden[1].activation.pool {
            pool.window = window;
        } else {
            let shift = 0;
            let width = 20;
            pooled.hidden[1].activation.pool = Some(MaxPool {
                window,
                shift,
                width,
            });
        }
        assert!(Plan::new(pooled.input, pooled.hidden, pooled.output).is_err());
    }
    for factor in [0, MAX_FACTOR + 1] {
        let term = Term {
            operand: of,
            factor,
        };
        assert!(matches!(
            with(Operation::Sum(vec![term])),
            PlanError::Operation { .. }
        ));
    }
    assert!(matches!(
        with(Operation::Sum(vec![])),
        PlanError::Operation { .. }
    ));
    let term = Term {
        operand: of,
        factor: 1,
    };
    let many = with(Operation::Concatenate(vec![term; MAX_OPERATIONS + 1]));
    assert!(matches!(many, PlanError::TooLarge { .. }));
    // Each operation is within its bounds, but all together are too much.
    let mut wide = branched();
    let result = |k| Term {
        operand: Operand::Result(k),
        factor: 1,
    };
    let mut operations = vec![
        Operation::Concatenate(vec![term; 60]),
        Operation::Concatenate(vec![result(0); 22]),
    ];
    operations.extend((1..20).map(|k| Operation::Sum(vec![result(k)])));
    wide.output.affine.operations = operations;
    let error = Plan::new(wide.input, wide.hidden, wide.output).unwrap_err();
    let what = "elements in all operations";
    assert!(
        matches!(error, PlanError::TooLarge { what: found, .. } if found == what),
        "{error}"
    );
}

/// The mean of a window at the edge is that of the elements that it sees.
#[test]
fn averages_have_one_divisor() {
    let shape = Shape {
        channels: 1,
        height: 2,
        width: 2,
    };
    let window = Window::square(2, 1).padded(1);
    let weights = WindowWeights::new(shape, &window, false).unwrap();
    assert_eq!(
        (weights.divisor, &weights.factors[..3]),
        (4, &[4, 2, 4][..])
    );
    let sums = weights.sums(
        &[4, 8, 12, 16],
        shape,
        &window,
        0,
        |a, b| a + b,
        |a, f| a * f,
    );
    let means: Vec<u32> = sums.iter().map(|sum| sum / weights.divisor).collect();
    assert_eq!(means, [4, 6, 8, 8, 10, 12, 12, 14, 16]);
    let counted = WindowWeights::new(shape, &window, true).unwrap();
    assert_eq!((counted.divisor, counted.factors), (4, vec![1; 9]));
}

proptest! {
    #[test]
    fn random_bytes_are_a_valid_plan_or_an_error(bytes: Vec<u8>) {
        if let Ok(plan) = postcard::from_bytes::<Plan>(&bytes) {
            prop_assert!(Plan::new(plan.input, plan.hidden, plan.output).is_ok());
        }
    }

    /// A byte of a plan changed gives another plan or an error, and no panic.
    #[test]
    fn altered_bytes_are_a_valid_plan_or_an_error(at: prop::sample::Index, byte: u8) {
        let mut bytes = postcard::to_allocvec(&branched()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(plan) = postcard::from_bytes::<Plan>(&bytes) {
            prop_assert!(Plan::new(plan.input, plan.hidden, plan.output).is_ok());
        }
    }
}
