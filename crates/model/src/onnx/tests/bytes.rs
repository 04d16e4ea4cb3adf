use proptest::prelude::*;

use super::*;

/// A file with all kinds of fields.
fn rich() -> Vec<u8> {
    let weights = floats("w", &[2, 3], &[0.5; 6]);
    let mut raw = floats("v", &[3, 2], &[]);
    raw.raw_data = (0..6_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    let nodes = vec![
        node("Reshape", "x s", "a"),
        with_float(node("Gemm", "a w", "b"), "alpha", 2.0),
        node("Relu", "b", "c"),
        node("MatMul", "c v", "d"),
        node("Add", "d b2", "e"),
        node("LogSoftmax", "e", "y"),
    ];
    let constants = vec![
        weights,
        raw,
        ints("s", &[-1, 2]),
        floats("b2", &[2], &[1.0, 2.0]),
    ];
    let mut model = file(&[0, 1, 1, 2], constants, nodes);
    model
        .metadata_props
        .push(property("blindsight.labels", r#"["a", "b"]"#));
    model.encode_to_vec()
}

/// A network that came out of damaged bytes must be a network.
fn check(bytes: &[u8]) {
    let Ok(network) = import(bytes, "damaged") else {
        return;
    };
    let pixels = vec![255; network.input.elements()];
    let logits = float::logits(&network, &pixels).unwrap();
    assert_eq!(logits.len(), network.labels.len());
}

#[test]
fn every_prefix_is_survived() {
    let bytes = rich();
    import(&bytes, "whole").unwrap();
    for end in 0..bytes.len() {
        check(&bytes[..end]);
    }
    // What is cut short within the graph is no network.
    let graph = bytes.len() - 60;
    for end in 0..graph {
        import(&bytes[..end], "cut").unwrap_err();
    }
}

#[test]
fn every_byte_may_be_wrong() {
    let bytes = rich();
    for at in 0..bytes.len() {
        for wrong in [0, 1, 0x7f, 0x80, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x10] {
            let mut bytes = bytes.clone();
            bytes[at] = wrong;
            check(&bytes);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        check(&bytes);
    }

    #[test]
    fn changed_bytes_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        paste in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = rich();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let cut = cut.index(bytes.len());
        bytes.splice(cut..cut, paste);
        check(&bytes);
    }
}
