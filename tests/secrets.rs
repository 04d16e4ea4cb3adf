//! Nothing that is logged holds a secret: a whole inference over real sockets, with every log there
//! is, by members whose generators remember what they gave.

use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use blindsight_member::{
    DataOwnerMember, HelperChoice, HelperMember, HostOptions, Member, ModelOwnerMember, Note, Part,
};
use blindsight_parties::Hosting;
use blindsight_session::{FromRelay, Invitation, RelayOrigin, Site, ToRelay};
use blindsight_tests::house::bundled;
use blindsight_tests::recorder::Recorder;
use blindsight_tests::secrets::forms;
use futures_util::{SinkExt as _, StreamExt as _};
use relay_server::{Config, listen, serve};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use zeroize::Zeroizing;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut logs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logs.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A member, and what its generator gave.
struct Seat<P> {
    member: Member<P>,
    rng: Recorder,
    /// Where its notes go.
    notes: mpsc::UnboundedSender<Note>,
    over: watch::Receiver<bool>,
}

impl<P: Part> Seat<P> {
    /// Plays the member's role until it is over. Gives what its generator gave.
    async fn play(mut self, url: String) -> Result<Recorder> {
        let (mut socket, _) = connect_async(url).await?;
        let mut now = 0.0;
        let mut output = self.member.connected(now);
        loop {
            for frame in output.frames {
                let shown = ToRelay::decode(&frame).ok();
                show("sends", &shown);
                socket.send(Message::Binary(frame.into())).await?;
            }
            for note in output.notes {
                show("is told", &note);
                // Nobody may be listening.
                let _ = self.notes.send(note);
            }
            let frame = tokio::select! {
                frame = socket.next() => frame.context("the relay is gone")??,
                _ = self.over.wait_for(|over| *over) => return Ok(self.rng),
            };
            let frame = frame.into_data();
            show("gets", &FromRelay::decode(&frame).ok());
            now += 1.0;
            output = self.member.receive(now, &frame, &mut self.rng);
        }
    }
}

/// Whatever can be shown is logged.
fn show(what: &str, value: &impl Debug) {
    tracing::trace!("{what} {value:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_holds_anything_that_was_drawn() -> Result<()> {
    let logs = Logs::default();
    let writer = logs.clone();
    tracing_subscriber::fmt()
        // As the programs do: frames are not logged.
        .with_env_filter("trace,tungstenite=debug")
        .with_writer(move || writer.clone())
        .init();
    let listener = listen("127.0.0.1:0").await?;
    let relay = RelayOrigin::parse(&format!("ws://{}", listener.local_addr()?))?;
    let url = relay.socket_url();
    let config = Config::default();
    let server = tokio::spawn(serve(listener, config, None, std::future::pending()));

    let (network, integers) = bundled("mnist-mlp")?;
    let hosting = Hosting::new(Arc::clone(&integers), &network.name, &network.labels)?;
    let options = HostOptions {
        site: Site::of_relay(relay.clone()),
        relay,
        helper: HelperChoice::Invite,
        uses: Some(1),
        budget: 10,
        remember: true,
    };
    let (over, is_over) = watch::channel(false);
    let (notes, mut hosts) = mpsc::unbounded_channel();
    let mut rng = Recorder::new(1);
    let member = ModelOwnerMember::open(options, hosting, None, &mut rng)?;
    let seat = Seat {
        member,
        rng,
        notes,
        over: is_over.clone(),
    };
    let host = tokio::spawn(seat.play(url.clone()));
    let (guest, helper) = loop {
        let note = hosts.recv().await.context("the room did not open")?;
        if let Note::Hosting {
            data_owner_invite,
            helper_invite,
            ..
        } = note
        {
            break (data_owner_invite, helper_invite);
        }
    };
    let (guest, helper) = (
        Invitation::parse(guest.as_str())?,
        Invitation::parse(helper.as_str())?,
    );
    show("invited", &(&guest, &helper));

    let (notes, _ignored) = mpsc::unbounded_channel();
    let mut rng = Recorder::new(2);
    let member = HelperMember::join(&helper, None, &mut rng);
    let seat = Seat {
        member,
        rng,
        notes,
        over: is_over.clone(),
    };
    let helper = tokio::spawn(seat.play(url.clone()));

    let (notes, mut results) = mpsc::unbounded_channel();
    let mut rng = Recorder::new(3);
    let picture: Vec<u8> = (0..784).map(|at| ((at * 7) % 251) as u8).collect();
    let mut member = DataOwnerMember::join(&guest, None, 2, &mut rng);
    member.classify(0.0, Zeroizing::new(picture.clone()), &mut rng);
    let seat = Seat {
        member,
        rng,
        notes,
        over: is_over,
    };
    let guest = tokio::spawn(seat.play(url));
    loop {
        let note = results.recv().await.context("no result")?;
        if let Note::Result { .. } = note {
            break;
        }
        ensure!(!matches!(note, Note::Error { .. }), "{note:?}");
    }
    over.send(true)?;
    let generators = [host.await??, helper.await??, guest.await??];
    // The relay speaks of a connection when it has ended, which may be after its members know.
    let spoke = || {
        let logs = logs.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&logs).contains("relay_server")
    };
    for _ in 0..500 {
        if spoke() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.abort();

    let logs = logs.0.lock().unwrap_or_else(PoisonError::into_inner);
    let logs = String::from_utf8_lossy(&logs);
    for expected in ["relay_server", "tungstenite", "is told", "gets", "sends"] {
        ensure!(logs.contains(expected), "nothing of {expected} was logged");
    }
    let mut looked_for = 0;
    for secret in generators.iter().flat_map(Recorder::drawn) {
        for form in forms(secret) {
            ensure!(!logs.contains(&form), "a log holds {form}");
            looked_for += 1;
        }
    }
    // Identities, contributions, seeds of handshakes, parts of safety words, secrets, names.
    ensure!(looked_for > 100, "only {looked_for} things were looked for");
    for row in picture.chunks(28) {
        for form in forms(row) {
            ensure!(!logs.contains(&form), "a log holds a row of the picture");
        }
    }
    Ok(())
}
