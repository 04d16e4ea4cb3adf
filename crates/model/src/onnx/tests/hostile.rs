//! Files made to take memory or time, and numbers that make no sense.

use super::*;

fn with_ints(mut node: NodeProto, name: &str, ints: &[i64]) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeProto::INTS,
        ints: ints.into(),
        ..AttributeProto::default()
    });
    node
}

/// A file whose picture has one channel of 4 x 4 pixels, and whose weights `k` are a convolution.
fn over_picture(nodes: Vec<NodeProto>) -> OnnxError {
    let k = floats("k", &[2, 1, 2, 2], &[1.0; 8]);
    let flat = floats("k1", &[2, 1, 2], &[1.0; 4]);
    let zero = floats("nought", &[], &[0.0]);
    let mut nodes = nodes;
    nodes.push(node("Flatten", "h", "y"));
    imported(&file(&[0, 1, 4, 4], vec![k, flat, zero], nodes)).unwrap_err()
}

/// The message names the node and has these texts.
fn says(error: &OnnxError, operator: &str, texts: &[&str]) {
    let message = error.to_string();
    let named = format!("node \"the {operator}\" ({operator})");
    assert!(message.contains(&named), "{message}");
    for text in texts {
        assert!(message.contains(text), "{message}");
    }
}

#[test]
fn windows_that_make_no_sense() {
    let huge = 1_i64 << 31;
    for (attribute, length) in [
        ("kernel_shape", 2),
        ("strides", 2),
        ("dilations", 2),
        ("pads", 4),
    ] {
        for number in [-1, huge, i64::MIN, i64::MAX] {
            for operator in ["Conv", "MaxPool", "AveragePool"] {
                let input = if operator == "Conv" { "x k" } else { "x" };
                let mut window = node(operator, input, "h");
                if attribute != "kernel_shape" {
                    window = with_ints(window, "kernel_shape", &[2, 2]);
                }
                let window = with_ints(window, attribute, &vec![number; length]);
                let number = number.to_string();
                says(
                    &over_picture(vec![window]),
                    operator,
                    &[attribute, &number, "supported"],
                );
            }
        }
        if attribute != "pads" {
            let window = with_ints(node("Conv", "x k", "h"), attribute, &[0, 1]);
            says(
                &over_picture(vec![window]),
                "Conv",
                &[attribute, "number 0"],
            );
        }
        let window = with_ints(node("Conv", "x k", "h"), attribute, &[1; 3]);
        says(
            &over_picture(vec![window]),
            "Conv",
            &[attribute.trim_end_matches('s')],
        );
    }
    for group in [0, -1, 2, huge, i64::MAX] {
        let window = with_int(node("Conv", "x k", "h"), "group", group);
        says(&over_picture(vec![window]), "Conv", &["group"]);
    }
    let padded = with_ints(node("Conv", "x k", "h"), "pads", &[2, 0, 0, 0]);
    says(
        &over_picture(vec![padded]),
        "Conv",
        &["as wide as the kernel"],
    );
    let wide = with_ints(node("MaxPool", "x", "h"), "kernel_shape", &[5, 1]);
    says(&over_picture(vec![wide]), "MaxPool", &["5 x 1", "4 x 4"]);
    let gaps = with_ints(node("MaxPool", "x", "h"), "kernel_shape", &[2, 2]);
    let gaps = with_ints(with_ints(gaps, "dilations", &[5, 5]), "pads", &[4; 4]);
    says(
        &over_picture(vec![gaps]),
        "MaxPool",
        &["nothing but padding"],
    );
    says(
        &over_picture(vec![node("Conv", "x k1", "h")]),
        "Conv",
        &["two dimensions"],
    );
    let other = with_ints(node("Conv", "x k", "h"), "kernel_shape", &[3, 3]);
    says(&over_picture(vec![other]), "Conv", &["[3, 3]", "[2, 2]"]);
    let mut auto = with_ints(node("MaxPool", "x", "h"), "kernel_shape", &[2, 2]);
    auto.attribute.push(AttributeProto {
        name: "auto_pad".into(),
        r#type: AttributeProto::STRING,
        s: b"SOME".into(),
        ..AttributeProto::default()
    });
    says(&over_picture(vec![auto]), "MaxPool", &["SOME"]);
}

#[test]
fn what_is_supported_only_here_and_there() {
    let pads = |pads: &[i64]| with_ints(node("Pad", "x", "p"), "pads", pads);
    let behind = |operator: &str| node(operator, "p", "h");
    let padded = vec![pads(&[0, 0, 1, 1, 0, 0, 1, 1]), behind("Relu")];
    says(&over_picture(padded), "Relu", &["Pad"]);
    for wrong in [
        &[0, 1, 0, 0, 0, 0, 0, 0][..],
        &[0, 0, -1, 0, 0, 0, 0, 0],
        &[1, 1],
        &[i64::MAX; 8],
    ] {
        says(
            &over_picture(vec![pads(wrong), behind("Relu")]),
            "Pad",
            &["supported"],
        );
    }
    let turned = with_ints(node("Transpose", "x", "t"), "perm", &[0, 1, 3, 2]);
    let conv = node("Conv", "t k", "h");
    says(&over_picture(vec![turned, conv]), "Conv", &["Transpose"]);
    for perm in [
        &[1, 0, 2, 3][..],
        &[0, 1, 2],
        &[0, 1, 2, 2],
        &[0, 0, 1, 2],
        &[0, -1, 2, 3],
        &[0, 9, 2, 3],
    ] {
        let turned = with_ints(node("Transpose", "x", "h"), "perm", perm);
        says(&over_picture(vec![turned]), "Transpose", &[]);
    }
    let leaky = with_float(node("LeakyRelu", "x", "h"), "alpha", 1.5);
    says(&over_picture(vec![leaky]), "LeakyRelu", &["1.5"]);
    let clip = with_float(with_float(node("Clip", "x", "h"), "min", 2.0), "max", 1.0);
    says(&over_picture(vec![clip]), "Clip", &["2 and 1"]);
    let axes = with_ints(node("ReduceMean", "x", "h"), "axes", &[0, 2]);
    says(
        &over_picture(vec![axes]),
        "ReduceMean",
        &["rows and columns"],
    );
    let squeezed = with_ints(node("Squeeze", "x", "h"), "axes", &[0]);
    says(&over_picture(vec![squeezed]), "Squeeze", &["batch"]);
    says(
        &over_picture(vec![node("Squeeze", "x", "h")]),
        "Squeeze",
        &["names no axes"],
    );
    let nodes = vec![node("Conv", "x k", "c"), node("Add", "x c", "h")];
    says(&over_picture(nodes), "Add", &["same shape"]);
    let nodes = vec![
        node("GreaterOrEqual", "x nought", "t"),
        node("Relu", "t", "h"),
    ];
    says(&over_picture(nodes), "Relu", &["comparison"]);
    let nodes = vec![node("Softmax", "x", "h")];
    says(&over_picture(nodes), "Softmax", &["classes"]);
}

#[test]
fn an_output_that_is_no_list_of_classes() {
    let k = floats("k", &[2, 1, 2, 2], &[1.0; 8]);
    let model = file(&[0, 1, 4, 4], vec![k], vec![node("Conv", "x k", "y")]);
    let error = imported(&model).unwrap_err();
    assert!(matches!(error, OnnxError::NoClasses { .. }));
    assert!(error.to_string().contains("[N, 2, 3, 3]"), "{error}");
}

/// A chain of nodes over constants, of which each doubles what there is.
fn doubling(operator: impl Fn(&str, &str) -> NodeProto, times: usize) -> OnnxError {
    let mut nodes: Vec<NodeProto> = (0..times)
        .map(|time| operator(&format!("c{time}"), &format!("c{}", time + 1)))
        .collect();
    nodes.push(node("MatMul", &format!("x c{times}"), "y"));
    let one = floats("c0", &[2, 2], &[1.0; 4]);
    imported(&file(
        &[0, 2],
        vec![one, ints("big", &[1 << 20, 1 << 20])],
        nodes,
    ))
    .unwrap_err()
}

#[test]
fn constants_that_grow_are_refused_before_they_are_there() {
    let joined =
        |from: &str, to: &str| with_int(node("Concat", &format!("{from} {from}"), to), "axis", 0);
    let error = doubling(joined, 60);
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");

    let expanded = |_: &str, to: &str| node("Expand", "c0 big", to);
    let error = doubling(expanded, 1);
    assert!(
        matches!(error, OnnxError::Shape { .. } | OnnxError::TooLarge { .. }),
        "{error}"
    );

    let filled = |_: &str, to: &str| node("ConstantOfShape", "big", to);
    let error = doubling(filled, 1);
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");

    // Column and row make a matrix of 2^40 elements.
    let column = floats("a", &[1 << 13, 1], &vec![1.0; 1 << 13]);
    let row = floats("b", &[1, 1 << 14], &vec![1.0; 1 << 14]);
    let nodes = vec![node("Add", "a b", "w"), node("MatMul", "x w", "y")];
    let error = imported(&file(&[0, 1 << 13], vec![column, row], nodes)).unwrap_err();
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");

    // Small ones without an end.
    let list = floats("c0", &[1 << 18], &vec![1.0; 1 << 18]);
    let mut nodes: Vec<NodeProto> = (0..9_000)
        .map(|time| node("Neg", &format!("c{time}"), &format!("c{}", time + 1)))
        .collect();
    nodes.push(node("Mul", "x c9000", "y"));
    let error = imported(&file(&[0, 1 << 18], vec![list], nodes)).unwrap_err();
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");
}

#[test]
fn normalisations_and_orders_without_end_are_refused() {
    let pixels = 1_i64 << 18;
    let each: Vec<f32> = (0..pixels).map(|pixel| 1.0 + pixel as f32).collect();
    let each = floats("m", &[pixels], &each);
    let mut nodes: Vec<NodeProto> = (0..2_000)
        .map(|time| node("Mul", &format!("c{time} m"), &format!("c{}", time + 1)))
        .collect();
    nodes[0].input[0] = "x".into();
    nodes.push(node("Mul", "c2000 m", "y"));
    let error = imported(&file(&[0, pixels], vec![each], nodes)).unwrap_err();
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");

    let turn = |from: &str, to: &str| with_ints(node("Transpose", from, to), "perm", &[0, 2, 1]);
    let mut nodes: Vec<NodeProto> = (0..2_000)
        .map(|time| turn(&format!("c{time}"), &format!("c{}", time + 1)))
        .collect();
    nodes[0].input[0] = "x".into();
    nodes.push(node("Flatten", "c2000", "y"));
    let error = imported(&file(&[0, 512, 511], vec![], nodes)).unwrap_err();
    assert!(matches!(error, OnnxError::TooLarge { .. }), "{error}");

    // A wide sum of values that are joined with themselves.
    let mut nodes: Vec<NodeProto> = (0..40)
        .map(|time| {
            let twice = format!("c{time} c{time}");
            with_int(node("Concat", &twice, &format!("c{}", time + 1)), "axis", 1)
        })
        .collect();
    nodes[0].input = vec!["x".into(); 2];
    nodes.push(node("Flatten", "c40", "y"));
    let error = imported(&file(&[0, 512, 512], vec![], nodes)).unwrap_err();
    assert!(
        matches!(error, OnnxError::Shape { .. } | OnnxError::TooLarge { .. }),
        "{error}"
    );
}

#[test]
fn weights_beside_the_file_stay_in_its_folder() {
    let entry = property;
    let outside = |entries: Vec<StringStringEntryProto>| {
        let mut w = floats("w", &[2, 2], &[]);
        w.data_location = TensorProto::EXTERNAL;
        w.external_data = entries;
        let model = file(&[0, 2], vec![w], vec![node("MatMul", "x w", "y")]);
        let bytes = model.encode_to_vec();
        let data: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0]
            .iter()
            .flat_map(|w| w.to_le_bytes())
            .collect();
        let files = [crate::onnx::DataFile {
            name: "w.data",
            bytes: &data,
        }];
        let found = crate::onnx::import_with(&bytes, "", &files);
        // The names are found, or refused, without the data.
        assert_eq!(
            crate::onnx::data_files(&bytes).is_ok(),
            !matches!(&found, Err(OnnxError::Tensor { reason, .. }) if !reason.contains("beyond") && !reason.contains("asks for"))
        );
        found
    };
    let location = |file: &str| vec![entry("location", file)];
    assert!(outside(location("w.data")).is_ok());
    assert!(outside(location("./w.data")).is_ok());
    for path in [
        "",
        ".",
        "..",
        "/etc/passwd",
        "../w.data",
        "a/w.data",
        "a\\w.data",
        "C:w.data",
    ] {
        let error = outside(location(path)).unwrap_err();
        let text = error.to_string();
        let missing = matches!(error, OnnxError::ExternalData { .. });
        assert!(
            text.contains("\"w\"") && (missing == (path == ".")),
            "{text}"
        );
    }
    let error = outside(location("other.data")).unwrap_err();
    assert!(matches!(error, OnnxError::ExternalData { .. }), "{error}");
    for (key, value) in [
        ("offset", "1"),
        ("offset", "-1"),
        ("offset", "18446744073709551615"),
        ("offset", "x"),
        ("length", "17"),
        ("length", "15"),
        ("length", "99999999999999999999"),
    ] {
        let mut entries = location("w.data");
        entries.push(entry(key, value));
        let error = outside(entries).unwrap_err();
        assert!(
            matches!(error, OnnxError::Tensor { .. }),
            "{key} {value}: {error}"
        );
    }
    let mut whole = location("w.data");
    whole.extend([entry("offset", "0"), entry("length", "16")]);
    assert!(outside(whole).is_ok());
}
