//! The program `blindsight-relay`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

mod helper_key;
mod options;
mod signals;

use listenfd::ListenFd;
use options::{LogFormat, Options};
use relay_server::outside::help_elsewhere;
use relay_server::{BuiltInHelper, RelayError, ThreadedHelper, listen, serve};
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Open files that are no member's: those who ask for pages, the program's own.
const FILES_BESIDE: u64 = 1100;

fn main() -> ExitCode {
    let options = Options::read();
    let done = if options.check {
        check(&options)
    } else {
        run(&options)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code still tells.
            let _ = writeln!(io::stderr(), "blindsight-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Looks at everything that the options name, without starting or making anything.
#[tokio::main(flavor = "current_thread")]
async fn check(options: &Options) -> Result<(), RelayError> {
    options.config()?;
    options.helps_elsewhere()?;
    if let Some(file) = options.helper_key.as_deref().filter(|file| file.exists()) {
        helper_key::load(Some(file))?;
    }
    let resolved = tokio::net::lookup_host(&options.listen).await;
    drop(resolved.map_err(|cause| RelayError::CannotListen {
        address: options.listen.clone(),
        cause,
    })?);
    writeln!(io::stdout(), "The options are right.")?;
    Ok(())
}

#[tokio::main]
async fn run(options: &Options) -> Result<(), RelayError> {
    log(options);
    if let Some((relay, password)) = options.helps_elsewhere()? {
        // A library that is compiled in beside may bring another provider of cryptography; of two,
        // none is chosen by itself. An error says that one is chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let stop = signals::stop(1)?;
        let identity = helper_key::load(options.helper_key.as_deref())?;
        let helper = Arc::new(ThreadedHelper::new(identity));
        notify(NotifyState::Ready);
        return tokio::select! {
            refused = help_elsewhere(relay, password, helper, options.limits) => refused,
            () = stop => Ok(()),
        };
    }
    let config = options.config()?;
    open_files(config.limits.connections);
    let listener = match handed_over()? {
        Some(listener) => listener,
        None => listen(&options.listen).await?,
    };
    let address = listener.local_addr()?;
    // Before the address is announced: whoever reads it may stop the program at once.
    let (stop, at_once) = (signals::stop(1)?, signals::stop(2)?);
    signals::reload(config.tls.clone())?;
    let helper = if options.runs_helpers() {
        let identity = helper_key::load(options.helper_key.as_deref())?;
        Some(Arc::new(ThreadedHelper::new(identity)) as Arc<dyn BuiltInHelper>)
    } else {
        None
    };
    let scheme = if config.tls.is_some() {
        "https"
    } else {
        "http"
    };
    announce(options.json, scheme, &address.to_string())?;
    let stop = async {
        stop.await;
        notify(NotifyState::Stopping);
    };
    notify(NotifyState::Ready);
    // In a task, so that those who connect wait for their turn like all others.
    tokio::select! {
        served = tokio::spawn(serve(listener, config, helper, stop)) => {
            served.map_err(io::Error::other)?
        }
        () = at_once => {
            tracing::warn!("stopped at once, as it was told to a second time");
            Ok(())
        }
    }
}

/// Lets this program have as many open files as the system allows: each connection is one.
fn open_files(connections: usize) {
    let wanted = connections as u64 + FILES_BESIDE;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(allowed) if allowed < wanted => tracing::warn!(
            "the system allows {allowed} open files, too few for {connections} connections; raise \
             `ulimit -n`, or lower --max-connections"
        ),
        Ok(_) => {}
        Err(error) => tracing::debug!(%error, "the limit of open files stays as it is"),
    }
}

/// The listening socket that systemd holds for the relay, if it does. While one relay stops and the
/// next starts, connections wait there instead of being refused.
fn handed_over() -> io::Result<Option<TcpListener>> {
    let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? else {
        return Ok(None);
    };
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener).map(Some)
}

/// Tells systemd how far the relay is. Where there is none, nobody is told.
fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::debug!(%error, "systemd was not told");
    }
}

fn log(options: &Options) {
    // Whatever else is logged, no frame is: the library of the sockets logs each with all its bytes
    // as a trace, and a request for a helper holds a secret.
    let no_frames = filter_fn(|what| {
        *what.level() != Level::TRACE || !what.target().starts_with("tungstenite")
    });
    let log = tracing_subscriber::registry()
        .with(EnvFilter::new(&options.log))
        .with(no_frames);
    let layer = fmt::layer().with_writer(io::stderr);
    match options.log_format {
        LogFormat::Text => log.with(layer).init(),
        LogFormat::Json => log.with(layer.json()).init(),
    }
}

fn announce(json: bool, scheme: &str, address: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::json!({ "address": address }))?;
    } else {
        writeln!(
            out,
            "The relay is at {scheme}://{address}/ (ctrl-c stops it)."
        )?;
    }
    out.flush()
}
