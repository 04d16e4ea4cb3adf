//! The program `blindsight-relay`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

mod helper_key;

use clap::Parser;
use relay_server::{BuiltInHelper, Config, RelayError, ThreadedHelper, listen, serve};
use tracing_subscriber::EnvFilter;

/// Serves the site and forwards messages between the members of a room.
///
/// Exits with 0 when stopped by ctrl-c or SIGTERM, 1 if it cannot run, 2 if an option is wrong.
#[derive(Debug, Parser)]
#[command(name = "blindsight-relay", version)]
struct Options {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "BLINDSIGHT_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,

    /// Run a helper for a model owner who asks for one (the default).
    #[arg(long, overrides_with = "no_helper")]
    helper: bool,

    /// Run no helpers.
    #[arg(long)]
    no_helper: bool,

    /// File with the key by which the helpers show who runs them; made if there is none. Without
    /// it the key is a new one at each start.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_HELPER_KEY")]
    helper_key: Option<PathBuf>,

    /// Print the address as one line of JSON once listening, for other programs.
    #[arg(long)]
    json: bool,

    /// What to log to standard error, as in `relay_server=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "warn,relay_server=info")]
    log: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code still tells.
            let _ = writeln!(io::stderr(), "blindsight-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(options: &Options) -> Result<(), RelayError> {
    // Whatever else is logged, no frame is: the library of the sockets logs each with all its bytes,
    // and a request for a helper holds a secret.
    let filter = EnvFilter::new(&options.log);
    let filter = match "tungstenite=debug".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();

    let listener = listen(&options.listen).await?;
    let address = listener.local_addr()?;
    // Before the address is announced: whoever reads it may stop the program at once.
    let stop = stop_signal()?;
    announce(options.json, &address.to_string())?;
    let helper = match (options.no_helper, &options.helper_key) {
        (true, _) => None,
        (false, file) => {
            let identity = helper_key::load(file.as_deref())?;
            Some(Arc::new(ThreadedHelper::new(identity)) as Arc<dyn BuiltInHelper>)
        }
    };
    serve(listener, Config::default(), helper, stop).await
}

fn announce(json: bool, address: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::json!({ "address": address }))?;
    } else {
        writeln!(out, "The relay is at http://{address}/ (ctrl-c stops it).")?;
    }
    out.flush()
}

/// Done when the user or the system asks the program to stop. Listens for that from the call on,
/// not only once the future is awaited.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done when the user asks the program to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler ctrl-c ends the program, which will do.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
