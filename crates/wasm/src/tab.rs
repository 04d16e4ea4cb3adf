//! A tab: one role, its socket, and the way to its page.

use std::{cell::RefCell, rc::Rc};

use blindsight_member::{Note, Output, Phase};
use js_sys::Function;
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{Performance, WorkerGlobalScope};

use crate::{
    role::{Role, Start},
    socket::Socket,
};

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
    socket: Option<Socket>,
    /// Frames for when the socket is open.
    waiting: Vec<Vec<u8>>,
    clock: Performance,
    post: Function,
    /// The page was told that it is over, and why.
    over: bool,
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

    /// Starts a role: `data-owner`, `model-owner` or `helper`.
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
        let mut rng = StdRng::try_from_rng(&mut SysRng)
            .map_err(|_| JsError::new("This browser has no source of randomness. Use another."))?;
        let clock = js_sys::global()
            .unchecked_into::<WorkerGlobalScope>()
            .performance()
            .ok_or_else(|| JsError::new("This browser has no clock for workers. Use another."))?;
        let Start { role, url, frame } = Role::start(role, options, &mut rng)?;
        let running = Running {
            role,
            rng,
            socket: None,
            waiting: vec![frame],
            clock,
            post: self.post.clone(),
            over: false,
        };
        running.post(&Note::Phase {
            phase: Phase::Connect,
            text: "Connecting to the relay.".into(),
        });
        *self.running.borrow_mut() = Some(running);
        match Socket::connect(&url, self.on_open(), self.on_frame(), self.on_close()) {
            Ok(socket) => {
                self.with(|running| running.socket = Some(socket));
                Ok(())
            }
            Err(error) => {
                *self.running.borrow_mut() = None;
                Err(error)
            }
        }
    }

    /// Classifies a picture: 8-bit pixels, as many as the network takes.
    ///
    /// # Errors
    ///
    /// When this tab is no data owner.
    pub fn classify(&self, pixels: Vec<u8>) -> Result<(), JsError> {
        match &mut *self.running.borrow_mut() {
            Some(running) => {
                let output = running.role.classify(running.clock.now(), pixels)?;
                running.put(output);
                Ok(())
            }
            None => Err(JsError::new("This tab is in no room. Open an invitation.")),
        }
    }

    /// Leaves the room in good order.
    pub fn stop(&self) {
        if let Some(mut running) = self.running.borrow_mut().take() {
            let output = running.role.stop();
            running.put(output);
        }
    }

    fn with(&self, f: impl FnOnce(&mut Running)) {
        if let Some(running) = &mut *self.running.borrow_mut() {
            f(running);
        }
    }

    fn on_open(&self) -> impl FnMut() + 'static {
        let cell = Rc::clone(&self.running);
        move || {
            if let Some(running) = &mut *cell.borrow_mut()
                && let Some(socket) = &running.socket
            {
                for frame in running.waiting.drain(..) {
                    socket.send(&frame);
                }
            }
        }
    }

    fn on_frame(&self) -> impl FnMut(Vec<u8>) + 'static {
        let cell = Rc::clone(&self.running);
        move |frame| {
            if let Some(running) = &mut *cell.borrow_mut() {
                let now = running.clock.now();
                let output = running.role.receive(now, &frame, &mut running.rng);
                running.put(output);
                let output = running.role.prepare();
                running.put(output);
            }
        }
    }

    fn on_close(&self) -> impl FnMut(String) + 'static {
        let cell = Rc::clone(&self.running);
        move |reason| {
            // What the relay or the peers said before says more than that the line is closed.
            if let Some(running) = cell.borrow_mut().as_mut().filter(|running| !running.over) {
                let text = if reason.is_empty() {
                    "The connection to the relay was lost. Check your network and open the link \
                     again."
                        .into()
                } else {
                    format!("The relay closed the connection: {reason}. Open the link again.")
                };
                running.over = true;
                running.post(&Note::Error { text, fatal: true });
            }
        }
    }
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
    fn put(&mut self, output: Output) {
        match &self.socket {
            Some(socket) => output.frames.iter().for_each(|frame| socket.send(frame)),
            None => self.waiting.extend(output.frames),
        }
        for note in &output.notes {
            self.over |= is_end(note);
            self.post(note);
        }
        // A tab that is of no more use gives up its place in the room.
        if self.over {
            self.socket = None;
        }
    }

    fn post(&self, note: &Note) {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        if let Ok(event) = note.serialize(&serializer) {
            let _ = self.post.call1(&JsValue::NULL, &event);
        }
    }
}
