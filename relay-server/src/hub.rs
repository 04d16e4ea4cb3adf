//! The rooms of a running relay, and an outbox for each connection.
//!
//! One lock guards both, and every notice is put in its outbox before the lock is let go. So each
//! member hears of others in the order in which they came and went, and is welcomed before anybody
//! can send to them. Only messages are handed on outside of the lock, where the sender may wait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blindsight_session::{PublicKey, Refusal, RoomId};
use bytes::Bytes;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use crate::config::Config;
use crate::helper::{BuiltInHelper, Greeting};
use crate::outbox::{Outbox, Outgoing};
use crate::rooms::{Action, ConnectionId, Rooms, Standing};
use crate::socket;

/// A running relay.
pub(crate) struct Hub {
    pub(crate) config: Config,
    helper: Option<Arc<dyn BuiltInHelper>>,
    state: Mutex<State>,
    /// Every connection holds a receiver, so this knows when the last one has ended.
    alive: watch::Sender<()>,
}

struct State {
    rooms: Rooms,
    outboxes: HashMap<ConnectionId, Outbox>,
    stopping: bool,
}

/// A connection that is known to the hub; dropping it disconnects.
pub(crate) struct Connected {
    hub: Arc<Hub>,
    id: ConnectionId,
    _alive: watch::Receiver<()>,
}

/// What is left to do once the lock is let go.
#[derive(Default)]
struct Later {
    message: Option<(Outbox, Bytes)>,
    helpers: Vec<(RoomId, ConnectionId, Greeting, UnboundedReceiver<Outgoing>)>,
}

impl Hub {
    pub(crate) fn new(mut config: Config, helper: Option<Arc<dyn BuiltInHelper>>) -> Arc<Self> {
        if helper.is_none() {
            config.limits.built_in_helpers = 0;
        }
        let key = helper.as_ref().map(|helper| helper.key());
        let rooms = Rooms::new(config.limits, key);
        let state = State {
            rooms,
            outboxes: HashMap::new(),
            stopping: false,
        };
        let (alive, _) = watch::channel(());
        Arc::new(Self {
            config,
            helper,
            state: Mutex::new(state),
            alive,
        })
    }

    /// Takes a new connection in, or says why not.
    pub(crate) fn connect(
        self: &Arc<Self>,
    ) -> Result<(Connected, UnboundedReceiver<Outgoing>), Refusal> {
        let mut state = self.lock();
        if state.stopping {
            return Err(Refusal::ShuttingDown);
        }
        let id = state.rooms.connect()?;
        let outgoing = state.add_outbox(id, &self.config);
        Ok((self.connected(id), outgoing))
    }

    /// The key of the helpers that this relay runs.
    pub(crate) fn helper_key(&self) -> Option<PublicKey> {
        self.helper.as_ref().map(|helper| helper.key())
    }

    /// Closes every connection and takes no more.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        let connections = state.rooms.connections().collect::<Vec<_>>();
        for connection in connections {
            let actions = state.rooms.close(connection, Refusal::ShuttingDown);
            state.perform(actions, &self.config);
        }
    }

    /// Waits until every connection has ended.
    pub(crate) async fn ended(&self) {
        self.alive.closed().await;
    }

    fn connected(self: &Arc<Self>, id: ConnectionId) -> Connected {
        Connected {
            hub: self.clone(),
            id,
            _alive: self.alive.subscribe(),
        }
    }

    /// Nothing under the lock leaves the state half changed, so a panic elsewhere does not matter.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected {
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Takes a frame from this connection. Waits while the recipient's outbox is full.
    pub(crate) async fn receive(&self, frame: &[u8]) {
        let later = {
            let mut state = self.hub.lock();
            let actions = state.rooms.receive(self.id, frame);
            state.perform(actions, &self.hub.config)
        };
        for (room, id, greeting, outgoing) in later.helpers {
            let connected = self.hub.connected(id);
            if let Some(helper) = &self.hub.helper {
                helper.start(socket::seat(connected, outgoing, room, greeting));
            }
        }
        if let Some((outbox, frame)) = later.message {
            outbox.forward(frame).await;
        }
    }

    /// Closes this connection for a reason of the socket's.
    pub(crate) fn close(&self, refusal: Refusal) {
        let mut state = self.hub.lock();
        let actions = state.rooms.close(self.id, refusal);
        state.perform(actions, &self.hub.config);
    }

    /// How far this connection has come.
    pub(crate) fn standing(&self) -> Standing {
        self.hub.lock().rooms.standing(self.id)
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        let actions = state.rooms.disconnect(self.id);
        if let Some(outbox) = state.outboxes.remove(&self.id) {
            outbox.abandon();
        }
        state.perform(actions, &self.hub.config);
        tracing::debug!(rooms = state.rooms.rooms(), "a connection ended");
    }
}

impl State {
    fn add_outbox(&mut self, id: ConnectionId, config: &Config) -> UnboundedReceiver<Outgoing> {
        let (outbox, outgoing) = Outbox::new(config);
        self.outboxes.insert(id, outbox);
        outgoing
    }

    fn perform(&mut self, actions: Vec<Action>, config: &Config) -> Later {
        let mut later = Later::default();
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            match action {
                Action::Notify { to, frame } => {
                    let outbox = self.outboxes.get(&to);
                    if outbox.is_some_and(|outbox| outbox.notify(frame).is_err()) {
                        actions.extend(self.rooms.close(to, Refusal::TooSlow));
                    }
                }
                Action::Forward { to, frame } => {
                    let outbox = self.outboxes.get(&to).cloned();
                    later.message = outbox.map(|outbox| (outbox, frame));
                }
                Action::Close {
                    connection,
                    refusal,
                } => {
                    tracing::debug!(?refusal, "closing a connection");
                    if let Some(outbox) = self.outboxes.get(&connection) {
                        outbox.close(refusal);
                    }
                }
                Action::StartHelper {
                    room,
                    connection,
                    greeting,
                } => {
                    tracing::info!("starting a helper");
                    let outgoing = self.add_outbox(connection, config);
                    later.helpers.push((room, connection, greeting, outgoing));
                }
            }
        }
        later
    }
}
