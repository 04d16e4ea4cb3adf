use super::*;
use crate::network::{Activation, Layer, Value};

fn w() -> TensorProto {
    floats("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0])
}

fn with_ints(mut node: NodeProto, name: &str, ints: &[i64]) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeProto::INTS,
        ints: ints.into(),
        ..AttributeProto::default()
    });
    node
}

fn titles(model: &ModelProto) -> Vec<&'static str> {
    let network = imported(model).unwrap();
    network
        .nodes
        .iter()
        .map(|node| node.layer.title())
        .collect()
}

#[test]
fn branches_meet_in_a_sum() {
    let nodes = vec![
        node("MatMul", "x w", "h"),
        node("Relu", "h", "r"),
        node("Add", "r h", "y"),
    ];
    let model = bytes_in(file(&[0, 2], vec![w()], nodes));
    // (1, 5) -> (16, 22), twice.
    assert_eq!(logits(&model, [1, 5]), [32.0, 44.0]);
    assert_eq!(titles(&model), ["fully connected", "ReLU", "sum"]);
}

#[test]
fn a_value_added_to_itself_is_doubled() {
    let nodes = vec![node("Add", "x x", "h"), node("MatMul", "h w", "y")];
    let model = bytes_in(file(&[0, 2], vec![w()], nodes));
    assert_eq!(logits(&model, [1, 5]), [32.0, 44.0]);
    assert_eq!(titles(&model), ["fully connected"]);
}

#[test]
fn what_is_not_needed_is_no_layer() {
    let nodes = vec![
        node("MatMul", "x w", "h"),
        node("Relu", "h", "r"),
        // Only its shape is used.
        node("Shape", "r", "s"),
        node("Reshape", "h s", "y"),
    ];
    let model = bytes_in(file(&[0, 2], vec![w()], nodes));
    assert_eq!(titles(&model), ["fully connected"]);
}

/// A normalisation after a layer that something else takes as well cannot go into that layer.
#[test]
fn normalisation_of_a_shared_value_is_a_layer() {
    let constants = vec![w(), floats("c", &[2], &[-2.0, 3.0])];
    let nodes = vec![
        node("MatMul", "x w", "h"),
        node("Mul", "h c", "m"),
        node("Relu", "m", "r"),
        node("Add", "r h", "y"),
    ];
    let model = bytes_in(file(&[0, 2], constants, nodes));
    // (16, 22) -> (-32, 66) -> (0, 66) + (16, 22).
    assert_eq!(logits(&model, [1, 5]), [16.0, 88.0]);
    let titles = titles(&model);
    assert_eq!(
        titles,
        ["fully connected", "fully connected", "ReLU", "sum"]
    );
}

#[test]
fn channels_last_are_put_first() {
    // Two pixels of two channels: [N, 6, 2, 2], told by the Transpose.
    let nodes = vec![
        with_ints(node("Transpose", "x", "t"), "perm", &[0, 3, 1, 2]),
        node("Relu", "t", "r"),
        with_ints(node("Transpose", "r", "u"), "perm", &[0, 2, 3, 1]),
        node("Flatten", "u", "f"),
        node("MatMul", "f v", "y"),
    ];
    // The first output sees one element of the file's order, the second another.
    let mut weights = vec![0.0; 24 * 2];
    weights[2 * 2] = 1.0;
    weights[3 * 2 + 1] = 1.0;
    let v = floats("v", &[24, 2], &weights);
    let model = bytes_in(file(&[0, 6, 2, 2], vec![v], nodes));
    let network = imported(&model).unwrap();
    assert_eq!((network.input.channels, network.input.height), (2, 6));
    let pixels: Vec<u8> = (0..24).collect();
    let logits = float::logits(&network, &pixels).unwrap();
    // Row 0, column 1 of both channels, of which each has twelve pixels.
    assert_eq!(logits.to_vec(), [1.0, 13.0]);
    assert_eq!(network.nodes.len(), 1);
}

#[test]
fn a_model_that_divides_by_itself_takes_pixels_as_they_are() {
    let plain = file(&[0, 2], vec![w()], vec![node("MatMul", "x w", "y")]);
    assert_eq!(logits(&plain, [0, 255]), [3.0, 4.0]);
    for (divisor, expected) in [(255.0, [3.0, 4.0]), (127.5, [6.0, 8.0]), (2.0, [1.5, 2.0])] {
        let constants = vec![w(), floats("d", &[], &[divisor])];
        let nodes = vec![node("Div", "x d", "h"), node("MatMul", "h w", "y")];
        let found = logits(&file(&[0, 2], constants, nodes), [0, 255]);
        let close = found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close, "{divisor}: {found:?}");
    }
}

/// Pixels a, b -> b - a, which is compared with 1, and chosen between (10, 20) and (30, 40).
#[test]
fn comparisons_are_exact_where_both_sides_are_equal() {
    let cases = [
        ("GreaterOrEqual", "h one", [false, true, true]),
        ("Greater", "h one", [false, false, true]),
        ("LessOrEqual", "h one", [true, true, false]),
        ("Less", "h one", [true, false, false]),
        ("Less", "one h", [false, false, true]),
        ("GreaterOrEqual", "one h", [true, true, false]),
    ];
    for (operator, inputs, expected) in cases {
        let constants = vec![
            floats("m", &[2, 2], &[-1.0, -1.0, 1.0, 1.0]),
            floats("one", &[], &[1.0]),
            floats("a", &[2], &[10.0, 20.0]),
            floats("b", &[2], &[30.0, 40.0]),
        ];
        let nodes = vec![
            node("MatMul", "x m", "h"),
            node(operator, inputs, "t"),
            node("Where", "t a b", "y"),
        ];
        let model = bytes_in(file(&[0, 2], constants, nodes));
        for (difference, expected) in expected.into_iter().enumerate() {
            let found = logits(&model, [7, 7 + difference as u8]);
            let expected = if expected { [10.0, 20.0] } else { [30.0, 40.0] };
            assert_eq!(found, expected, "{operator} {inputs} {difference}");
        }
    }
}

#[test]
fn sign_is_one_at_zero() {
    let nodes = vec![
        node("MatMul", "x m", "h"),
        node("Sign", "h", "s"),
        node("MatMul", "s w", "y"),
    ];
    let constants = vec![w(), floats("m", &[2, 2], &[-1.0, 1.0, 1.0, -1.0])];
    let model = bytes_in(file(&[0, 2], constants, nodes));
    assert_eq!(logits(&model, [3, 3]), [4.0, 6.0]);
    assert_eq!(logits(&model, [3, 4]), [-2.0, -2.0]);
}

#[test]
fn one_probability_becomes_two_logits() {
    let column = floats("v", &[2, 1], &[1.0, -1.0]);
    let nodes = vec![node("MatMul", "x v", "h"), node("Sigmoid", "h", "y")];
    let model = bytes_in(file(&[0, 2], vec![column], nodes));
    assert_eq!(logits(&model, [9, 4]), [0.0, 5.0]);
    assert_eq!(imported(&model).unwrap().labels, ["0", "1"]);
}

#[test]
fn the_class_itself_may_be_the_output() {
    let nodes = vec![
        node("MatMul", "x w", "h"),
        with_int(node("ArgMax", "h", "a"), "axis", 1),
        with_int(node("Cast", "a", "y"), "to", 6),
    ];
    let model = bytes_in(file(&[0, 2], vec![w()], nodes));
    assert_eq!(logits(&model, [1, 5]), [16.0, 22.0]);
}

#[test]
fn bounds_of_any_kind_are_a_clip() {
    let constants = vec![
        w(),
        floats("low", &[], &[5.0]),
        floats("high", &[], &[20.0]),
    ];
    let nodes = vec![
        node("MatMul", "x w", "h"),
        node("Clip", "h low high", "c"),
        node("MatMul", "c w", "y"),
    ];
    let model = bytes_in(file(&[0, 2], constants, nodes));
    // (16, 22) -> (16, 20); (1, 2) -> (5, 5).
    assert_eq!(logits(&model, [1, 5]), [76.0, 112.0]);
    assert_eq!(logits(&model, [1, 0]), [20.0, 30.0]);
    let network = imported(&model).unwrap();
    let clip = Layer::Activation(Activation::Clip { high: 15.0 });
    assert_eq!(network.nodes[1].layer, clip);
    assert_eq!(network.nodes[1].inputs, [Value::Node(0)]);
}

#[test]
fn narrow_floats_are_weights() {
    for (kind, bits) in [
        (TensorProto::FLOAT16, [0x3c00_u16, 0x4000, 0x4200, 0x4400]),
        (TensorProto::BFLOAT16, [0x3f80, 0x4000, 0x4040, 0x4080]),
    ] {
        let raw = TensorProto {
            data_type: kind,
            float_data: Vec::new(),
            raw_data: bits.iter().flat_map(|bits| bits.to_le_bytes()).collect(),
            ..w()
        };
        let typed = TensorProto {
            raw_data: Vec::new(),
            int32_data: bits.iter().map(|bits| i32::from(*bits)).collect(),
            ..raw.clone()
        };
        for w in [raw, typed] {
            let model = bytes_in(file(&[0, 2], vec![w], vec![node("MatMul", "x w", "y")]));
            assert_eq!(logits(&model, [1, 5]), [16.0, 22.0]);
        }
    }
}
