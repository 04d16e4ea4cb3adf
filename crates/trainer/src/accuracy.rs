//! Which part of pictures a network puts into their class.

use anyhow::{Context, Result, anyhow};
use blindsight_model::{
    data_set::Examples,
    evaluate::{argmax, float, integer},
    fixed_point::IntegerNetwork,
    network::Network,
};
use ndarray::Array2;

/// Pictures that are evaluated together.
const PICTURES: usize = 500;

/// By the network in floating point.
pub fn of_float(network: &Network, examples: &Examples) -> Result<f64> {
    of_logits(examples, |pixels| Ok(float::logits_batch(network, pixels)?))
}

/// By the largest of the logits that `logits` gives; it makes a row of them for each of some
/// pictures.
pub fn of_logits(
    examples: &Examples,
    logits: impl Fn(&[u8]) -> Result<Array2<f32>>,
) -> Result<f64> {
    let size = examples.shape().elements();
    let pixels = examples.pixels().chunks(PICTURES * size);
    let mut right = 0;
    for (pixels, classes) in pixels.zip(examples.classes().chunks(PICTURES)) {
        let logits = logits(pixels)?;
        let answers = logits.rows().into_iter().map(|row| argmax(&row.to_owned()));
        right += count(answers, classes);
    }
    Ok(share(right, examples))
}

/// By the network in integers, which the secure evaluation computes. `done` is told of how many
/// pictures more are done.
pub fn of_integers(
    network: &IntegerNetwork,
    examples: &Examples,
    done: impl Fn(usize) + Sync,
) -> Result<f64> {
    let size = examples.shape().elements();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = examples.len().div_ceil(cores);
    let parts = examples.pixels().chunks(part * size);
    let parts = parts.zip(examples.classes().chunks(part));
    let right = std::thread::scope(|scope| {
        let workers: Vec<_> = parts
            .map(|(pixels, classes)| {
                let done = &done;
                scope.spawn(move || -> Result<usize> {
                    let mut right = 0;
                    for (pixels, class) in pixels.chunks(size).zip(classes) {
                        let answer = integer::classify(network, pixels)?;
                        right += count([answer], &[*class]);
                        done(1);
                    }
                    Ok(right)
                })
            })
            .collect();
        let rights = workers.into_iter().map(|worker| {
            let right = worker.join().map_err(|_| anyhow!("a thread crashed"));
            right.and_then(|right| right)
        });
        rights.sum::<Result<usize>>().context("the integer network")
    })?;
    Ok(share(right, examples))
}

fn count(answers: impl IntoIterator<Item = usize>, classes: &[u8]) -> usize {
    let pairs = answers.into_iter().zip(classes);
    pairs
        .filter(|(answer, class)| *answer == usize::from(**class))
        .count()
}

fn share(right: usize, examples: &Examples) -> f64 {
    right as f64 / examples.len() as f64
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use blindsight_model::{
        idx::Images,
        network::{FullyConnected, Layer, Shape},
    };
    use ndarray::array;

    use super::*;

    /// Two pixels, and the class of the larger. The last of five pictures has the wrong one.
    #[test]
    fn float_and_integers_agree_on_what_is_right() {
        let pixels = vec![9, 1, 2, 8, 200, 100, 3, 250, 7, 5];
        let images = Images::new(1, 2, pixels).unwrap();
        let examples = Examples::new(images, vec![0, 1, 0, 1, 1], 2).unwrap();
        let layer = FullyConnected {
            weights: array![[1.0, 0.0], [0.0, 1.0]],
            bias: array![0.0, 0.0],
        };
        let shape = Shape {
            channels: 1,
            height: 1,
            width: 2,
        };
        let labels = vec!["left".into(), "right".into()];
        let network = Network::chain("larger", shape, labels, vec![Layer::FullyConnected(layer)]);
        assert_eq!(of_float(&network, &examples).unwrap(), 0.8);
        let integers = IntegerNetwork::from_float(&network).unwrap();
        let told = AtomicUsize::new(0);
        let done = |pictures| {
            told.fetch_add(pictures, Ordering::Relaxed);
        };
        assert_eq!(of_integers(&integers, &examples, done).unwrap(), 0.8);
        assert_eq!(told.into_inner(), 5);
    }
}
