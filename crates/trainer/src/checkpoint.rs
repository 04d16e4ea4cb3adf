//! Trainings on disk, so that one that was stopped goes on as if nothing had happened.
//!
//! A folder holds the newest state of one training, in a folder of its own that is named after the
//! step. It is written under another name and renamed when it is whole.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, ensure};
use burn::{module::Module, optim::ModuleOptimizer, store::ModuleRecord};
use serde::{Deserialize, Serialize};

use crate::trainee::Trainee;

/// Which training it is, and how far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What is trained, and how: a checkpoint goes on with the same only.
    pub plan: Plan,
    /// Steps done.
    pub step: usize,
    /// How long they took.
    pub seconds: f64,
    /// On how many cores.
    pub cores: usize,
}

/// What decides the result of a training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The name of the recipe.
    pub recipe: String,
    /// What all randomness comes from.
    pub seed: u64,
    /// Passes over all pictures.
    pub epochs: u32,
    /// Steps in an epoch.
    pub per_epoch: usize,
}

impl Plan {
    /// Steps of the whole training.
    pub fn steps(&self) -> usize {
        self.per_epoch * self.epochs as usize
    }
}

/// A folder for the checkpoints of one training.
pub struct Checkpoints {
    folder: PathBuf,
}

const PROGRESS: &str = "training.json";
const NETWORK: &str = "network.bpk";
const OPTIMISER: &str = "optimiser.bpk";

impl Checkpoints {
    /// The folder need not exist yet.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Whether there is a checkpoint.
    pub fn any(&self) -> Result<bool> {
        Ok(!self.steps()?.is_empty())
    }

    /// Writes a checkpoint and removes the ones before it.
    pub fn write(
        &self,
        progress: &Progress,
        trainee: &Trainee,
        optimiser: &ModuleOptimizer,
    ) -> Result<()> {
        let failed = || format!("writing a checkpoint to {}", self.folder.display());
        self.write_files(progress, trainee, optimiser)
            .with_context(failed)
    }

    fn write_files(
        &self,
        progress: &Progress,
        trainee: &Trainee,
        optimiser: &ModuleOptimizer,
    ) -> Result<()> {
        let path = self.path(progress.step);
        let part = path.with_extension("part");
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        fs::create_dir_all(&part)?;
        trainee.settle();
        let record = trainee.clone().into_record();
        record
            .save(part.join(NETWORK))
            .map_err(anyhow::Error::msg)?;
        let saved = optimiser.save(part.join(OPTIMISER));
        saved.map_err(anyhow::Error::msg)?;
        fs::write(part.join(PROGRESS), serde_json::to_vec_pretty(progress)?)?;
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::rename(&part, &path)?;
        for step in self.steps()? {
            if step != progress.step {
                fs::remove_dir_all(self.path(step))?;
            }
        }
        Ok(())
    }

    /// Reads the newest checkpoint into a network and an optimiser of the same plan.
    pub fn read(
        &self,
        plan: &Plan,
        trainee: Trainee,
        optimiser: ModuleOptimizer,
    ) -> Result<(Progress, Trainee, ModuleOptimizer)> {
        let folder = self.folder.display();
        let newest = self.steps()?.into_iter().max();
        let step = newest.with_context(|| {
            format!("{folder} holds no checkpoint; leave --resume out to begin a training")
        })?;
        let path = self.path(step);
        self.read_files(&path, plan, trainee, optimiser)
            .with_context(|| format!("the checkpoint {}", path.display()))
    }

    fn read_files(
        &self,
        path: &Path,
        plan: &Plan,
        trainee: Trainee,
        optimiser: ModuleOptimizer,
    ) -> Result<(Progress, Trainee, ModuleOptimizer)> {
        let progress: Progress = serde_json::from_slice(&fs::read(path.join(PROGRESS))?)?;
        let found = &progress.plan;
        ensure!(
            found == plan,
            "is of {} with --seed {} --epochs {} and {} steps an epoch, not of {} with --seed {} \
             --epochs {} and {} steps an epoch",
            found.recipe,
            found.seed,
            found.epochs,
            found.per_epoch,
            plan.recipe,
            plan.seed,
            plan.epochs,
            plan.per_epoch,
        );
        ensure!(
            progress.step <= plan.steps(),
            "is at step {} of {}",
            progress.step,
            plan.steps()
        );
        let record = ModuleRecord::load(path.join(NETWORK)).map_err(|error| anyhow!("{error}"))?;
        let trainee = trainee
            .try_load_record(record)
            .map_err(|error| anyhow!("{error}"))?;
        let optimiser = optimiser
            .load(path.join(OPTIMISER))
            .map_err(|error| anyhow!("{error}"))?;
        Ok((progress, trainee, optimiser))
    }

    fn path(&self, step: usize) -> PathBuf {
        self.folder.join(format!("step-{step}"))
    }

    /// The steps of all checkpoints that are whole.
    fn steps(&self) -> Result<Vec<usize>> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&self.folder)
            .with_context(|| format!("reading {}", self.folder.display()))?;
        let mut steps = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let step = name.to_str().and_then(|name| name.strip_prefix("step-"));
            steps.extend(step.and_then(|step| step.parse::<usize>().ok()));
        }
        Ok(steps)
    }
}
