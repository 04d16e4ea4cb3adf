use ndarray::array;

use super::*;
use crate::network::Layer;

/// `[[1, 2], [3, 4]]`.
fn w() -> TensorProto {
    floats("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0])
}

#[test]
fn gemm_in_both_directions() {
    let bias = || floats("b", &[2], &[10.0, 20.0]);
    let plain = bytes_in(file(
        &[0, 2],
        vec![w(), bias()],
        vec![node("Gemm", "x w b", "y")],
    ));
    assert_eq!(logits(&plain, [1, 5]), [26.0, 42.0]);

    let gemm = with_int(node("Gemm", "x w b", "y"), "transB", 1);
    let gemm = with_float(with_float(gemm, "alpha", 2.0), "beta", 0.5);
    let scaled = bytes_in(file(&[0, 2], vec![w(), bias()], vec![gemm]));
    assert_eq!(logits(&scaled, [1, 5]), [27.0, 56.0]);
}

#[test]
fn matmul_and_add_are_one_layer() {
    let constants = vec![w(), floats("b", &[1, 2], &[10.0, 20.0])];
    let nodes = vec![node("MatMul", "x w", "h"), node("Add", "b h", "y")];
    let model = bytes_in(file(&[1, 2], constants, nodes));
    assert_eq!(logits(&model, [1, 5]), [26.0, 42.0]);
    assert_eq!(imported(&model).unwrap().nodes.len(), 1);
}

#[test]
fn normalisation_is_folded() {
    let constants = vec![
        w(),
        floats("mean", &[], &[0.5]),
        floats("deviation", &[1, 1, 1, 2], &[0.5, 0.25]),
        floats("two", &[1], &[2.0]),
    ];
    let nodes = vec![
        node("Sub", "x mean", "a"),
        node("Div", "a deviation", "b"),
        node("Flatten", "b", "c"),
        node("MatMul", "c w", "d"),
        node("Mul", "two d", "e"),
        node("Sub", "two e", "y"),
    ];
    let model = file(&[0, 1, 1, 2], constants, nodes);
    // (255, 0) -> (1, 0) -> (1, -2) -> (-5, -6) -> (-10, -12) -> (12, 14)
    assert_eq!(logits(&model, [255, 0]), [12.0, 14.0]);
    let network = imported(&model).unwrap();
    assert_eq!(network.nodes.len(), 1);
    assert_eq!((network.input.height, network.input.width), (1, 2));
}

#[test]
fn arithmetic_after_an_activation_goes_into_the_next_layer() {
    let constants = vec![w(), floats("three", &[], &[3.0])];
    let nodes = vec![
        node("MatMul", "x w", "a"),
        node("Relu", "a", "b"),
        node("Relu", "b", "c"),
        node("Mul", "c three", "d"),
        node("MatMul", "d w", "y"),
    ];
    let model = bytes_in(file(&[0, 2], constants, nodes));
    // (1, 0) -> (1, 2) -> (3, 6) -> (21, 30)
    assert_eq!(logits(&model, [1, 0]), [21.0, 30.0]);
    assert_eq!(imported(&model).unwrap().nodes.len(), 3);
}

#[test]
fn linear_layers_without_activation_are_folded() {
    let nodes = vec![
        with_int(node("Gemm", "x w b", "a"), "transB", 1),
        node("Gemm", "a w b", "y"),
    ];
    let model = bytes_in(file(
        &[0, 2],
        vec![w(), floats("b", &[2], &[1.0, 2.0])],
        nodes,
    ));
    // (1, 1) -> (4, 9) -> (4 + 27 + 1, 8 + 36 + 2)
    assert_eq!(logits(&model, [1, 1]), [32.0, 46.0]);
    assert_eq!(imported(&model).unwrap().nodes.len(), 1);
}

#[test]
fn what_changes_nothing_is_left_out() {
    let mut dropout = node("Dropout", "d", "e");
    dropout.output.push("mask".into());
    let mut double = w();
    double.data_type = TensorProto::DOUBLE;
    double.double_data = double.float_data.drain(..).map(f64::from).collect();
    let nodes = vec![
        with_int(node("Cast", "x", "a"), "to", 11),
        node("Identity", "a", "b"),
        node("Reshape", "b shape", "c"),
        with_int(node("Flatten", "c", "d"), "axis", -2),
        dropout,
        node("Identity", "w", "v"),
        node("MatMul", "e v", "f"),
        with_int(node("Softmax", "f", "g"), "axis", 1),
        node("Identity", "g", "y"),
        node("Sin", "x", "unused"),
    ];
    let constants = vec![double, ints("shape", &[-1, 1, 2])];
    let model = bytes_in(file(&[0, 2], constants, nodes));
    assert_eq!(logits(&model, [1, 5]), [16.0, 22.0]);
}

#[test]
fn constants_may_be_nodes() {
    let constant = |name: &str, attribute: AttributeProto| NodeProto {
        attribute: vec![attribute],
        input: Vec::new(),
        ..node("Constant", "", name)
    };
    let weights = AttributeProto {
        name: "value".into(),
        r#type: AttributeProto::TENSOR,
        t: Some(Box::new(w())),
        ..AttributeProto::default()
    };
    let bias = AttributeProto {
        name: "value_floats".into(),
        r#type: AttributeProto::FLOATS,
        floats: vec![5.0, 6.0],
        ..AttributeProto::default()
    };
    let shape = AttributeProto {
        name: "value_ints".into(),
        r#type: AttributeProto::INTS,
        ints: vec![0, 2],
        ..AttributeProto::default()
    };
    // Not in the order of evaluation.
    let nodes = vec![
        node("Add", "b h", "y"),
        node("MatMul", "r v", "h"),
        node("Reshape", "x s", "r"),
        constant("v", weights),
        constant("b", bias),
        constant("s", shape),
    ];
    let model = bytes_in(file(&[0, 1, 2], Vec::new(), nodes));
    assert_eq!(logits(&model, [1, 0]), [6.0, 8.0]);
}

#[test]
fn inputs_of_all_shapes() {
    let picture = |shape: &[i64]| {
        let length: i64 = shape[1..].iter().product();
        let zeros = floats("z", &[length, 2], &vec![0.0; 2 * length as usize]);
        let nodes = vec![node("Flatten", "x", "f"), node("MatMul", "f z", "y")];
        let input = imported(&file(shape, vec![zeros], nodes)).unwrap().input;
        (input.channels, input.height, input.width)
    };
    assert_eq!(picture(&[0, 1, 28, 28]), (1, 28, 28));
    assert_eq!(picture(&[64, 784]), (1, 28, 28));
    assert_eq!(picture(&[1, 28, 28]), (1, 28, 28));
    assert_eq!(picture(&[1, 28, 28, 1]), (1, 28, 28));
    assert_eq!(picture(&[0, 3, 7, 5]), (3, 7, 5));
    assert_eq!(picture(&[0, 9]), (1, 1, 9));
}

#[test]
fn labels_in_both_forms() {
    let labelled = |text: &str| {
        let mut model = file(&[0, 2], vec![w()], vec![node("MatMul", "x w", "y")]);
        model
            .metadata_props
            .push(property("blindsight.labels", text));
        imported(&model).map(|network| network.labels)
    };
    assert_eq!(labelled(r#"["a, b", "ç"]"#).unwrap(), ["a, b", "ç"]);
    assert_eq!(labelled("cat, dog").unwrap(), ["cat", "dog"]);
    for wrong in ["cat", r#"["a", "b", "c"]"#, "[1, 2]", "[\"a\", "] {
        let error = labelled(wrong).unwrap_err();
        assert!(matches!(error, OnnxError::Property { .. }), "{error}");
    }
    let model = file(&[0, 2], vec![w()], vec![node("MatMul", "x w", "y")]);
    assert_eq!(imported(&model).unwrap().labels, ["0", "1"]);
}

#[test]
fn pixels_from_0_to_1_by_default() {
    let model = file(&[0, 2], vec![w()], vec![node("MatMul", "x w", "y")]);
    let Layer::FullyConnected(layer) = &imported(&model).unwrap().nodes[0].layer else {
        panic!("no linear layer")
    };
    let expected = array![[1.0, 3.0], [2.0, 4.0]].mapv(|w: f64| (w / 255.0) as f32);
    assert_eq!(layer.weights, expected);
}
