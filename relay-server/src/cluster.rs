//! Rooms that are shared between relays, over NATS.
//!
//! A room lives at one relay, where [`Rooms`](crate::Rooms) decides about it as ever. A member who
//! connects to another relay is carried there through a tunnel; at the relay of the room it is one
//! more connection. So there is one authority for each room, and nothing to keep in agreement.
//!
//! Where a room lives is not written down anywhere: its relay listens to the room's subject, and
//! NATS says at once if nobody does. So the claim to a room ends with the relay that made it, with
//! nothing left to clean up. If two relays claim one room, after they could not see each other, the
//! older claim holds, and the members at the other relay are closed and come back.
//!
//! NATS loses what is under way when a connection to it breaks. Whatever may have been lost breaks
//! the tunnels concerned; their members are closed with [`Refusal::Interrupted`], come back, and
//! go on where they were.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::client::RequestErrorKind;
use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, Request, ServerAddr};
use blindsight_session::{PROTOCOL_VERSION, Refusal, Role, RoomId, ToRelay};
use rand::{TryRng, rngs::SysRng};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::error::RelayError;
use crate::hub::Hub;

mod answering;
mod claims;
mod inflow;
mod letter;
mod tunnel;

use claims::{Claims, Held};
use letter::{
    Answer, Body, Claim, Epoch, Letter, Query, RelayId, TunnelId, decode, encode, relay_subject,
    room_subject,
};
pub(crate) use tunnel::{Incoming, Tunnel};
use tunnel::{Tools, Tunnels};

/// How long another relay may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How often the relays at the other ends of tunnels are asked whether they are there.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How often a join is tried when the room is just moving.
const ATTEMPTS: u32 = 5;

/// This relay among the others.
pub(crate) struct Cluster {
    me: RelayId,
    hub: Arc<Hub>,
    client: Client,
    claims: Claims,
    tunnels: Arc<Tunnels>,
    tools: Tools,
    epoch: AtomicU64,
    next_tunnel: AtomicU64,
    tasks: Mutex<JoinSet<()>>,
}

/// Where the room of a join lives.
pub(crate) enum Place {
    /// Here; it does not move away before the result is dropped. Also where nobody has it.
    Here(Option<Held>),
    /// At another relay, to which this leads.
    There(Box<Tunnel>, UnboundedReceiver<Incoming>),
}

/// The addresses of NATS servers, separated by commas, in an option.
///
/// # Errors
///
/// [`RelayError::Nats`] if one is none. It does not say which, for a password may stand in it.
pub fn nats_servers(text: &str) -> Result<Vec<ServerAddr>, RelayError> {
    let servers = text.split(',').map(|server| server.trim().parse());
    servers
        .collect::<Result<_, _>>()
        .map_err(|_| RelayError::Nats)
}

impl Cluster {
    /// Joins the other relays. If no NATS server is there, it goes on trying.
    pub(crate) async fn start(
        servers: Vec<ServerAddr>,
        hub: Arc<Hub>,
    ) -> Result<Arc<Self>, RelayError> {
        let me = RelayId(SysRng.try_next_u64().map_err(std::io::Error::other)?);
        let (events, happened) = unbounded_channel();
        let client = ConnectOptions::new()
            .name("blindsight-relay")
            .retry_on_initial_connect()
            .ping_interval(Duration::from_secs(10))
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(100).saturating_mul(attempts.min(20) as u32)
            })
            .event_callback(move |event| {
                // Nobody hears it only when the relay has stopped.
                let _ = events.send(event);
                std::future::ready(())
            })
            .connect(servers)
            .await
            .map_err(|_| RelayError::Nats)?;
        let inbox = client.subscribe(relay_subject(me)).await;
        let inbox = inbox.map_err(|_| RelayError::Nats)?;
        let (farewells, goodbyes) = unbounded_channel();
        let tunnels = Arc::<Tunnels>::default();
        let tools = Tools {
            me,
            client: client.clone(),
            tunnels: tunnels.clone(),
            farewells,
        };
        let cluster = Arc::new(Self {
            me,
            hub,
            client,
            claims: Claims::default(),
            tunnels,
            tools,
            epoch: AtomicU64::new(0),
            next_tunnel: AtomicU64::new(0),
            tasks: Mutex::default(),
        });
        cluster.spawn(cluster.clone().answer_letters(inbox));
        cluster.spawn(cluster.clone().follow_events(happened));
        cluster.spawn(cluster.clone().say_goodbye(goodbyes));
        cluster.spawn(cluster.clone().watch());
        Ok(cluster)
    }

    /// Whether the other relays can be reached.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// How many members go through tunnels, from here and to here.
    pub(crate) fn tunnels(&self) -> usize {
        self.tunnels.count()
    }

    /// Nobody finds a room here any more.
    pub(crate) fn leave(&self) {
        self.claims.give_up_all();
    }

    /// Nobody finds this room here any more.
    pub(crate) fn give_up(&self, room: &RoomId) {
        self.claims.give_up(room);
    }

    /// Ends everything, once every member has been told.
    pub(crate) async fn end(&self) {
        let _ = timeout(ANSWER_WITHIN, self.client.flush()).await;
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.abort_all();
    }

    /// Where the room of a join lives. A model owner's room lives here if it does nowhere yet. What
    /// is no join that would be let in counts as here, to be refused.
    ///
    /// # Errors
    ///
    /// What to tell the member, if it cannot be found out or the other relay refuses.
    pub(crate) async fn place(&self, frame: &[u8]) -> Result<Place, Refusal> {
        let (room, opens) = match ToRelay::decode(frame) {
            Ok(ToRelay::Join {
                version: PROTOCOL_VERSION,
                room,
                role,
                place,
            }) => {
                let owner = role == Role::ModelOwner;
                if owner && place.room() != room {
                    return Ok(Place::Here(None));
                }
                (room, owner)
            }
            _ => return Ok(Place::Here(None)),
        };
        for attempt in 0..ATTEMPTS {
            if let Some(held) = self.claims.hold(room) {
                return Ok(Place::Here(Some(held)));
            }
            if !self.is_connected() {
                return Err(Refusal::Interrupted);
            }
            match self.ask(room_subject(&room), encode(&Query::Find)).await {
                Ok(Some(fellow)) if fellow != self.me => {
                    if let Some(there) = self.open(fellow, room, frame).await? {
                        return Ok(there);
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) if opens => {
                    self.claim(room).await?;
                    continue;
                }
                Ok(None) => return Ok(Place::Here(None)),
                Err(Unanswered) => return Err(Refusal::Interrupted),
            }
            // The relay has just gone, or given the room up.
            sleep(Duration::from_millis(50) * (attempt + 1)).await;
        }
        Err(Refusal::Interrupted)
    }

    /// Opens a tunnel. Nothing if the room does not live there any more.
    async fn open(
        &self,
        fellow: RelayId,
        room: RoomId,
        join: &[u8],
    ) -> Result<Option<Place>, Refusal> {
        let tunnel_id = TunnelId {
            opener: self.me,
            number: self.next_tunnel.fetch_add(1, Ordering::Relaxed),
        };
        let (tunnel, incoming) = self.tools.tunnel(tunnel_id, fellow, None);
        let letter = Letter::Open {
            tunnel: tunnel_id,
            epoch: self.epoch(),
            room,
            join,
        };
        match self.ask(relay_subject(fellow), encode(&letter)).await {
            Ok(Some(Answer::Opened(epoch))) => {
                self.tunnels.opened(tunnel_id, epoch);
                Ok(Some(Place::There(Box::new(tunnel), incoming)))
            }
            Ok(Some(Answer::Refused(refusal))) => Err(refusal),
            Ok(Some(Answer::NotHere) | None) => Ok(None),
            Err(Unanswered) => Err(Refusal::Interrupted),
        }
    }

    /// The room lives here from now on.
    async fn claim(&self, room: RoomId) -> Result<(), Refusal> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = now.map_or(0, |now| now.as_millis() as u64);
        let claim = Claim {
            since,
            relay: self.me,
        };
        let subject = room_subject(&room);
        let queries = self.client.subscribe(subject.clone()).await;
        let queries = queries.map_err(|_| Refusal::Interrupted)?;
        let Some(given_up) = self.claims.add(room, claim) else {
            return Ok(());
        };
        self.spawn(answering::answer_queries(
            self.answerer(),
            room,
            queries,
            given_up,
        ));
        // Whoever else claims it hears of this, or this relay of them: NATS has one order for both.
        let said = self
            .client
            .publish(subject, encode(&Query::Claim(claim)))
            .await;
        said.map_err(|_| Refusal::Interrupted)
    }

    /// Asks and waits for the answer; nothing if nobody is there to give one.
    async fn ask<T>(&self, subject: String, question: bytes::Bytes) -> Result<Option<T>, Unanswered>
    where
        T: for<'a> serde::Deserialize<'a>,
    {
        let request = Request::new()
            .payload(question)
            .timeout(Some(ANSWER_WITHIN));
        match self.client.send_request(subject, request).await {
            Ok(answer) => decode(&answer.payload).map(Some).ok_or(Unanswered),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => Ok(None),
            Err(_) => Err(Unanswered),
        }
    }

    /// Follows the connection to NATS: when it breaks, so does every tunnel.
    async fn follow_events(self: Arc<Self>, mut happened: UnboundedReceiver<Event>) {
        while let Some(event) = happened.recv().await {
            match event {
                Event::Connected => {
                    tracing::info!("connected to NATS");
                    // Others may have claimed a room of ours meanwhile.
                    for (room, claim) in self.claims.all() {
                        let claim = encode(&Query::Claim(claim));
                        let _ = self.client.publish(room_subject(&room), claim).await;
                    }
                }
                Event::Disconnected | Event::SlowConsumer(_) | Event::Closed => {
                    self.epoch.fetch_add(1, Ordering::Relaxed);
                    let broken = self.tunnels.break_all();
                    self.hub.metrics.interruptions.add(broken);
                    tracing::warn!("{event}: members in rooms of other relays come back");
                }
                event => tracing::warn!("NATS: {event}"),
            }
        }
    }

    /// Tells others of tunnels that are closed.
    async fn say_goodbye(self: Arc<Self>, mut goodbyes: UnboundedReceiver<(RelayId, TunnelId)>) {
        while let Some((fellow, tunnel)) = goodbyes.recv().await {
            let letter = encode(&Letter::Through {
                tunnel,
                from: self.me,
                number: 0,
                body: Body::Gone,
            });
            let _ = self.client.publish(relay_subject(fellow), letter).await;
        }
    }

    /// Asks now and then whether others are there, and gives up rooms in which nobody is.
    async fn watch(self: Arc<Self>) {
        loop {
            sleep(ASK_EVERY).await;
            self.claims.give_up_empty(|room| self.hub.has_room(room));
            if !self.is_connected() {
                continue;
            }
            let asked = self.tunnels.fellows().into_iter().map(|fellow| {
                let cluster = &self;
                async move {
                    let answer = cluster
                        .ask(relay_subject(fellow), encode(&Letter::Ping))
                        .await;
                    let broken = match answer {
                        Ok(epoch) => cluster.tunnels.break_with(fellow, epoch),
                        // Perhaps it is only slow.
                        Err(Unanswered) => 0,
                    };
                    cluster.hub.metrics.interruptions.add(broken);
                }
            });
            futures_util::future::join_all(asked).await;
        }
    }

    fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::Relaxed))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that are done are forgotten, so that the set does not grow.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

/// Somebody is there and does not answer, or there is no telling.
struct Unanswered;
