//! What a running process takes, as Linux counts it.

use std::time::Duration;

use anyhow::{Context, Result};
use procfs::process::Process;
use serde::Serialize;

/// What a process has taken so far, or takes now.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Usage {
    /// Time on a processor, in the program and in the system for it, in seconds.
    pub cpu_seconds: f64,
    /// Memory that is resident, in bytes. What the system keeps for sockets is not in it.
    pub resident: u64,
    /// The most memory that ever was resident, in bytes.
    pub peak: u64,
    /// Open files, sockets among them.
    pub files: usize,
    /// Threads.
    pub threads: i64,
}

impl Usage {
    /// Of the process with this id.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn of(id: u32) -> Result<Self> {
        let process = Process::new(id.cast_signed())
            .with_context(|| format!("process {id} does not run any more"))?;
        let (stat, status) = (process.stat()?, process.status()?);
        let ticks = stat.utime + stat.stime;
        Ok(Self {
            cpu_seconds: ticks as f64 / procfs::ticks_per_second() as f64,
            resident: status.vmrss.context("no resident memory")? << 10,
            peak: status.vmhwm.context("no peak of memory")? << 10,
            files: process.fd_count()?,
            threads: stat.num_threads,
        })
    }

    /// Of several processes together.
    ///
    /// # Errors
    /// If one of them does not run.
    pub fn of_all(ids: &[u32]) -> Result<Self> {
        let mut all = Self {
            cpu_seconds: 0.0,
            resident: 0,
            peak: 0,
            files: 0,
            threads: 0,
        };
        for &id in ids {
            let one = Self::of(id)?;
            all.cpu_seconds += one.cpu_seconds;
            all.resident += one.resident;
            all.peak += one.peak;
            all.files += one.files;
            all.threads += one.threads;
        }
        Ok(all)
    }

    /// The share of one core that was used since `earlier`.
    pub fn share_since(&self, earlier: &Self, time: Duration) -> f64 {
        (self.cpu_seconds - earlier.cpu_seconds) / time.as_secs_f64()
    }
}
