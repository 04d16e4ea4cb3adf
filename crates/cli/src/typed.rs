//! What the person in front of the program types.

use std::io::{self, BufRead as _};
use std::thread;

use tokio::sync::mpsc::{self, UnboundedReceiver};

/// The lines of standard input, if they are read.
pub struct Typed(Option<UnboundedReceiver<String>>);

impl Typed {
    /// Reads standard input, if it is to.
    pub fn new(on: bool) -> Self {
        Self(on.then(lines))
    }

    /// The next line; none will ever come if standard input has ended or is not read.
    pub async fn line(&mut self) -> String {
        if let Some(lines) = &mut self.0
            && let Some(line) = lines.recv().await
        {
            return line;
        }
        std::future::pending().await
    }
}

/// The thread that reads the lines ends with the program.
fn lines() -> UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
