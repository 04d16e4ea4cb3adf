//! A tab: one role, its socket, and the way to its page.

use std::{cell::RefCell, rc::Rc};

use blindsight_member::{Note, Output, Phase, Seen};
use blindsight_parties::Consent;
use js_sys::{Function, Object, Reflect, Uint8Array};
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{Performance, WorkerGlobalScope};

use crate::{
    role::{Role, Start},
    socket::Socket,
};

/// How often a member is told that time passes, in milliseconds.
const TICK: f64 = 1000.0;

/// Frames up to this long may be for the relay itself, in bytes; longer ones hold a message.
const SHORT: usize = 100;

/// One role in a worker.
#[wasm_bindgen]
pub struct Tab {
    post: Function,
    running: Rc<RefCell<Option<Running>>>,
}

/// What the socket's handlers work on.
struct Running {
    role: Role,
    rng: StdRng,
    url: String,
    socket: Option<Socket>,
    /// When to make the next connection.
    connect_at: Option<f64>,
    ticked: f64,
    clock: Performance,
    post: Function,
    /// Whether the page wants to see what comes and goes.
    watched: bool,
    /// Whether the next message is to be altered on its way.
    tamper: bool,
    /// The page was told that it is over, and why.
    over: bool,
}

/// What the relay sees of a frame.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "relayed")]
struct Relayed {
    sent: bool,
    bytes: usize,
    /// Milliseconds of this tab's clock.
    at: f64,
}

#[wasm_bindgen]
impl Tab {
    /// A tab that hands its events to `post`.
    #[wasm_bindgen(constructor)]
    pub fn new(post: Function) -> Self {
        Self {
            post,
            running: Rc::default(),
        }
    }

    /// Starts a role: `data-owner`, `model-owner`, `helper` or, with that engine, `compute-party`. From then on [`Tab::tick`] must be
    /// called several times a second.
    ///
    /// # Errors
    ///
    /// A sentence for the person: what is wrong with the link, the file or the browser.
    pub fn start(&self, role: &str, options: JsValue) -> Result<(), JsError> {
        if self.running.borrow().is_some() {
            return Err(JsError::new(
                "This tab has started already. Reload it to start again.",
            ));
        }
        let (mut rng, clock) = (rng()?, clock()?);
        let Start { role, url } = Role::start(role, options, &mut rng)?;
        let running = Running {
            role,
            rng,
            url,
            socket: None,
            connect_at: None,
            ticked: clock.now(),
            clock,
            post: self.post.clone(),
            watched: false,
            tamper: false,
            over: false,
        };
        running.post(&Note::Phase {
            phase: Phase::Connect,
            text: "Connecting to the relay.".into(),
        });
        *self.running.borrow_mut() = Some(running);
        let connected = self.connect();
        if connected.is_err() {
            *self.running.borrow_mut() = None;
        }
        connected
    }

    /// Lets time pass: connects again when it is time to.
    ///
    /// # Errors
    ///
    /// When the browser refuses the address, which it did not before.
    pub fn tick(&self) -> Result<(), JsError> {
        let mut connect = false;
        self.with(|running| {
            let now = running.clock.now();
            if running.connect_at.is_some_and(|at| now >= at) {
                running.connect_at = None;
                connect = true;
            }
            if now - running.ticked >= TICK {
                running.ticked = now;
                let output = running.role.tick(now, &mut running.rng);
                running.put(output);
            }
        });
        if connect { self.connect() } else { Ok(()) }
    }

    /// Classifies a picture: 8-bit pixels, as many as the network takes.
    ///
    /// # Errors
    ///
    /// When this tab is no data owner.
    pub fn classify(&self, pixels: Vec<u8>) -> Result<(), JsError> {
        self.call(|running, now| running.role.classify(now, pixels, &mut running.rng))
    }

    /// Drops the pictures that wait; gives how many are under way. Of a role that classifies none
    /// it is none.
    pub fn cancel(&self) -> usize {
        let mut left = 0;
        self.with(|running| left = running.role.cancel());
        left
    }

    /// The person compared the safety words of a link: `peer` as in the link's event.
    ///
    /// # Errors
    ///
    /// When this tab is in no room.
    pub fn verify(&self, peer: &str, matches: bool) -> Result<(), JsError> {
        self.call(|running, now| {
            let rng = &mut running.rng;
            Ok(running.role.verify(now, peer, matches, rng))
        })
    }

    /// Whether a model owner is asked before each picture, or all are classified as they come.
    ///
    /// # Errors
    ///
    /// When this tab is no model owner.
    pub fn ask(&self, first: bool) -> Result<(), JsError> {
        let consent = if first {
            Consent::Asked
        } else {
            Consent::Given
        };
        self.call(|running, now| running.role.ask(now, consent))
    }

    /// A model owner allows the picture of a data owner that asks, or does not.
    ///
    /// # Errors
    ///
    /// When this tab is no model owner.
    pub fn answer(&self, guest: u32, allow: bool) -> Result<(), JsError> {
        self.call(|running, now| running.role.answer(now, guest, allow))
    }

    /// A model owner sends a data owner away.
    ///
    /// # Errors
    ///
    /// When this tab is no model owner.
    pub fn dismiss(&self, guest: u32) -> Result<(), JsError> {
        self.call(|running, now| running.role.dismiss(now, guest))
    }

    /// A model owner gives the seat of a compute party to somebody else, by its index.
    ///
    /// # Errors
    ///
    /// When this tab is no model owner.
    #[wasm_bindgen(js_name = freeSeat)]
    pub fn free_seat(&self, index: u8) -> Result<(), JsError> {
        self.call(|running, now| running.role.free_seat(now, index, &mut running.rng))
    }

    /// From now on, or no longer, hands on what comes and goes: an event `seen` for each message,
    /// `relayed` for each frame. Costs time, so it is off at first.
    pub fn watch(&self, watched: bool) {
        self.with(|running| {
            running.watched = watched;
            running.role.watch(watched);
        });
    }

    /// Alters a bit of the next message, as somebody on the way could. The other end notices and
    /// ends the link.
    pub fn tamper(&self) {
        self.with(|running| running.tamper = true);
    }

    /// Leaves the room in good order.
    pub fn stop(&self) {
        if let Some(mut running) = self.running.borrow_mut().take() {
            let output = running.role.stop();
            running.put(output);
        }
    }

    fn call(
        &self,
        call: impl FnOnce(&mut Running, f64) -> Result<Output, JsError>,
    ) -> Result<(), JsError> {
        match &mut *self.running.borrow_mut() {
            Some(running) => {
                let now = running.clock.now();
                let output = call(running, now)?;
                running.put(output);
                Ok(())
            }
            None => Err(JsError::new("This tab is in no room. Open an invitation.")),
        }
    }

    fn connect(&self) -> Result<(), JsError> {
        let Some(url) = self.running.borrow().as_ref().map(|r| r.url.clone()) else {
            return Ok(());
        };
        let socket = Socket::connect(&url, self.on_open(), self.on_frame(), self.on_close())?;
        self.with(|running| running.socket = Some(socket));
        Ok(())
    }

    fn with(&self, f: impl FnOnce(&mut Running)) {
        if let Some(running) = &mut *self.running.borrow_mut() {
            f(running);
        }
    }

    fn on_open(&self) -> impl FnMut() + 'static {
        let cell = Rc::clone(&self.running);
        move || {
            if let Some(running) = &mut *cell.borrow_mut() {
                let output = running.role.connected(running.clock.now());
                running.put(output);
            }
        }
    }

    fn on_frame(&self) -> impl FnMut(Vec<u8>) + 'static {
        let cell = Rc::clone(&self.running);
        move |frame| {
            if let Some(running) = &mut *cell.borrow_mut() {
                let now = running.clock.now();
                running.relayed(false, frame.len());
                let output = running.role.receive(now, &frame, &mut running.rng);
                running.put(output);
                let output = running.role.prepare(now);
                running.put(output);
            }
        }
    }

    fn on_close(&self) -> impl FnMut(String) + 'static {
        let cell = Rc::clone(&self.running);
        move |reason| {
            // What the relay or the peers said before says more than that the line is closed.
            if let Some(running) = cell.borrow_mut().as_mut().filter(|running| !running.over) {
                running.lost(&reason);
            }
        }
    }
}

/// A generator with a seed of the system.
pub(crate) fn rng() -> Result<StdRng, JsError> {
    StdRng::try_from_rng(&mut SysRng)
        .map_err(|_| JsError::new("This browser has no source of randomness. Use another."))
}

/// The worker's clock.
pub(crate) fn clock() -> Result<Performance, JsError> {
    js_sys::global()
        .unchecked_into::<WorkerGlobalScope>()
        .performance()
        .ok_or_else(|| JsError::new("This browser has no clock for workers. Use another."))
}

/// Whether nothing more will come after a note.
fn is_end(note: &Note) -> bool {
    matches!(
        note,
        Note::Error { fatal: true, .. }
            | Note::Phase {
                phase: Phase::Stopped,
                ..
            }
    )
}

impl Running {
    /// Sends frames first, then tells the page: the line comes before the screen.
    fn put(&mut self, mut output: Output) {
        if self.tamper
            && let Some(frame) = output.frames.iter_mut().find(|frame| frame.len() > SHORT)
            && let Some(byte) = frame.last_mut()
        {
            // Part of the encrypted message.
            *byte ^= 1;
            self.tamper = false;
        }
        if let Some(socket) = &self.socket {
            output.frames.iter().for_each(|frame| socket.send(frame));
        }
        for frame in &output.frames {
            self.relayed(true, frame.len());
        }
        for seen in &output.seen {
            self.post_seen(seen);
        }
        for note in &output.notes {
            self.over |= is_end(note);
            self.post(note);
        }
        if let Some(secret) = &output.keep {
            self.post_secret(secret);
        }
        // A tab that is of no more use gives up its place in the room.
        if self.over || self.role.is_over() {
            self.socket = None;
        } else if output.hang_up {
            self.lost("");
        }
    }

    /// The connection is lost: makes another in a while, unless the relay never let us in.
    fn lost(&mut self, reason: &str) {
        self.socket = None;
        let now = self.clock.now();
        let output = self.role.disconnected(now, &mut self.rng);
        self.connect_at = output.reconnect_in.map(|wait| now + wait);
        self.put(output);
        if self.connect_at.is_none() && !self.over {
            let text = if reason.is_empty() {
                "The relay cannot be reached. Check your network and open the link again.".into()
            } else {
                format!("The relay closed the connection: {reason}. Open the link again.")
            };
            self.over = true;
            self.post(&Note::Error { text, fatal: true });
        }
    }

    fn post(&self, note: &Note) {
        self.post_event(note);
    }

    fn post_event(&self, event: &impl Serialize) {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        if let Ok(event) = event.serialize(&serializer) {
            let _ = self.post.call1(&JsValue::NULL, &event);
        }
    }

    /// Tells of a frame, if the page wants it.
    fn relayed(&self, sent: bool, bytes: usize) {
        if self.watched {
            let at = self.clock.now();
            self.post_event(&Relayed { sent, bytes, at });
        }
    }

    /// A message for the page to show.
    fn post_seen(&self, seen: &Seen) {
        let serializer = serde_wasm_bindgen::Serializer::new();
        if let Ok(event) = seen.serialize(&serializer) {
            let _ = Reflect::set(&event, &"kind".into(), &"seen".into());
            let _ = self.post.call1(&JsValue::NULL, &event);
        }
    }

    /// A secret for the page to keep: an event of its own, so that no note ever holds one.
    fn post_secret(&self, secret: &[u8]) {
        let event = Object::new();
        let bytes = Uint8Array::from(secret);
        let set = |key: &str, value: &JsValue| Reflect::set(&event, &key.into(), value);
        if set("kind", &"keep".into()).is_ok() && set("bytes", &bytes).is_ok() {
            let _ = self.post.call1(&JsValue::NULL, &event);
        }
    }
}
