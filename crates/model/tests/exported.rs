//! Files that PyTorch, Keras and scikit-learn have written, against what onnxruntime computes.
//!
//! `tests/onnx/README.md` says how the files came about.

use std::{error::Error, fs, path::PathBuf};

use blindsight_model::{
    evaluate::{argmax, float, integer},
    fixed_point::IntegerNetwork,
    onnx::{self, DataFile},
};
use ndarray::Array1;
use serde::Deserialize;

/// What lies beside each file.
#[derive(Deserialize)]
struct Case {
    /// The file of its weights, if they are not within.
    data: Option<String>,
    /// Channels, rows, columns.
    shape: [u32; 3],
    /// What its classes are called, if the file says.
    labels: Option<Vec<String>>,
    /// What its output is.
    output: Output,
    /// Pixels in hexadecimal digits, channel by channel.
    pictures: Vec<String>,
    /// What onnxruntime gives for each.
    answers: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Output {
    Logits,
    Softmax,
    LogSoftmax,
    Sigmoid,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/onnx")
}

fn read(file: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(fs::read(folder().join(file)).map_err(|error| format!("{file}: {error}"))?)
}

fn pixels(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digit = |digit: char| digit.to_digit(16).ok_or("no hexadecimal digit");
    let digits: Vec<u32> = hex.chars().map(digit).collect::<Result<_, _>>()?;
    let pairs = digits.chunks(2);
    Ok(pairs.map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}

/// What the file gives, of logits as they are here.
fn as_given(output: &Output, logits: &Array1<f32>) -> Vec<f32> {
    let highest = logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let sum: f32 = logits.iter().map(|x| (x - highest).exp()).sum();
    let each = logits.iter().map(|x| match output {
        Output::Logits => *x,
        Output::Softmax | Output::Sigmoid => (x - highest).exp() / sum,
        Output::LogSoftmax => x - highest - sum.ln(),
    });
    // Of two classes a sigmoid gives the probability of the second.
    let skipped = usize::from(matches!(output, Output::Sigmoid));
    each.skip(skipped).collect()
}

fn check(name: &str, case: &Case) -> Result<(), Box<dyn Error>> {
    let bytes = read(&format!("{name}.onnx"))?;
    let needed = onnx::data_files(&bytes)?;
    assert_eq!(needed, Vec::from_iter(case.data.clone()), "{name}");
    let mut data = Vec::new();
    for file in &needed {
        data.push((file, read(file)?));
    }
    let data = data.iter().map(|(name, bytes)| DataFile { name, bytes });
    let data: Vec<_> = data.collect();
    let network = onnx::import_with(&bytes, name, &data)?;
    let input = network.input;
    assert_eq!([input.channels, input.height, input.width], case.shape);
    if let Some(labels) = &case.labels {
        assert_eq!(&network.labels, labels);
    }
    assert!(case.pictures.len() > 1);
    let again = onnx::import(&onnx::export(&network), name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    for (picture, expected) in case.pictures.iter().zip(&case.answers) {
        let logits = float::logits(&network, &pixels(picture)?)?;
        let found = as_given(&case.output, &logits);
        assert_eq!(found.len(), expected.len());
        let scale = expected.iter().fold(1e-3_f32, |a, b| a.max(b.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs() / scale;
            assert!(error < 1e-4, "{found} in place of {expected}");
        }
        let class = |values: &[f32]| argmax(&Array1::from(values.to_vec()));
        assert_eq!(class(&found), class(expected));

        // In integers the class is the same, or as good as tied.
        let exact = integer::classify(&integers, &pixels(picture)?)?;
        let (least, most) = logits
            .iter()
            .fold((f32::MAX, f32::MIN), |(least, most), x| {
                (least.min(*x), most.max(*x))
            });
        let behind = (most - logits[exact]) / (most - least);
        assert!(behind < 0.02, "class {exact} of {logits}");

        // What is written again gives the same.
        let after = float::logits(&again, &pixels(picture)?)?;
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
        assert!(logits.iter().zip(&after).all(close));
    }
    Ok(())
}

#[test]
fn files_of_real_exporters_give_what_onnxruntime_gives() -> Result<(), Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".json").map(String::from));
    }
    names.sort();
    assert!(names.len() >= 50, "{names:?}");
    for name in &names {
        println!("{name}");
        let case = serde_json::from_slice(&read(&format!("{name}.json"))?)?;
        check(name, &case).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

#[test]
fn weights_in_another_file_are_asked_for_by_name() -> Result<(), Box<dyn Error>> {
    let name = "torch-external-data.onnx.data";
    let (bytes, data) = (read("torch-external-data.onnx")?, read(name)?);
    let with = |files: &[DataFile<'_>]| match onnx::import_with(&bytes, "", files) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(with(&[DataFile { name, bytes: &data }]), "");
    let other = DataFile {
        name: "other.onnx.data",
        bytes: &data,
    };
    for files in [&[][..], &[other]] {
        let text = with(files);
        assert!(text.contains(&format!("called {name:?}")), "{text}");
    }
    for end in (0..data.len()).step_by(7) {
        let bytes = &data[..end];
        let text = with(&[DataFile { name, bytes }]);
        assert!(text.contains("cut short"), "{text}");
    }
    Ok(())
}

/// Every file, cut short anywhere, is refused without a panic.
#[test]
fn cut_short_they_are_refused() -> Result<(), Box<dyn Error>> {
    for name in ["torch-legacy-residual", "keras-grey", "sklearn-2"] {
        let bytes = read(&format!("{name}.onnx"))?;
        let whole = onnx::import(&bytes, name)?;
        for end in (0..bytes.len()).step_by(3) {
            // What follows the graph can be missed.
            if let Ok(network) = onnx::import(&bytes[..end], name) {
                assert_eq!(network.nodes, whole.nodes);
            }
        }
    }
    Ok(())
}
