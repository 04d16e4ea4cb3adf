//! The programs of the roles: relay, model owner, helper and data owner.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::programs::{Ended, Program};
use crate::{in_checkout, required};

/// How long a program may take to start, with a busy machine in mind.
const START: Duration = Duration::from_secs(30);

/// How long a classification of a few pictures may take.
const CLASSIFY: Duration = Duration::from_secs(120);

/// The bundled model that the tests host.
pub const MODEL: &str = "mnist-mlp";

/// Who deals the correlated randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helping {
    /// The helper in the relay's process.
    BuiltIn,
    /// A helper who was sent an invitation.
    Invited,
}

/// A running relay that serves the site.
pub struct Relay {
    /// Kept because dropping it ends the relay.
    program: Program,
    /// Address and port.
    pub address: String,
    /// What it was started with, but for where to listen.
    more: Vec<String>,
}

impl Relay {
    /// Starts a relay on a free port of this machine.
    ///
    /// # Errors
    /// If the program is not named, does not start or does not say where it listens.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// The same with further arguments.
    ///
    /// # Errors
    /// As [`Relay::start`].
    pub fn start_with(more: &[&str]) -> Result<Self> {
        let arguments = Self::ARGUMENTS.iter().chain(more);
        let program = Program::start(&required("BLINDSIGHT_RELAY_BIN")?, arguments)?;
        let more = more.iter().map(|argument| (*argument).to_owned());
        Self::listening(program, more.collect())
    }

    /// The same with everything logged that can be.
    ///
    /// # Errors
    /// As [`Relay::start`].
    pub fn start_logged() -> Result<Self> {
        let program = Program::start_logged(&required("BLINDSIGHT_RELAY_BIN")?, Self::ARGUMENTS)?;
        Self::listening(program, Vec::new())
    }

    const ARGUMENTS: [&str; 3] = ["--listen", "127.0.0.1:0", "--json"];

    fn listening(mut program: Program, more: Vec<String>) -> Result<Self> {
        #[derive(Deserialize)]
        struct Started {
            address: String,
        }
        let Started { address } = serde_json::from_value(program.json(START)?)
            .context("the relay's line has no address")?;
        Ok(Self {
            program,
            address,
            more,
        })
    }

    /// Ends it as a crash would and starts another one in its place.
    ///
    /// # Errors
    /// As [`Relay::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        let arguments = ["--listen", &self.address, "--json"].into_iter();
        let arguments = arguments.chain(self.more.iter().map(String::as_str));
        self.program = Program::start(&required("BLINDSIGHT_RELAY_BIN")?, arguments)?;
        self.program.json(START)?;
        Ok(())
    }

    /// Ends it and gives what it wrote.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn end(mut self) -> Result<Ended> {
        self.kill()?;
        self.program.end(START)
    }

    /// The address of its site.
    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the command line takes.
    pub fn socket(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.program.kill()
    }
}

/// A running model owner.
pub struct Host {
    program: Program,
    /// The link for a data owner.
    pub data_owner_invite: String,
    /// The link for a helper.
    pub helper_invite: String,
}

impl Host {
    /// Hosts the bundled model at a relay.
    ///
    /// # Errors
    /// If the program does not start or prints no invitations.
    pub fn start(relay: &Relay, helping: Helping) -> Result<Self> {
        Self::start_at(&relay.socket(), helping)
    }

    /// The same at the address of a relay, or of what leads to one.
    ///
    /// # Errors
    /// As [`Host::start`].
    pub fn start_at(relay: &str, helping: Helping) -> Result<Self> {
        #[derive(Deserialize)]
        struct Started {
            data_owner_invite: String,
            helper_invite: String,
        }
        let mut program = host_at(relay, MODEL.as_ref(), helping)?;
        let started: Started = serde_json::from_value(program.json(START)?)
            .context("the host's line has not both invitations")?;
        Ok(Self {
            program,
            data_owner_invite: started.data_owner_invite,
            helper_invite: started.helper_invite,
        })
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.program.kill()
    }
}

/// Starts a host of any model, which may refuse it.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_host(relay: &Relay, model: &Path, helping: Helping) -> Result<Program> {
    host_at(&relay.socket(), model, helping)
}

fn host_at(relay: &str, model: &Path, helping: Helping) -> Result<Program> {
    let program = required("BLINDSIGHT_BIN")?;
    let model = model.display().to_string();
    let mut arguments = vec!["host", "--relay", relay, "--model", &model, "--json"];
    // Several data owners of a test use one link, and have more classified than people do.
    arguments.extend(["--reusable", "--budget", "100000"]);
    if helping == Helping::Invited {
        arguments.extend(["--helper", "invite"]);
    }
    Program::start(&program, arguments)
}

/// Starts a host of the bundled model with the relay's helper and further arguments; logs all.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_host_with(relay: &Relay, more: &[&str]) -> Result<Program> {
    let relay = relay.socket();
    let arguments = ["host", "--relay", &relay, "--model", MODEL, "--json"];
    let arguments = arguments.iter().chain(more);
    Program::start_logged(&required("BLINDSIGHT_BIN")?, arguments)
}

/// A running model owner in a room of compute parties.
pub struct SharedHost {
    program: Program,
    /// The link for a data owner.
    pub data_owner_invite: String,
    /// The link for compute parties.
    pub party_invite: String,
    /// What it says of the network.
    pub plan: Value,
}

impl SharedHost {
    /// Hosts a model for so many compute parties, with further arguments.
    ///
    /// # Errors
    /// If the program does not start or prints no invitations.
    pub fn start(relay: &Relay, model: &str, parties: u8, more: &[&str]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Started {
            data_owner_invite: String,
            party_invite: String,
            plan: Value,
        }
        let (relay, parties) = (relay.socket(), parties.to_string());
        let arguments = ["host", "--relay", &relay, "--model", model, "--json"];
        let engine = ["--engine", "shamir", "--parties", &parties];
        let arguments = arguments.iter().chain(&engine).chain(more);
        let mut program = Program::start(&required("BLINDSIGHT_BIN")?, arguments)?;
        let started: Started = serde_json::from_value(program.json(START)?)
            .context("the host's line has not both invitations")?;
        Ok(Self {
            program,
            data_owner_invite: started.data_owner_invite,
            party_invite: started.party_invite,
            plan: started.plan,
        })
    }

    /// Types a line.
    ///
    /// # Errors
    /// If the program does not read it.
    pub fn say(&mut self, line: &str) -> Result<()> {
        self.program.say(line)
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.program.kill()
    }
}

/// Starts a compute party with its invitation; it prints each event.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_party(invite: &str) -> Result<Program> {
    Program::start(&required("BLINDSIGHT_BIN")?, ["party", invite, "--json"])
}

/// Starts a helper with its invitation.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_helper(invite: &str) -> Result<Program> {
    Program::start(&required("BLINDSIGHT_BIN")?, ["helper", invite])
}

/// Starts a data owner with its invitation and further arguments, pictures among them.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_classify(invite: &str, arguments: &[String]) -> Result<Program> {
    let fixed = ["classify", invite, "--json"].map(str::to_owned);
    Program::start(&required("BLINDSIGHT_BIN")?, fixed.iter().chain(arguments))
}

/// The same, and logs all.
///
/// # Errors
/// If the program is not named or cannot be started.
pub fn start_classify_logged(invite: &str, arguments: &[String]) -> Result<Program> {
    let fixed = ["classify", invite, "--json"].map(str::to_owned);
    Program::start_logged(&required("BLINDSIGHT_BIN")?, fixed.iter().chain(arguments))
}

/// What a data owner's program printed.
#[derive(Debug)]
pub struct Classified {
    /// One line a picture.
    pub images: Vec<ImageLine>,
    /// The last line.
    pub summary: Summary,
}

/// The line of one picture.
#[derive(Debug, Deserialize)]
pub struct ImageLine {
    /// The file, or the place in a data set.
    pub source: Value,
    /// The number of the class.
    pub class: usize,
    /// The name of the class.
    pub label: String,
    /// Milliseconds from the masked picture to the class.
    pub online_ms: f64,
    /// Milliseconds of what was done before the picture was needed.
    pub offline_ms: f64,
    /// Round trips between data owner and model owner.
    pub round_trips: u64,
    /// Bytes between data owner and model owner, both directions.
    pub online_bytes: u64,
    /// Bytes of the helper's bundle.
    pub offline_bytes: u64,
}

/// The line after the last picture.
#[derive(Debug, Deserialize)]
pub struct Summary {
    /// How many pictures were classified.
    pub images: usize,
    /// How many were right, where the right classes were given.
    pub correct: Option<usize>,
    /// The share that was right, where the right classes were given.
    pub accuracy: Option<f64>,
}

/// Classifies pictures and reads what is printed.
///
/// # Errors
/// If the program fails, takes too long, or prints other lines than these.
pub fn classify(invite: &str, arguments: &[String]) -> Result<Classified> {
    let ended: Ended = start_classify(invite, arguments)?.end(CLASSIFY)?;
    let mut lines = ended.json()?;
    let last = lines.pop().context("nothing was printed")?;
    let summary = serde_json::from_value(last.clone())
        .with_context(|| format!("this summary lacks a field: {last}"))?;
    let images = lines
        .into_iter()
        .map(|line| {
            serde_json::from_value(line.clone())
                .with_context(|| format!("this picture's line lacks a field: {line}"))
        })
        .collect::<Result<_>>()?;
    Ok(Classified { images, summary })
}

/// The file of the bundled model that the tests host.
pub fn model_file() -> std::path::PathBuf {
    in_checkout("data/models").join(format!("{MODEL}.onnx"))
}
