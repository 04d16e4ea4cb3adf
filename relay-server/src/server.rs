//! From a listener to the requests.

use std::convert::Infallible;
use std::future::Future;
use std::io::ErrorKind;
use std::iter;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindsight_session::Refusal;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::addresses::{Addresses, Inside};
use crate::cluster::Cluster;
use crate::config::Config;
use crate::error::RelayError;
use crate::forwarded::is_trusted;
use crate::helper::BuiltInHelper;
use crate::hub::Hub;
use crate::rooms::ConnectionId;
use crate::routes::{App, Peer, router};
use crate::slices::Sliced;

/// Connections that ask for pages, beside those of members.
const VISITORS: usize = 1024;

/// How many connections are taken in one turn. To take one is little work, so with many who make much
/// work in line, nobody waits a pass of it for each who came before.
const AT_ONCE: usize = 8;

/// How many connections that are too many are told so at the same time; more are only closed.
const TURNED_AWAY: usize = 64;

/// Streams of one HTTP/2 connection.
const STREAMS: u32 = 64;

/// Listens on an address such as `127.0.0.1:8080`; port 0 takes a free one.
///
/// # Errors
///
/// [`RelayError`], which says what to do, if the system does not allow it.
pub async fn listen(address: &str) -> Result<TcpListener, RelayError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|cause| RelayError::listening(address, cause))
}

/// Serves members, the site and what there is to know about the relay until `shutdown` is done,
/// then closes every connection with a reason and waits a moment for them to end.
///
/// Without a `helper`, and without those who may dial in, a model owner who asks for one is told that
/// there is none.
///
/// # Errors
///
/// [`RelayError::Stopped`] if the system takes the listener away.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    helper: Option<Arc<dyn BuiltInHelper>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RelayError> {
    let outside = config.outside_helpers.clone();
    let helper = outside.map(|outside| Arc::new(outside) as _).or(helper);
    let hub = Hub::new(config.limits, helper);
    let cluster = match config.nats.is_empty() {
        true => None,
        false => Some(Cluster::start(config.nats.clone(), hub.clone()).await?),
    };
    let door = Arc::new(Door::new(App::new(config, hub.clone(), cluster.clone())));
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = door.let_in(&listener, &graceful) => {}
        () = shutdown => {}
    }
    tracing::info!("stopping: members are told to come back");
    {
        let dismissed = dismiss(&hub, cluster.as_deref());
        match cluster {
            // Whoever connects now is for the other relays. They bring back those whose room is still
            // here.
            Some(_) => {
                drop(listener);
                dismissed.await;
            }
            None => {
                tokio::select! {
                    biased;
                    () = dismissed => {}
                    () = door.let_in(&listener, &graceful) => {}
                }
                // Whoever connects now is for the next relay that listens here, or is refused by the
                // system.
                drop(listener);
            }
        }
    }
    let ended = async {
        graceful.shutdown().await;
        hub.ended().await;
    };
    if timeout(door.app.config.limits.close_timeout, ended)
        .await
        .is_err()
    {
        tracing::warn!("some connections did not close in time");
    }
    if let Some(cluster) = cluster {
        cluster.end().await;
    }
    Ok(())
}

/// Tells everybody to come back, a room after the other over the time that is set for it.
async fn dismiss(hub: &Hub, cluster: Option<&Cluster>) {
    let connections = hub.begin_to_stop();
    let count = u32::try_from(connections.len()).unwrap_or(u32::MAX);
    let pause = hub.limits.drain.checked_div(count).unwrap_or_default();
    let mut next = Instant::now();
    for connection in connections {
        let due = next;
        next += pause;
        let (open, _) = hub.is_open(connection);
        if open && !pause.is_zero() {
            sleep_until(due).await;
        }
        send_off(hub, cluster, connection);
    }
    // Those who came back meanwhile.
    for connection in hub.stop() {
        send_off(hub, cluster, connection);
    }
    if let Some(cluster) = cluster {
        cluster.leave();
    }
}

/// Tells a connection to come back, and all who are in the same room, unless it has gone meanwhile.
fn send_off(hub: &Hub, cluster: Option<&Cluster>, connection: ConnectionId) {
    let (open, room) = hub.is_open(connection);
    if !open {
        return;
    }
    if let Some(room) = room {
        if let Some(cluster) = cluster {
            // First, so that whoever comes back to another relay does not find the room here.
            cluster.give_up(&room);
        }
        hub.close_room(room, Refusal::ShuttingDown);
    }
    hub.close(connection, Refusal::ShuttingDown);
}

/// Whether an error concerns only the one who was about to connect.
fn is_the_callers(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

/// Where connections come in.
struct Door {
    app: Arc<App>,
    router: axum::Router,
    addresses: Addresses,
    places: Arc<Semaphore>,
    turned_away: Arc<Semaphore>,
}

/// Somebody who came in, or why not.
enum Entry {
    Welcome(Option<Inside>, OwnedSemaphorePermit),
    TooMany(&'static str, StatusCode, OwnedSemaphorePermit),
    /// Too many to say so to all of them.
    Drop,
}

impl Door {
    fn new(app: App) -> Self {
        let app = Arc::new(app);
        let limits = &app.config.limits;
        let places = limits.connections.saturating_add(VISITORS);
        Self {
            router: router(app.clone()),
            addresses: Addresses::new(limits.connections_per_address),
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            turned_away: Arc::new(Semaphore::new(TURNED_AWAY)),
            app,
        }
    }

    /// Takes connections for as long as it is waited for. The first waits in line, and each waits there
    /// itself until it has asked for something.
    async fn let_in(self: &Arc<Self>, listener: &TcpListener, graceful: &GracefulShutdown) {
        loop {
            let first = listener.accept().await;
            let turn = self.app.hub.turns.turn().await;
            let others = iter::from_fn(|| listener.accept().now_or_never());
            let mut failed = None;
            for accepted in iter::once(first).chain(others).take(AT_ONCE) {
                match accepted {
                    Ok((stream, from)) => self.clone().start(stream, from, graceful.watcher()),
                    Err(error) if is_the_callers(error.kind()) => {}
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            drop(turn);
            if let Some(error) = failed {
                // Too many open files, most likely: some will be closed soon.
                tracing::error!(%error, "no more connections can be taken for a second");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }

    fn start(self: Arc<Self>, stream: TcpStream, from: SocketAddr, watcher: Watcher) {
        tokio::spawn(async move {
            let asked = AtomicBool::new(false);
            let work = pin!(self.open(stream, from, watcher, &asked));
            self.app.hub.turns.share_once_known(work, &asked).await;
        });
    }

    fn enter(&self, from: SocketAddr) -> Entry {
        let metrics = &self.app.hub.metrics;
        let too_many = |text, status| match self.turned_away.clone().try_acquire_owned() {
            Ok(permit) => Entry::TooMany(text, status, permit),
            Err(_) => Entry::Drop,
        };
        // Behind a proxy there are many people; there each request is looked at instead.
        let inside = if is_trusted(from.ip(), &self.app.config.trusted_proxies) {
            None
        } else {
            match self.addresses.enter(from.ip()) {
                Some(inside) => Some(inside),
                None => {
                    metrics.rejected_address.add(1);
                    return too_many(App::TOO_MANY_FROM_ADDRESS, StatusCode::TOO_MANY_REQUESTS);
                }
            }
        };
        match self.places.clone().try_acquire_owned() {
            Ok(place) => Entry::Welcome(inside, place),
            Err(_) => {
                metrics.rejected_full.add(1);
                too_many(App::TOO_MANY, StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }

    /// Serves one connection, and notes when it has asked for something. With TLS, its handshake
    /// comes first.
    async fn open(
        &self,
        stream: TcpStream,
        from: SocketAddr,
        watcher: Watcher,
        asked: &AtomicBool,
    ) {
        let entry = self.enter(from);
        if matches!(entry, Entry::Drop) {
            return;
        }
        // Small frames are waited for on the other side: they must not wait for more to come.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
        match &self.app.config.tls {
            None => self.talk(stream, from, entry, watcher, asked).await,
            Some(tls) => {
                let limit = self.app.config.limits.handshake_timeout;
                match timeout(limit, tls.acceptor().accept(stream)).await {
                    Ok(Ok(stream)) => self.talk(stream, from, entry, watcher, asked).await,
                    Ok(Err(error)) => tracing::debug!(%error, "no TLS with a connection"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                }
            }
        }
    }

    async fn talk<S>(
        &self,
        stream: S,
        from: SocketAddr,
        entry: Entry,
        watcher: Watcher,
        asked: &AtomicBool,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = &self.app.config.limits;
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.handshake_timeout);
        builder
            .http2()
            .timer(TokioTimer::new())
            .enable_connect_protocol()
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(limits.ping_interval)
            .keep_alive_timeout(limits.idle_timeout);
        let peer = Peer(from.ip());
        let (turn_away, _places) = match entry {
            Entry::Welcome(inside, place) => (None, (inside, Some(place))),
            Entry::TooMany(text, status, place) => (Some((text, status)), (None, Some(place))),
            Entry::Drop => return,
        };
        let service = service_fn(|mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(peer);
            let answer = match turn_away {
                None => Ok(TowerToHyperService::new(self.router.clone()).call(request)),
                Some((text, status)) => Err(turned_away(text, status)),
            };
            async move {
                match answer {
                    Ok(answer) => answer.await,
                    Err(answer) => Ok::<_, Infallible>(answer),
                }
            }
        });
        let stream = TokioIo::new(Sliced(stream));
        let connection = builder.serve_connection_with_upgrades(stream, service);
        let connection = watcher.watch(connection);
        let too_late = async {
            sleep(limits.handshake_timeout).await;
            if asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            served = connection => if let Err(error) = served {
                tracing::debug!(%error, "a connection broke");
            },
            () = too_late => tracing::debug!("a connection asked for nothing in time"),
        }
    }
}

fn turned_away(text: &'static str, status: StatusCode) -> Response<Body> {
    let headers = [(header::RETRY_AFTER, "10"), (header::CONNECTION, "close")];
    (status, headers, text).into_response()
}
