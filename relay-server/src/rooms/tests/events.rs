//! The rules hold whatever happens, in whatever order.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Something that happens, to a connection chosen among the latest few.
#[derive(Clone, Debug)]
enum Event {
    Connect,
    Join(usize, RoomId, Role),
    Send(usize, u32, Vec<u8>),
    SendBoth(usize, [u32; 2], Vec<u8>),
    RequestHelper(usize),
    Remove(usize, u32),
    Bytes(usize, Vec<u8>),
    Close(usize),
    Disconnect(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let at = 0..10_usize;
    let room = select(vec![room(1), room(2), room(3)]);
    let role = select(&Role::ALL[..]);
    prop_oneof![
        3 => Just(Event::Connect),
        6 => (at.clone(), room, role).prop_map(|(at, room, role)| Event::Join(at, room, role)),
        6 => (at.clone(), 0..6_u32, vec(any::<u8>(), 0..20))
            .prop_map(|(at, to, payload)| Event::Send(at, to, payload)),
        4 => (at.clone(), [0..6_u32, 0..6_u32], vec(any::<u8>(), 0..20))
            .prop_map(|(at, to, payload)| Event::SendBoth(at, to, payload)),
        2 => at.clone().prop_map(Event::RequestHelper),
        1 => (at.clone(), 0..6_u32).prop_map(|(at, id)| Event::Remove(at, id)),
        1 => (at.clone(), vec(any::<u8>(), 0..40)).prop_map(|(at, b)| Event::Bytes(at, b)),
        1 => at.clone().prop_map(Event::Close),
        2 => at.prop_map(Event::Disconnect),
    ]
}

/// What is for one of two alone.
const PARTS: [&[u8]; 2] = [b"one", b"other"];

/// Watches from outside who is in which room, going by what the relay says alone.
#[derive(Default)]
struct Witness {
    places: BTreeMap<ConnectionId, (RoomId, MemberId)>,
    /// Member ids given out by each room since it was opened.
    given: BTreeMap<RoomId, BTreeSet<MemberId>>,
}

impl Witness {
    fn room_of(&self, connection: ConnectionId) -> Option<RoomId> {
        self.places.get(&connection).map(|&(room, _)| room)
    }

    fn leave(&mut self, connection: ConnectionId) {
        let left = self.places.remove(&connection);
        if let Some((room, _)) = left
            && !self.places.values().any(|&(other, _)| other == room)
        {
            self.given.remove(&room);
        }
    }

    fn check(
        &mut self,
        rooms: &Rooms,
        actor: ConnectionId,
        event: &Event,
        actions: &[Action],
    ) -> Result<(), TestCaseError> {
        let actors_room = self.room_of(actor);
        // What may be forwarded: to whom, and what.
        let mut sent: Vec<(MemberId, Vec<u8>)> = match event {
            Event::Send(_, id, sent) => vec![(MemberId(*id), sent.clone())],
            Event::SendBoth(_, to, sent) => {
                let parts = to.iter().zip(PARTS);
                let both = parts.map(|(id, part)| (MemberId(*id), [part, sent].concat()));
                both.collect()
            }
            _ => Vec::new(),
        };
        for action in actions {
            match action {
                Action::Notify { to, frame } => match FromRelay::decode(frame).unwrap() {
                    FromRelay::Welcome { you, .. } => {
                        let Event::Join(_, room, _) = event else {
                            return Err(TestCaseError::fail("a welcome without a join"));
                        };
                        prop_assert_eq!(*to, actor);
                        prop_assert!(self.given.entry(*room).or_default().insert(you));
                        self.places.insert(actor, (*room, you));
                    }
                    FromRelay::Refused(_) => prop_assert_eq!(*to, actor),
                    FromRelay::Joined(_) => {
                        prop_assert_eq!(self.room_of(*to), self.room_of(actor));
                        prop_assert_ne!(*to, actor);
                    }
                    FromRelay::Left(_) => {
                        let room = match event {
                            Event::Join(_, room, _) if actors_room.is_none() => Some(*room),
                            _ => actors_room,
                        };
                        prop_assert_eq!(self.room_of(*to), room);
                        let removes = matches!(event, Event::Remove(..));
                        prop_assert!(removes || *to != actor);
                    }
                    FromRelay::Pong => prop_assert_eq!(*to, actor),
                    FromRelay::Deliver { .. } => {
                        return Err(TestCaseError::fail("a message among the notices"));
                    }
                },
                Action::Forward { to, frame } => {
                    let (room, me) = self.places[&actor];
                    let (theirs, id) = self.places[to];
                    prop_assert_eq!(theirs, room);
                    let FromRelay::Deliver { from, payload } = FromRelay::decode(frame).unwrap()
                    else {
                        return Err(TestCaseError::fail("something else than a message"));
                    };
                    prop_assert_eq!(from, me);
                    let message = (id, payload.to_vec());
                    let Some(at) = sent.iter().position(|sent| *sent == message) else {
                        return Err(TestCaseError::fail("a message that nobody sent"));
                    };
                    sent.remove(at);
                }
                Action::Close { connection, .. } => {
                    prop_assert_eq!(rooms.standing(*connection), Standing::Closed);
                    self.leave(*connection);
                }
                Action::StartHelper { room, .. } => {
                    prop_assert_eq!(self.room_of(actor), Some(*room));
                }
            }
        }
        if matches!(event, Event::Disconnect(_)) {
            self.leave(actor);
        }
        let inside = self
            .places
            .values()
            .map(|&(room, _)| room)
            .collect::<BTreeSet<_>>();
        prop_assert_eq!(rooms.rooms(), inside.len());
        for connection in rooms.connections() {
            let joined = rooms.standing(connection) == Standing::Joined;
            prop_assert_eq!(joined, self.places.contains_key(&connection));
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_rules_hold(events in vec(event(), 0..200)) {
        let mut rooms = Rooms::new(limits(), None);
        let mut witness = Witness::default();
        for event in events {
            let latest = rooms.connections().collect::<Vec<_>>();
            let nth = |at: usize| latest.iter().rev().nth(at).copied();
            let (actor, actions) = match &event {
                Event::Connect => {
                    let _ = rooms.connect();
                    continue;
                }
                Event::Join(at, room, role) => {
                    let Some(actor) = nth(*at) else { continue };
                    (actor, rooms.receive(actor, &join_frame(*room, *role)))
                }
                Event::Send(at, to, payload) => {
                    let Some(actor) = nth(*at) else { continue };
                    let frame = ToRelay::Send { to: MemberId(*to), payload }.encode();
                    (actor, rooms.receive(actor, &frame))
                }
                Event::SendBoth(at, [one, other], common) => {
                    let Some(actor) = nth(*at) else { continue };
                    let to = [MemberId(*one), MemberId(*other)];
                    let [first, second] = PARTS;
                    let frame = ToRelay::SendBoth { to, first, second, common }.encode();
                    (actor, rooms.receive(actor, &frame))
                }
                Event::RequestHelper(at) => {
                    let Some(actor) = nth(*at) else { continue };
                    (actor, rooms.receive(actor, &ToRelay::RequestHelper { greeting: b"hi" }.encode()))
                }
                Event::Remove(at, id) => {
                    let Some(actor) = nth(*at) else { continue };
                    (actor, rooms.receive(actor, &ToRelay::Remove(MemberId(*id)).encode()))
                }
                Event::Bytes(at, bytes) => {
                    let Some(actor) = nth(*at) else { continue };
                    // Random bytes that happen to join or send belong to the events above.
                    if matches!(ToRelay::decode(bytes), Ok(frame) if !matches!(frame, ToRelay::RequestHelper { .. })) {
                        continue;
                    }
                    (actor, rooms.receive(actor, bytes))
                }
                Event::Close(at) => {
                    let Some(actor) = nth(*at) else { continue };
                    (actor, rooms.close(actor, Refusal::TooSlow))
                }
                Event::Disconnect(at) => {
                    let Some(actor) = nth(*at) else { continue };
                    (actor, rooms.disconnect(actor))
                }
            };
            witness.check(&rooms, actor, &event, &actions)?;
        }
    }

    #[test]
    fn frames_of_any_length_are_answered(bytes in vec(any::<u8>(), 0..3000)) {
        let (mut rooms, owner, _) = two();
        let actions = rooms.receive(owner, &bytes);
        let closes = matches!(actions[..], [Action::Close { .. }, ..]);
        prop_assert!(closes || bytes.len() <= 1000);
    }
}
