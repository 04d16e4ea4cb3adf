//! The rooms of a running relay, and an outbox for each connection.
//!
//! One lock guards both, and every notice is put in its outbox before the lock is let go. So each
//! member hears of others in the order in which they came and went, and is welcomed before anybody
//! can send to them. Only messages are handed on outside of the lock, where the sender may wait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use blindsight_session::{PublicKey, Refusal, RoomId};
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::helper::{BuiltInHelper, Greeting};
use crate::limits::Limits;
use crate::metrics::{Metrics, Present};
use crate::outbox::{Outbox, Outlet, Store};
use crate::rooms::{Action, ConnectionId, Rooms, Standing};
use crate::seat;
use crate::turns::Turns;

/// Without a frame written for this long a member counts as stuck when memory runs out.
const STUCK: Duration = Duration::from_secs(1);

/// A running relay.
pub(crate) struct Hub {
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) turns: Turns,
    helper: Option<Arc<dyn BuiltInHelper>>,
    store: Store,
    start: Instant,
    state: Mutex<State>,
    /// Every connection holds a receiver, so this knows when the last one has ended.
    alive: watch::Sender<()>,
}

struct State {
    rooms: Rooms,
    outboxes: HashMap<ConnectionId, Outbox>,
    stage: Stage,
}

/// How far a relay has come with stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Running,
    /// One room after the other is closed; nobody new comes in.
    Stopping,
    /// Nobody comes in.
    Stopped,
}

/// A connection that is known to the hub; dropping it disconnects.
pub(crate) struct Connected {
    hub: Arc<Hub>,
    id: ConnectionId,
    _alive: watch::Receiver<()>,
}

/// The connection is closed.
#[derive(Debug)]
pub(crate) struct Over;

/// What is left to do once the lock is let go.
#[derive(Default)]
struct Later {
    /// For different members, or in this order.
    messages: Vec<(Outbox, Bytes)>,
    helpers: Vec<(RoomId, ConnectionId, Greeting, Outlet)>,
}

impl Hub {
    pub(crate) fn new(limits: Limits, helper: Option<Arc<dyn BuiltInHelper>>) -> Arc<Self> {
        let state = State {
            rooms: Rooms::new(limits, None),
            outboxes: HashMap::new(),
            stage: Stage::Running,
        };
        let (alive, _) = watch::channel(());
        let hub = Arc::new(Self {
            limits,
            metrics: Metrics::default(),
            turns: Turns::new(),
            helper,
            store: Store::new(&limits),
            start: Instant::now(),
            state: Mutex::new(state),
            alive,
        });
        hub.helpers_changed();
        hub
    }

    /// Looks whether there are helpers to be started, and by which key they show themselves.
    pub(crate) fn helpers_changed(&self) {
        let key = self.helper_key();
        let most = key.map_or(0, |_| self.limits.built_in_helpers);
        self.lock().rooms.set_helpers(most, key);
    }

    /// Takes a new connection in, or says why not.
    pub(crate) fn connect(self: &Arc<Self>) -> Result<(Connected, Outlet), Refusal> {
        let mut state = self.lock();
        let connected = if state.stage == Stage::Stopped {
            Err(Refusal::ShuttingDown)
        } else {
            state.rooms.connect()
        };
        let id = connected.inspect_err(|refusal| self.metrics.refused(*refusal))?;
        self.metrics.connections.add(1);
        let (outbox, outlet) = Outbox::new(&self.limits, self.store.clone());
        state.outboxes.insert(id, outbox);
        Ok((self.connected(id), outlet))
    }

    /// The key of the helpers that this relay runs.
    pub(crate) fn helper_key(&self) -> Option<PublicKey> {
        self.helper.as_ref()?.key()
    }

    /// Lets in nobody but who comes back to a room. Gives the connections that there are.
    pub(crate) fn begin_to_stop(&self) -> Vec<ConnectionId> {
        self.enter_stage(Stage::Stopping)
    }

    /// Lets in nobody. Gives the connections that there are.
    pub(crate) fn stop(&self) -> Vec<ConnectionId> {
        self.enter_stage(Stage::Stopped)
    }

    fn enter_stage(&self, stage: Stage) -> Vec<ConnectionId> {
        let mut state = self.lock();
        state.stage = stage;
        state.rooms.let_in_nobody_new();
        state.rooms.connections().collect()
    }

    /// Whether a connection is not being closed yet, and the room it is in.
    pub(crate) fn is_open(&self, connection: ConnectionId) -> (bool, Option<RoomId>) {
        let state = self.lock();
        let open = state.rooms.standing(connection) != Standing::Closed;
        (open, state.rooms.room_of(connection))
    }

    /// Closes a connection.
    pub(crate) fn close(&self, connection: ConnectionId, refusal: Refusal) {
        let mut state = self.lock();
        let actions = state.rooms.close(connection, refusal);
        self.perform(&mut state, actions);
    }

    /// How far it has come with stopping.
    pub(crate) fn stage(&self) -> Stage {
        self.lock().stage
    }

    /// Whether it was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stage() != Stage::Running
    }

    /// Waits until every connection has ended.
    pub(crate) async fn ended(&self) {
        self.alive.closed().await;
    }

    /// What there is at the moment.
    pub(crate) fn present(&self) -> Present {
        let state = self.lock();
        let helpers = state.rooms.helpers();
        Present {
            connections: state.outboxes.len().saturating_sub(helpers),
            rooms: state.rooms.rooms(),
            helpers,
            queue_bytes: self.store.used(),
            tunnels: 0,
        }
    }

    /// Whether somebody is in a room.
    pub(crate) fn has_room(&self, room: &RoomId) -> bool {
        self.lock().rooms.has(room)
    }

    /// Closes everybody in a room.
    pub(crate) fn close_room(&self, room: RoomId, refusal: Refusal) {
        let mut state = self.lock();
        let actions = state.rooms.close_room(room, refusal);
        self.perform(&mut state, actions);
    }

    /// The memory for messages is used up: closes those who have not read for a while.
    fn relieve(&self) {
        let mut state = self.lock();
        let outboxes = state.outboxes.iter();
        let stuck = outboxes.filter(|(_, outbox)| outbox.stuck_for().is_some_and(|t| t > STUCK));
        let stuck: Vec<_> = stuck.map(|(id, _)| *id).collect();
        for id in stuck {
            let actions = state.rooms.close(id, Refusal::TooSlow);
            self.perform(&mut state, actions);
        }
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

    fn perform(&self, state: &mut State, actions: Vec<Action>) -> Later {
        let mut later = Later::default();
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            match action {
                Action::Notify { to, frame } => {
                    let outbox = state.outboxes.get(&to);
                    if outbox.is_some_and(|outbox| outbox.notify(frame).is_err()) {
                        actions.extend(state.rooms.close(to, Refusal::TooSlow));
                    }
                }
                Action::Forward { to, frame } => {
                    self.metrics.frames.add(1);
                    self.metrics.bytes.add(frame.len());
                    let outbox = state.outboxes.get(&to).cloned();
                    later.messages.extend(outbox.map(|outbox| (outbox, frame)));
                }
                Action::Close {
                    connection,
                    refusal,
                } => {
                    tracing::debug!(?refusal, "closing a connection");
                    self.metrics.refused(refusal);
                    if let Some(outbox) = state.outboxes.get(&connection) {
                        outbox.close(refusal);
                    }
                }
                Action::StartHelper {
                    room,
                    connection,
                    greeting,
                } => {
                    tracing::info!("starting a helper");
                    let (outbox, outlet) = Outbox::new(&self.limits, self.store.clone());
                    state.outboxes.insert(connection, outbox);
                    later.helpers.push((room, connection, greeting, outlet));
                }
            }
        }
        later
    }
}

impl Connected {
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Takes a frame from this connection. Waits while the outbox of a recipient is full, and while
    /// this connection is to send nothing more because it sends too fast. Of two recipients neither
    /// waits for the other.
    ///
    /// # Errors
    ///
    /// [`Over`] if the connection is closed, by this frame or before: more need not be read.
    pub(crate) async fn receive(&self, frame: &[u8]) -> Result<(), Over> {
        let hub = &self.hub;
        let (later, hold_back, over) = {
            let mut state = hub.lock();
            let hold_back = self.charge(&mut state, frame.len())?;
            let rooms = state.rooms.rooms();
            let actions = state.rooms.receive(self.id, frame);
            // At most one is opened, and while one is, none is closed.
            let opened = state.rooms.rooms().saturating_sub(rooms);
            hub.metrics.rooms.add(opened);
            let later = hub.perform(&mut state, actions);
            (later, hold_back, self.is_over(&state))
        };
        for (room, id, greeting, outlet) in later.helpers {
            let connected = hub.connected(id);
            if let Some(helper) = &hub.helper {
                helper.start(seat::take(connected, outlet, room, greeting));
            }
        }
        let messages = later.messages.iter();
        let forwarded =
            messages.map(|(outbox, frame)| outbox.forward(frame.clone(), || hub.relieve()));
        join_all(forwarded).await;
        if over {
            return Err(Over);
        }
        if !hold_back.is_zero() {
            sleep(hold_back).await;
        }
        Ok(())
    }

    /// Counts a frame of this connection. Returns how long it is to send nothing more.
    ///
    /// # Errors
    ///
    /// [`Over`] if the connection is closed, before or for having sent too much.
    pub(crate) fn pace(&self, bytes: usize) -> Result<Duration, Over> {
        self.charge(&mut self.hub.lock(), bytes)
    }

    fn charge(&self, state: &mut State, bytes: usize) -> Result<Duration, Over> {
        if self.is_over(state) {
            return Err(Over);
        }
        let hub = &self.hub;
        match state.rooms.pace(hub.start.elapsed(), self.id, bytes) {
            Ok(hold_back) => {
                let held = usize::from(!hold_back.is_zero());
                hub.metrics.held_back.add(held);
                Ok(hold_back)
            }
            Err(refusal) => {
                let actions = state.rooms.close(self.id, refusal);
                hub.perform(state, actions);
                Err(Over)
            }
        }
    }

    fn is_over(&self, state: &State) -> bool {
        state.rooms.standing(self.id) == Standing::Closed
    }

    /// The room of this connection is at another relay.
    pub(crate) fn lives_elsewhere(&self) {
        self.hub.lock().rooms.lives_elsewhere(self.id);
    }

    /// Sends this connection a frame that came from another relay. Waits while its outbox is full.
    pub(crate) async fn deliver(&self, frame: Bytes) {
        let outbox = self.hub.lock().outboxes.get(&self.id).cloned();
        if let Some(outbox) = outbox {
            outbox.forward(frame, || self.hub.relieve()).await;
        }
    }

    /// Closes this connection for a reason of the socket's.
    pub(crate) fn close(&self, refusal: Refusal) {
        self.hub.close(self.id, refusal);
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
        self.hub.perform(&mut state, actions);
        tracing::debug!("a connection ended");
    }
}
