//! What the system tells the program to do.

use std::io;
use std::time::Duration;

use relay_server::Tls;

/// How often the files of the certificate are looked at.
#[cfg(unix)]
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Done when the user or the system has asked the program to stop so many times. Listens for that from
/// the call on, not only once the future is awaited.
#[cfg(unix)]
pub fn stop(times: u32) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        for _ in 0..times {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    })
}

/// Done when the user has asked the program to stop so many times.
#[cfg(not(unix))]
pub fn stop(times: u32) -> io::Result<impl Future<Output = ()>> {
    Ok(async move {
        for _ in 0..times {
            // Without a handler ctrl-c ends the program, which will do.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    })
}

/// Reads the certificate again on SIGHUP, and when its files have changed. A hang-up does nothing
/// else, so that it never ends a relay. Listens from the call on.
#[cfg(unix)]
pub fn reload(tls: Option<Tls>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        let mut seen = tls.as_ref().map(Tls::changed);
        loop {
            let asked = tokio::select! {
                _ = hang_up.recv() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let Some(tls) = &tls else { continue };
            let changed = tls.changed();
            if !asked && seen == Some(changed) {
                continue;
            }
            seen = Some(changed);
            if let Err(error) = tls.reload() {
                tracing::error!("the certificate from before stays: {error}");
            }
        }
    });
    Ok(())
}

/// There is no hang-up here.
#[cfg(not(unix))]
pub fn reload(_: Option<Tls>) -> io::Result<()> {
    Ok(())
}
