use super::*;

fn w() -> TensorProto {
    floats("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0])
}

fn refused(constants: Vec<TensorProto>, nodes: Vec<NodeProto>) -> OnnxError {
    imported(&file(&[0, 2], constants, nodes)).unwrap_err()
}

/// A sound file to break.
fn sound() -> ModelProto {
    let nodes = vec![node("MatMul", "x w", "h"), node("Relu", "h", "y")];
    file(&[0, 2], vec![w()], nodes)
}

macro_rules! assert_error {
    ($error:expr, $kind:pat, $($text:expr),+) => {
        let error = $error;
        let text = error.to_string();
        assert!(matches!(error, $kind), "{error:?}");
        $(assert!(text.contains($text), "{text}");)+
    };
}

#[test]
fn other_files() {
    assert_error!(
        import(b"", "").unwrap_err(),
        OnnxError::NotOnnx { .. },
        "no graph"
    );
    assert_error!(
        import(b"PK\x03\x04 a zip", "").unwrap_err(),
        OnnxError::NotOnnx { .. },
        ".onnx"
    );
    assert_error!(
        import(&[0; 9], "").unwrap_err(),
        OnnxError::NotOnnx { .. },
        "cut short"
    );
    let mut old = sound();
    old.opset_import[0].version = 6;
    assert_error!(
        imported(&old).unwrap_err(),
        OnnxError::Opset { found: 6 },
        "version 6"
    );
    old.opset_import[0].domain = "ai.onnx.ml".into();
    assert_error!(
        imported(&old).unwrap_err(),
        OnnxError::Opset { found: 0 },
        "opset_version"
    );
}

#[test]
fn operators_name_the_node_and_what_is_supported() {
    let error = refused(vec![], vec![node("Sin", "x", "y")]);
    assert_error!(
        error,
        OnnxError::UnknownOperator { .. },
        "\"the Sin\" (Sin)",
        "Gemm",
        "Softmax"
    );
    let mut foreign = node("Gemm", "x w", "y");
    foreign.domain = "com.example".into();
    let error = refused(vec![w()], vec![foreign]);
    assert_error!(error, OnnxError::UnknownOperator { .. }, "com.example.Gemm");

    let error = refused(
        vec![w()],
        vec![with_int(node("Gemm", "x w", "y"), "transA", 1)],
    );
    assert_error!(error, OnnxError::Unsupported { .. }, "transA", "the Gemm");
    let error = refused(
        vec![w()],
        vec![with_float(node("Gemm", "x w", "y"), "transA", 1.0)],
    );
    assert_error!(error, OnnxError::Unsupported { .. }, "wrong type");
    let error = refused(
        vec![w()],
        vec![with_float(node("Gemm", "x w", "y"), "alpha", f32::NAN)],
    );
    assert_error!(error, OnnxError::Unsupported { .. }, "alpha");
    let error = refused(vec![w()], vec![node("MatMul", "w x", "y")]);
    assert_error!(error, OnnxError::Unsupported { .. }, "input 1");
    let error = refused(vec![], vec![node("Mul", "x x", "y")]);
    assert_error!(error, OnnxError::Unsupported { .. }, "both depend");
    let one = floats("one", &[], &[1.0]);
    let error = refused(vec![one], vec![node("Div", "one x", "y")]);
    assert_error!(
        error,
        OnnxError::Unsupported { .. },
        "divides by what comes in"
    );
    let zero = floats("z", &[], &[0.0]);
    let error = refused(vec![zero], vec![node("Div", "x z", "y")]);
    assert_error!(error, OnnxError::Unsupported { .. }, "divides by zero");
    let error = refused(vec![], vec![with_int(node("Cast", "x", "y"), "to", 7)]);
    assert_error!(error, OnnxError::Unsupported { .. }, "element type 7");
    let error = refused(
        vec![w()],
        vec![node("Softmax", "x", "s"), node("MatMul", "s w", "y")],
    );
    assert_error!(error, OnnxError::Unsupported { .. }, "only at the end");
    let nodes = vec![node("Sin", "w", "v"), node("MatMul", "x v", "y")];
    assert_error!(
        refused(vec![w()], nodes),
        OnnxError::Unsupported { .. },
        "constant folding"
    );
    let error = refused(vec![w()], vec![node("MatMul", "x", "y")]);
    assert_error!(error, OnnxError::Unsupported { .. }, "input 2 is missing");
    let nodes = vec![node("Constant", "", "w"), node("MatMul", "x w", "y")];
    assert_error!(
        refused(vec![], nodes),
        OnnxError::Unsupported { .. },
        "neither a tensor"
    );
}

#[test]
fn sizes_that_do_not_fit() {
    let wide = floats("w", &[3, 2], &[0.0; 6]);
    let error = refused(vec![wide], vec![node("MatMul", "x w", "y")]);
    assert_error!(
        error,
        OnnxError::Shape { .. },
        "3 values",
        "2 come in",
        "the MatMul"
    );
    let cube = floats("w", &[2, 1, 1], &[0.0; 2]);
    let error = refused(vec![cube], vec![node("MatMul", "x w", "y")]);
    assert_error!(error, OnnxError::Shape { .. }, "[2, 1, 1]");
    let bias = floats("b", &[3], &[0.0; 3]);
    let error = refused(vec![w(), bias], vec![node("Gemm", "x w b", "y")]);
    assert_error!(error, OnnxError::Shape { .. }, "bias", "[3]");
    let batch = floats("b", &[5, 2], &[0.0; 10]);
    let error = refused(vec![batch], vec![node("Add", "x b", "y")]);
    assert_error!(error, OnnxError::Shape { .. }, "[5, 2]");
    let shape = ints("s", &[-1, 3]);
    let error = refused(vec![shape], vec![node("Reshape", "x s", "y")]);
    assert_error!(error, OnnxError::Shape { .. }, "[-1, 3]", "torch.flatten");
    let picture = file(&[0, 1, 1, 2], vec![w()], vec![node("Gemm", "x w", "y")]);
    assert_error!(
        imported(&picture).unwrap_err(),
        OnnxError::Shape { .. },
        "Flatten"
    );
}

#[test]
fn inputs_and_outputs() {
    let dynamic = file(&[0, 1, 0, 28], vec![], vec![node("Flatten", "x", "y")]);
    assert_error!(
        imported(&dynamic).unwrap_err(),
        OnnxError::DynamicShape { .. },
        "[?, 1, ?, 28]"
    );
    for shape in [&[2][..], &[], &[1, 2, 3, 4, 5]] {
        let model = file(shape, vec![w()], vec![node("MatMul", "x w", "y")]);
        assert_error!(
            imported(&model).unwrap_err(),
            OnnxError::Input { .. },
            "[N, pixels]"
        );
    }
    let mut model = sound();
    let graph = model.graph.as_mut().unwrap();
    graph.input.push(value("second", &[0, 2]));
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::Inputs { found: 2 },
        "2 inputs"
    );
    // Early versions list the weights among the inputs.
    model.graph.as_mut().unwrap().input[1].name = "w".into();
    imported(&model).unwrap();
    model.graph.as_mut().unwrap().input.clear();
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::Inputs { found: 0 },
        "0 inputs"
    );
    let mut model = sound();
    model
        .graph
        .as_mut()
        .unwrap()
        .output
        .push(value("h", &[0, 2]));
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::Outputs { found: 2 },
        "2 outputs"
    );
    let mut model = sound();
    let input = &mut model.graph.as_mut().unwrap().input[0];
    input
        .r#type
        .as_mut()
        .unwrap()
        .tensor_type
        .as_mut()
        .unwrap()
        .elem_type = 2;
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::Input { .. },
        "element type 2"
    );
    let mut model = sound();
    model
        .metadata_props
        .push(property("blindsight.pixels", "-1..1"));
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::Property { .. },
        "-1..1"
    );
}

#[test]
fn graphs_that_lead_nowhere() {
    let nodes = vec![
        node("Add", "x b", "a"),
        node("Relu", "a", "b"),
        node("Relu", "b", "y"),
    ];
    assert_error!(refused(vec![], nodes), OnnxError::Cyclic { .. }, "circle");
    let error = refused(vec![], vec![node("MatMul", "x missing", "y")]);
    assert_error!(
        error,
        OnnxError::Dangling { .. },
        "\"missing\"",
        "the MatMul"
    );
    for nodes in [
        vec![],
        vec![node("Relu", "x", "y")],
        vec![node("Identity", "w", "y")],
    ] {
        assert_error!(
            refused(vec![w()], nodes),
            OnnxError::NoLinearLayer,
            "no layer"
        );
    }
}

#[test]
fn damaged_weights() {
    let with = |change: fn(&mut TensorProto)| {
        let mut model = sound();
        change(&mut model.graph.as_mut().unwrap().initializer[0]);
        imported(&model).unwrap_err()
    };
    let error = with(|w| w.float_data[2] = f32::NAN);
    assert_error!(error, OnnxError::NonFinite { .. }, "\"w\"");
    assert_error!(
        with(|w| w.float_data.truncate(3)),
        OnnxError::Tensor { .. },
        "4 numbers"
    );
    assert_error!(
        with(|w| w.raw_data = vec![0; 16]),
        OnnxError::Tensor { .. },
        "16 bytes"
    );
    assert_error!(
        with(|w| w.dims = vec![-2, 2]),
        OnnxError::Tensor { .. },
        "below 1"
    );
    assert_error!(
        with(|w| w.dims = vec![0, 2]),
        OnnxError::Tensor { .. },
        "below 1"
    );
    assert_error!(
        with(|w| w.data_type = 5),
        OnnxError::Tensor { .. },
        "INT16 (5)",
        "FLOAT16"
    );
    assert_error!(
        with(|w| w.dims = vec![i64::MAX; 8]),
        OnnxError::TooLarge { .. },
        "weights"
    );
    assert_error!(
        with(|w| w.dims = vec![1 << 20, 1 << 20]),
        OnnxError::TooLarge { .. },
        "weights"
    );

    // What does not fit 32 bits after folding.
    let huge = floats("m", &[], &[f32::MAX]);
    let nodes = vec![
        node("MatMul", "x w", "h"),
        node("Mul", "h m", "i"),
        node("Mul", "i m", "y"),
    ];
    assert_error!(
        refused(vec![w(), huge], nodes),
        OnnxError::NonFinite { .. },
        "layer 1"
    );
}

#[test]
fn limits() {
    let zeros = vec![0; crate::onnx::MAX_FILE + 1];
    assert_error!(
        import(&zeros, "").unwrap_err(),
        OnnxError::TooLarge { .. },
        "bytes"
    );
    let model = file(
        &[0, i64::MAX, i64::MAX],
        vec![],
        vec![node("Relu", "x", "y")],
    );
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::TooLarge { .. },
        "pixels"
    );

    // A bottleneck of one value between two wide ones becomes a huge matrix.
    let (narrow, wide) = (1 << 14, vec![1.0; 1 << 14]);
    let constants = vec![
        floats("a", &[narrow, 1], &wide),
        floats("b", &[1, narrow], &wide),
    ];
    let nodes = vec![node("MatMul", "x a", "h"), node("MatMul", "h b", "y")];
    let model = file(&[0, narrow], constants, nodes);
    assert_error!(
        imported(&model).unwrap_err(),
        OnnxError::TooLarge { .. },
        "weights"
    );
}

#[test]
fn names_in_messages_stay_short() {
    let mut model = sound();
    model.graph.as_mut().unwrap().node[0].op_type = "\x1b[31m".repeat(9_999);
    let text = imported(&model).unwrap_err().to_string();
    assert!(text.len() < 1000 && !text.contains('\x1b'), "{text}");
}
