//! Mini-batches of varied pictures, made on a thread of their own while the network learns.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use blindsight_model::data_set::Examples;
use chacha20::ChaCha8Rng;
use rand::{SeedableRng, seq::SliceRandom};

use crate::augment::{Augmentation, Size};

/// Pictures and their classes for one step.
pub struct Batch {
    /// Pixels from 0 to 1, picture by picture.
    pub pixels: Vec<f32>,
    pub classes: Vec<i32>,
}

/// Which batches there are.
#[derive(Clone, Copy)]
pub struct Schedule {
    /// Passes over all pictures.
    pub epochs: u32,
    /// Pictures in a batch.
    pub batch: usize,
}

impl Schedule {
    /// Batches in an epoch. Pictures that fill no batch are left for another epoch.
    pub fn per_epoch(self, examples: usize) -> usize {
        (examples / self.size(examples)).max(1)
    }

    /// Pictures in a batch.
    fn size(self, examples: usize) -> usize {
        self.batch.clamp(1, examples.max(1))
    }
}

/// Batches for all epochs but the `first` ones, each epoch in another order. Ends early when the
/// receiver is dropped.
pub fn batches<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    examples: &'env Examples,
    augmentation: &'env Augmentation,
    schedule: Schedule,
    seed: u64,
    first: usize,
) -> Receiver<Batch> {
    // A few batches ahead, so that neither thread waits for the other.
    let (sender, receiver) = sync_channel(4);
    scope.spawn(move || {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut strokes = Vec::new();
        let shape = examples.shape();
        let size = Size {
            height: shape.height as usize,
            width: shape.width as usize,
        };
        let mut skip = first;
        for _ in 0..schedule.epochs {
            order.shuffle(&mut rng);
            for indices in order.chunks_exact(schedule.size(examples.len())) {
                if skip > 0 {
                    // What was drawn for these batches is drawn again and put away.
                    indices.iter().for_each(|_| {
                        augmentation.draw(&mut rng);
                    });
                    skip -= 1;
                    continue;
                }
                let mut batch = Batch {
                    pixels: Vec::with_capacity(indices.len() * shape.elements()),
                    classes: Vec::with_capacity(indices.len()),
                };
                for (pixels, class) in indices.iter().filter_map(|index| examples.get(*index)) {
                    let variation = augmentation.draw(&mut rng);
                    variation.apply(pixels, size, &mut strokes, &mut batch.pixels);
                    batch.classes.push(class.into());
                }
                if sender.send(batch).is_err() {
                    return;
                }
            }
        }
    });
    receiver
}
