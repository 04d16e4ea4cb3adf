//! The WebSocket of a tab.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// A socket with its handlers; closing or dropping it takes them off.
pub(crate) struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Begins to connect.
    ///
    /// # Errors
    ///
    /// When the browser refuses the address.
    pub(crate) fn connect(
        url: &str,
        on_open: impl FnMut() + 'static,
        mut on_frame: impl FnMut(Vec<u8>) + 'static,
        mut on_close: impl FnMut(String) + 'static,
    ) -> Result<Self, JsError> {
        let socket = WebSocket::new(url)
            .map_err(|_| JsError::new(&format!("The browser cannot connect to {url}.")))?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let open = Closure::<dyn FnMut()>::new(on_open);
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                on_frame(Uint8Array::new(&buffer).to_vec());
            }
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            on_close(event.reason());
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            _open: open,
            _message: message,
            _close: close,
        })
    }

    /// Sends a frame. A socket that is closing drops it: its close handler tells why.
    pub(crate) fn send(&self, frame: &[u8]) {
        let _ = self.socket.send_with_u8_array(frame);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
