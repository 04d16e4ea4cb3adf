//! The card of a bundled model: the JSON file beside its ONNX file, for people and programs.

use serde::{Deserialize, Serialize};

use crate::network::Shape;

/// What a model is and how it was made. Other fields of the file are passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its name: of commands and of the files.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The names of the classes, in the order of the outputs.
    pub labels: Vec<String>,
    /// The picture.
    pub input: Shape,
    /// For people: the layers.
    pub architecture: String,
    /// Weights and biases.
    pub parameters: usize,
    /// How it does on the test pictures.
    #[serde(flatten)]
    pub accuracy: Accuracy,
    /// What it was made from.
    pub data_set: Origin,
    /// How it was made.
    pub training: Training,
}

/// The parts of the test pictures that were put into their class, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// By the finished network, in floating point.
    #[serde(rename = "test_accuracy")]
    pub finished: f64,
    /// By the network in integers, which the secure evaluation computes.
    #[serde(rename = "test_accuracy_in_integers")]
    pub in_integers: f64,
    /// By the network as it was trained, before it was folded into whole layers.
    #[serde(rename = "test_accuracy_in_training")]
    pub in_training: f64,
}

/// Where the pictures came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The data set, for people.
    pub name: String,
    /// Pictures that the network learned from.
    pub train_pictures: usize,
    /// Pictures that it was measured on; none of them is of the others.
    pub test_pictures: usize,
}

/// How the training went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The command that makes the model again.
    pub command: String,
    /// What all randomness came from.
    pub seed: u64,
    /// Passes over the pictures.
    pub epochs: u32,
    /// How long it took.
    pub seconds: f64,
    /// Processor cores that took part.
    pub cores: usize,
}

/// Why a file is no card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// It is no JSON, or lacks a field.
    #[error("this is no card of a model: {0}; write it anew with the trainer")]
    Json(#[from] serde_json::Error),
    /// No share.
    #[error("the card gives an accuracy of {0}; write a share from 0 to 1")]
    Accuracy(f64),
}

impl Card {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When the bytes are no card.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let card: Self = serde_json::from_slice(bytes)?;
        let Accuracy {
            finished,
            in_integers,
            in_training,
        } = card.accuracy;
        let mut shares = [finished, in_integers, in_training].into_iter();
        match shares.find(|share| !(0.0..=1.0).contains(share)) {
            Some(share) => Err(CardError::Accuracy(share)),
            None => Ok(card),
        }
    }

    /// The file: JSON, indented, with a line end.
    ///
    /// # Errors
    ///
    /// When JSON cannot hold a number.
    pub fn to_json(&self) -> Result<Vec<u8>, CardError> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Card {
        Card {
            name: "small".into(),
            title: "A small one".into(),
            labels: vec!["a".into(), "b".into()],
            input: Shape::MNIST,
            architecture: "fully connected 2".into(),
            parameters: 1570,
            accuracy: Accuracy {
                finished: 0.5,
                in_integers: 0.25,
                in_training: 1.0,
            },
            data_set: Origin {
                name: "MNIST".into(),
                train_pictures: 60_000,
                test_pictures: 10_000,
            },
            training: Training {
                command: "train it".into(),
                seed: 1,
                epochs: 2,
                seconds: 3.5,
                cores: 4,
            },
        }
    }

    #[test]
    fn a_card_is_read_as_it_was_written() {
        let json = card().to_json().unwrap();
        assert_eq!(Card::parse(&json).unwrap(), card());
        let text = String::from_utf8(json).unwrap();
        assert!(
            text.contains("\"test_accuracy_in_integers\": 0.25"),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_card_is_refused() {
        assert!(matches!(Card::parse(b"{}"), Err(CardError::Json(_))));
        let mut wrong = card();
        wrong.accuracy.in_integers = 99.0;
        let error = Card::parse(&wrong.to_json().unwrap()).unwrap_err();
        assert!(error.to_string().contains("from 0 to 1"), "{error}");
    }
}
