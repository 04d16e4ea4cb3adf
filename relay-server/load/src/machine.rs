//! The machine that is measured on.

use anyhow::{Context, Result};
use procfs::sys::kernel::Version;
use procfs::{CpuInfo, Current as _, Meminfo};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

/// What a figure depends on beside the program.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// As the processor names itself.
    pub processor: String,
    /// Cores.
    pub cores: usize,
    /// In GiB.
    pub memory: u64,
    /// The version of Linux.
    pub kernel: String,
}

impl Machine {
    /// The machine that this runs on.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn this() -> Result<Self> {
        let (processor, kernel) = (CpuInfo::current()?, Version::current()?);
        let name = processor.model_name(0).unwrap_or("unknown").to_owned();
        Ok(Self {
            processor: name,
            cores: processor.num_cores(),
            memory: Meminfo::current()?.mem_total >> 30,
            kernel: format!("{}.{}.{}", kernel.major, kernel.minor, kernel.patch),
        })
    }
}

/// Who runs where: the servers on the first core, the members on the others. With one core only
/// they share it.
pub struct Cores {
    all: CpuSet,
    servers: CpuSet,
    members: CpuSet,
}

impl Cores {
    /// Divides the cores that this process may use.
    ///
    /// # Errors
    /// If the system does not tell which these are.
    pub fn divide() -> Result<Self> {
        let all = sched_getaffinity(None).context("which cores there are")?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| all.is_set(core));
        let (mut servers, mut members) = (CpuSet::new(), CpuSet::new());
        servers.set(cores.next().context("no core")?);
        for core in cores {
            members.set(core);
        }
        if members.count() == 0 {
            members = all;
        }
        Ok(Self {
            all,
            servers,
            members,
        })
    }

    /// Runs `start` on the servers' core, which the processes that it starts inherit. After that
    /// this thread is on the members' cores.
    ///
    /// # Errors
    /// Those of `start`, or if the system refuses.
    pub fn on_the_servers<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        sched_setaffinity(None, &self.servers)?;
        let started = start();
        sched_setaffinity(None, &self.members)?;
        started
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        // The next scenario divides anew.
        let _ = sched_setaffinity(None, &self.all);
    }
}

/// Lets this process, and those that it starts, open as many files as the system allows.
///
/// # Errors
/// If the system refuses.
pub fn allow_many_files() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).context("the limit on open files")
}
