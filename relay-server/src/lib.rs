//! Rooms and forwarding between the members of a computation; serves the site.
//!
//! A relay keeps no state beyond the connections that are open: a room exists while somebody is in
//! it. It forwards messages without looking into them, and it writes down neither addresses nor
//! room ids.
//!
//! - [`rooms`]: who is in which room and what each frame leads to, as a pure state machine;
//! - [`limits`]: how much of everything, and how long;
//! - [`config`]: what else a relay can be told;
//! - [`helper`]: how a helper inside the relay's process takes its seat;
//! - [`outside`]: helpers that run elsewhere and dial in;
//! - [`serve`]: the sockets, the site, `/health` and `/metrics`, until told to stop.
//!
//! ```
//! use relay_server::{Config, listen, serve};
//!
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! let listener = listen("127.0.0.1:0").await?;
//! println!("the relay is at http://{}/", listener.local_addr()?);
//! let stop = async { /* until a signal arrives */ };
//! serve(listener, Config::default(), None, stop).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod config;
pub mod error;
pub mod helper;
pub mod limits;
pub mod outside;
pub mod rooms;
pub mod tls;

mod addresses;
mod cluster;
mod forwarded;
mod hub;
mod metrics;
mod outbox;
mod rate;
mod routes;
mod seat;
mod server;
mod site;
mod slices;
mod socket;
mod threaded_helper;
mod turns;
mod writing;

pub use cluster::nats_servers;
pub use config::Config;
pub use error::RelayError;
pub use helper::{BuiltInHelper, Greeting, HelperSeat};
pub use limits::Limits;
pub use rooms::{Action, ConnectionId, Rooms, Standing};
pub use server::{listen, serve};
pub use threaded_helper::ThreadedHelper;
pub use tls::Tls;
