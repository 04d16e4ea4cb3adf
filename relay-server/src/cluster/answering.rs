//! What a relay does for the others.

use std::future::pending;
use std::sync::Arc;

use async_nats::{Client, Message, Subscriber};
use blindsight_session::{Refusal, RoomId};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Cluster;
use super::claims::{Claims, Held};
use super::letter::{
    Answer, Epoch, Letter, Query, RelayId, TunnelId, decode, encode, room_subject,
};
use super::tunnel::{Incoming, Tunnel};
use crate::hub::{Connected, Hub};
use crate::outbox::Outlet;
use crate::writing::{FAREWELL, Gone, Writer, write};

/// What it takes to answer for a room.
pub(super) struct Answerer {
    me: RelayId,
    client: Client,
    claims: Claims,
    hub: Arc<Hub>,
}

impl Cluster {
    pub(super) fn answerer(&self) -> Answerer {
        Answerer {
            me: self.me,
            client: self.client.clone(),
            claims: self.claims.clone(),
            hub: self.hub.clone(),
        }
    }

    /// Takes letters, in order.
    pub(super) async fn answer_letters(self: Arc<Self>, mut inbox: Subscriber) {
        while let Some(message) = inbox.next().await {
            match decode::<Letter<'_>>(&message.payload) {
                Some(Letter::Ping) => answer(&self.client, &message, encode(&self.epoch())).await,
                Some(Letter::Open {
                    tunnel,
                    epoch,
                    room,
                    join,
                }) => {
                    let answered = self.clone().enter(tunnel, epoch, room, join);
                    answer(&self.client, &message, encode(&answered)).await;
                }
                Some(Letter::Through {
                    tunnel,
                    from,
                    number,
                    body,
                }) => {
                    if let Err(broke) = self.tunnels.take(tunnel, from, number, &body) {
                        self.hub.metrics.interruptions.add(usize::from(broke));
                        let _ = self.tools.farewells.send((from, tunnel));
                    }
                }
                None => tracing::warn!("another relay writes what this one cannot read"),
            }
        }
    }

    /// Takes in a member of another relay.
    fn enter(self: Arc<Self>, id: TunnelId, epoch: Epoch, room: RoomId, join: &[u8]) -> Answer {
        let Some(held) = self.claims.hold(room) else {
            return Answer::NotHere;
        };
        let (connected, outlet) = match self.hub.connect() {
            Ok(connected) => connected,
            Err(refusal) => return Answer::Refused(refusal),
        };
        let (tunnel, incoming) = self.tools.tunnel(id, id.opener, Some(epoch));
        let join = Bytes::copy_from_slice(join);
        self.spawn(serve(connected, outlet, tunnel, incoming, join, held));
        Answer::Opened(self.epoch())
    }
}

/// Serves a member of another relay until it is gone.
async fn serve(
    connected: Connected,
    mut outlet: Outlet,
    tunnel: Tunnel,
    mut incoming: UnboundedReceiver<Incoming>,
    join: Bytes,
    held: Held,
) {
    let reading = async {
        let mut taken = connected.receive(&join).await;
        drop(held);
        while taken.is_ok() {
            let Some(Incoming::Frame(frame)) = incoming.recv().await else {
                return;
            };
            taken = connected.receive(&frame).await;
            if tunnel.taken(frame.len()).await.is_err() {
                return;
            }
        }
        // It is closed: the writer says so and ends it.
        pending().await
    };
    let mut writer = &tunnel;
    tokio::select! {
        () = reading => {}
        reason = write(&connected, &mut outlet, &mut writer) => if let Some(reason) = reason {
            let _ = timeout(FAREWELL, tunnel.close(reason)).await;
        }
    }
}

impl Writer for &Tunnel {
    async fn frame(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.send(&frame).await.map_err(|_| Gone)
    }

    /// The relay of the member asks the member, and is asked itself by [`Cluster::watch`].
    async fn ping(&mut self) -> Result<(), Gone> {
        Ok(())
    }
}

/// Answers for a room until it is given up.
pub(super) async fn answer_queries(
    answerer: Answerer,
    room: RoomId,
    mut queries: Subscriber,
    mut given_up: oneshot::Receiver<()>,
) {
    loop {
        let message = tokio::select! {
            message = queries.next() => message,
            _ = &mut given_up => return,
        };
        let Some(message) = message else { return };
        match decode(&message.payload) {
            Some(Query::Find) => answer(&answerer.client, &message, encode(&answerer.me)).await,
            Some(Query::Claim(theirs)) => {
                let Some(ours) = answerer.claims.of(&room) else {
                    return;
                };
                if theirs < ours {
                    tracing::info!("a room moves to another relay, which had it before");
                    answerer.claims.give_up(&room);
                    answerer.hub.close_room(room, Refusal::Interrupted);
                    return;
                }
                if theirs > ours {
                    let ours = encode(&Query::Claim(ours));
                    let _ = answerer.client.publish(room_subject(&room), ours).await;
                }
            }
            None => tracing::warn!("another relay asks what this one cannot read"),
        }
    }
}

async fn answer(client: &Client, question: &Message, answer: Bytes) {
    if let Some(to) = question.reply.clone() {
        // Whoever asked asks again.
        let _ = client.publish(to, answer).await;
    }
}
