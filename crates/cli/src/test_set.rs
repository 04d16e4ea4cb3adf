//! The test sets that networks are evaluated on, as they lie in a folder.

use std::{ops::Range, path::Path};

use anyhow::bail;
use clap::ValueEnum;

use crate::pictures::{self, Source};

/// A public data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Set {
    /// Handwritten digits.
    Mnist,
    /// Pieces of clothing.
    FashionMnist,
}

impl Set {
    /// Its name as options, folders and the names of models have it.
    fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
        }
    }

    /// The set of a model that is called `SET-...`.
    ///
    /// # Errors
    ///
    /// When its name begins with none, saying which there are.
    pub fn of_model(name: &str) -> anyhow::Result<Self> {
        let sets = Self::value_variants();
        let found = sets.iter().find(|set| {
            let rest = name.strip_prefix(set.name());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        let Some(set) = found else {
            let names: Vec<_> = sets.iter().map(|set| set.name()).collect();
            let names = names.join(" or ");
            bail!("the name {name} says no data set; say it with --set {names}");
        };
        Ok(*set)
    }

    /// Its test pictures with their classes: those of a range, or all.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or the range is not in it.
    pub fn load(self, data: &Path, range: Option<Range<usize>>) -> anyhow::Result<Vec<Source>> {
        let folder = data.join(self.name());
        pictures::data_set(
            &folder.join("t10k-images-idx3-ubyte.gz"),
            Some(&folder.join("t10k-labels-idx1-ubyte.gz")),
            range,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_name_their_set() {
        assert_eq!(Set::of_model("mnist-mlp").unwrap(), Set::Mnist);
        assert_eq!(
            Set::of_model("fashion-mnist-cnn").unwrap(),
            Set::FashionMnist
        );
        let error = Set::of_model("mnistlike").unwrap_err().to_string();
        assert!(error.contains("mnist or fashion-mnist"), "{error}");
    }
}
