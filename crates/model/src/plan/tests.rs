use super::*;
use proptest::prelude::*;

fn linear(inputs: u32, outputs: u32) -> Linear {
    Linear {
        map: LinearMap::FullyConnected { inputs, outputs },
        ring: Ring::Z32,
    }
}

fn hidden(inputs: u32, outputs: u32) -> Hidden {
    Hidden {
        linear: linear(inputs, outputs),
        activation: Activation::Relu {
            shift: 10,
            width: 18,
        },
    }
}

fn output(inputs: u32, outputs: u32) -> Output {
    Output {
        linear: linear(inputs, outputs),
        reveal: Reveal::Class { width: 30 },
    }
}

#[test]
fn a_plan_crosses_the_wire_unchanged() {
    let plan = Plan::new(InputShape::MNIST, vec![hidden(784, 16)], output(16, 10)).unwrap();
    let bytes = postcard::to_allocvec(&plan).unwrap();
    let back: Plan = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(plan, back);
    assert_eq!(plan.hash(), back.hash());
    assert_eq!(plan.steps(), 2);
    assert_eq!(plan.classes().count(), 10);
    let other = Plan::new(InputShape::MNIST, vec![hidden(784, 17)], output(17, 10)).unwrap();
    assert_ne!(plan.hash(), other.hash());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |hidden, output| Plan::new(InputShape::MNIST, hidden, output).unwrap_err();
    let shape = refused(vec![hidden(784, 16)], output(17, 10));
    let expected = PlanError::Shape {
        step: 1,
        takes: 17,
        given: 16,
    };
    assert_eq!(shape, expected);
    let classes = refused(vec![], output(784, 257));
    assert_eq!(classes, PlanError::Classes { found: 257 });
    let large = refused(vec![hidden(784, 1 << 21)], output(1 << 21, 10));
    assert!(matches!(large, PlanError::TooLarge { .. }));
    let heavy = refused(vec![hidden(784, 1 << 19)], output(1 << 19, 10));
    assert!(matches!(
        heavy,
        PlanError::TooLarge {
            what: "weights",
            ..
        }
    ));
    let mut deep = hidden(784, 80_000);
    deep.activation = Activation::Relu {
        shift: 0,
        width: 32,
    };
    let keys = refused(vec![deep], output(80_000, 10));
    let what = "bytes of comparison keys";
    assert!(matches!(keys, PlanError::TooLarge { what: found, .. } if found == what));
    let none = refused(vec![hidden(784, 0)], output(0, 10));
    assert!(matches!(none, PlanError::Empty { step: 0, .. }));
    for (shift, width) in [(0, 1), (0, 33), (15, 18), (32, 2), (u32::MAX, u32::MAX)] {
        let mut step = hidden(784, 16);
        step.activation = Activation::Relu { shift, width };
        let wide = refused(vec![step], output(16, 10));
        assert!(
            matches!(wide, PlanError::Width { step: 0, .. }),
            "{shift} {width}"
        );
    }
}

proptest! {
    #[test]
    fn random_bytes_are_a_valid_plan_or_an_error(bytes: Vec<u8>) {
        if let Ok(plan) = postcard::from_bytes::<Plan>(&bytes) {
            prop_assert!(plan.check().is_ok());
        }
    }
}
