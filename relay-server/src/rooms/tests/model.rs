//! A second, simple account of the rooms, and both agree on every action.
//!
//! The model keeps one flat list of people and looks everything up by walking it. It is written
//! from `docs/relay-protocol.md` alone; each rule names the heading it comes from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[derive(Clone, Debug)]
struct Person {
    connection: ConnectionId,
    /// The room, the seat there and what shows whose it is, once they joined.
    seat: Option<(RoomId, Member, PlaceKey)>,
    closed: bool,
    /// The room that a helper of the relay's own was started for.
    built_in: Option<RoomId>,
}

/// Everybody, in the order in which they came; and for each room the next member id and the order
/// of the seats.
struct Model {
    limits: Limits,
    people: Vec<Person>,
    /// Connections in the order in which they took their seats.
    seated: Vec<ConnectionId>,
    next_member: BTreeMap<RoomId, u32>,
    stopping: bool,
    /// Who ever held a seat in a room that there still is.
    known: Vec<(RoomId, Role, PlaceKey)>,
}

impl Model {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            people: Vec::new(),
            seated: Vec::new(),
            next_member: BTreeMap::new(),
            stopping: false,
            known: Vec::new(),
        }
    }

    fn person(&mut self, connection: ConnectionId) -> &mut Person {
        let mut people = self.people.iter_mut();
        people.find(|p| p.connection == connection).unwrap()
    }

    /// Those in a room, in the order in which they came.
    fn inside(&self, room: RoomId) -> Vec<(ConnectionId, Member, PlaceKey)> {
        let seat = |&connection: &ConnectionId| {
            let person = self.people.iter().find(|p| p.connection == connection)?;
            let (theirs, member, place) = person.seat.clone()?;
            (theirs == room).then_some((connection, member, place))
        };
        self.seated.iter().filter_map(seat).collect()
    }

    fn tell_all(&self, room: RoomId, frame: &FromRelay<'_>) -> Vec<Action> {
        let all = self.inside(room).into_iter();
        all.map(|(to, ..)| notify(to, frame)).collect()
    }

    /// Heading "Leaving", and "Rooms" for when a room is gone.
    fn stand_up(&mut self, connection: ConnectionId) -> Vec<Action> {
        let Some((room, member, _)) = self.person(connection).seat.take() else {
            return Vec::new();
        };
        self.seated.retain(|other| *other != connection);
        let mut actions = self.tell_all(room, &FromRelay::Left(member.id));
        let left = self.inside(room);
        let people = left.iter().map(|(connection, ..)| *connection);
        let people = people.collect::<Vec<_>>();
        if people.iter().all(|c| self.person(*c).built_in.is_some()) {
            for connection in people {
                actions.extend(closed(connection, Refusal::RoomClosed));
                let person = self.person(connection);
                (person.seat, person.closed) = (None, true);
                self.seated.retain(|other| *other != connection);
            }
            self.next_member.remove(&room);
            self.known.retain(|(theirs, ..)| *theirs != room);
        }
        actions
    }

    /// Heading "Close codes and reasons": the reason first, then those who are left hear of it.
    fn close(&mut self, connection: ConnectionId, refusal: Refusal) -> Vec<Action> {
        if std::mem::replace(&mut self.person(connection).closed, true) {
            return Vec::new();
        }
        let mut actions = closed(connection, refusal);
        actions.extend(self.stand_up(connection));
        actions
    }

    fn disconnect(&mut self, connection: ConnectionId) -> Vec<Action> {
        let actions = self.stand_up(connection);
        self.people.retain(|p| p.connection != connection);
        actions
    }

    /// Heading "Joining".
    fn join(
        &mut self,
        from: ConnectionId,
        room: RoomId,
        role: Role,
        place: &PlaceKey,
    ) -> Vec<Action> {
        let person = self.person(from).clone();
        if person.closed {
            return Vec::new();
        }
        if person.seat.is_some() {
            return self.close(from, Refusal::AlreadyJoined);
        }
        if role == Role::ModelOwner && place.room() != room {
            return self.close(from, Refusal::NotYourRoom);
        }
        // Heading "Stopping".
        let before = (room, role, place.clone());
        let own_helper = person.built_in == Some(room);
        if self.stopping && !own_helper && !self.known.contains(&before) {
            return self.close(from, Refusal::ShuttingDown);
        }
        let same =
            |(_, member, theirs): &&(_, Member, PlaceKey)| member.role == role && theirs == place;
        let older = self.inside(room).iter().find(same).map(|seat| seat.0);
        let mut actions = Vec::new();
        if let Some(older) = older {
            actions.extend(self.close(older, Refusal::Replaced));
        }
        let others = self.inside(room);
        let taken = others.iter().any(|(_, member, _)| member.role == role);
        let refusal = if others.is_empty() && role != Role::ModelOwner {
            Some(Refusal::RoomNotFound)
        } else if others.is_empty() && self.next_member.len() >= self.limits.rooms {
            Some(Refusal::RelayFull)
        } else if taken && matches!(role, Role::ModelOwner | Role::Helper) {
            Some(Refusal::RoleTaken(role))
        } else if others.len() >= self.limits.members_per_room {
            Some(Refusal::RoomFull)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            actions.extend(self.close(from, refusal));
            return actions;
        }
        let next = self.next_member.entry(room).or_default();
        let me = Member {
            id: MemberId(*next),
            role,
        };
        *next += 1;
        let members = others.iter().map(|(_, member, _)| *member).collect();
        let helper = None;
        let welcome = FromRelay::Welcome {
            you: me.id,
            members,
            helper,
        };
        actions.push(notify(from, &welcome));
        actions.extend(self.tell_all(room, &FromRelay::Joined(me)));
        self.person(from).seat = Some((room, me, place.clone()));
        self.known.push(before);
        self.seated.push(from);
        actions
    }

    /// What a member may ask for once inside: headings "Messages", "Removing" and "Helpers of the
    /// relay's own". A helper that is to start is given the connection `next`.
    fn ask(&mut self, from: ConnectionId, ask: &ToRelay<'_>, next: ConnectionId) -> Vec<Action> {
        let person = self.person(from).clone();
        if person.closed {
            return Vec::new();
        }
        let Some((room, me, _)) = person.seat else {
            return self.close(from, Refusal::NotJoined);
        };
        let no = |refusal| vec![notify(from, &FromRelay::Refused(refusal))];
        let owner = me.role == Role::ModelOwner;
        let inside = self.inside(room);
        let whom = |id: MemberId| {
            let found = inside.iter().find(|(_, member, _)| member.id == id);
            found.map(|(connection, ..)| *connection)
        };
        match *ask {
            ToRelay::Ping => vec![notify(from, &FromRelay::Pong)],
            ToRelay::Send { to, payload } => match whom(to) {
                Some(to) => {
                    let from = me.id;
                    let frame = FromRelay::Deliver { from, payload }.encode().into();
                    vec![Action::Forward { to, frame }]
                }
                None => no(Refusal::UnknownRecipient(to)),
            },
            ToRelay::SendBoth {
                to,
                first,
                second,
                common,
            } => {
                let payloads = [[first, common].concat(), [second, common].concat()];
                let sends = to.into_iter().zip(&payloads);
                let sends = sends.map(|(to, payload)| ToRelay::Send { to, payload });
                sends.flat_map(|send| self.ask(from, &send, next)).collect()
            }
            ToRelay::Remove(_) | ToRelay::RequestHelper { .. } if !owner => {
                no(Refusal::NotModelOwner)
            }
            ToRelay::Remove(id) => match whom(id) {
                Some(connection) if id != me.id => self.close(connection, Refusal::Removed),
                _ => Vec::new(),
            },
            ToRelay::RequestHelper { greeting } => {
                let own = |p: &&Person| p.built_in.is_some();
                let starting =
                    |p: &Person| p.built_in == Some(room) && p.seat.is_none() && !p.closed;
                if inside
                    .iter()
                    .any(|(_, member, _)| member.role == Role::Helper)
                    || self.people.iter().any(starting)
                {
                    return no(Refusal::RoleTaken(Role::Helper));
                }
                if self.people.iter().filter(own).count() >= self.limits.built_in_helpers {
                    return no(Refusal::HelpersBusy);
                }
                self.people.push(Person {
                    connection: next,
                    seat: None,
                    closed: false,
                    built_in: Some(room),
                });
                let (connection, greeting) = (next, Greeting::new(greeting));
                vec![Action::StartHelper {
                    room,
                    connection,
                    greeting,
                }]
            }
            ToRelay::Join { .. } => unreachable!("joins are asked for elsewhere"),
        }
    }
}

/// Something that happens. Places are few, so that some are taken up again.
#[derive(Clone, Debug)]
enum Event {
    Connect,
    Join(usize, u8, Role, u8),
    Send(usize, u32),
    SendBoth(usize, [u32; 2]),
    RequestHelper(usize),
    Remove(usize, u32),
    Ping(usize),
    Nonsense(usize),
    Close(usize),
    Disconnect(usize),
    Stop,
}

fn event() -> impl Strategy<Value = Event> {
    let at = || 0..10_usize;
    prop_oneof![
        4 => Just(Event::Connect),
        8 => (at(), 1..4_u8, select(&Role::ALL[..]), 1..8_u8)
            .prop_map(|(at, room, role, place)| Event::Join(at, room, role, place)),
        4 => (at(), 0..8_u32).prop_map(|(at, to)| Event::Send(at, to)),
        3 => (at(), [0..8_u32, 0..8_u32]).prop_map(|(at, to)| Event::SendBoth(at, to)),
        2 => at().prop_map(Event::RequestHelper),
        2 => (at(), 0..8_u32).prop_map(|(at, id)| Event::Remove(at, id)),
        1 => at().prop_map(Event::Ping),
        1 => at().prop_map(Event::Nonsense),
        1 => at().prop_map(Event::Close),
        2 => at().prop_map(Event::Disconnect),
        // Most of the time the relay runs.
        1 => Just(Event::Stop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_rooms_do_what_the_model_does(events in vec(event(), 0..120)) {
        let mut rooms = Rooms::new(limits(), None);
        let mut model = Model::new(limits());
        for event in events {
            // Nobody is named twice, so the next name follows the latest.
            let next = ConnectionId(rooms.next);
            let people = rooms.connections().collect::<Vec<_>>();
            let nth = |at: usize| people.iter().rev().nth(at).copied();
            let (expected, actions) = match event {
                Event::Connect => {
                    let guests = model.people.iter().filter(|p| p.built_in.is_none()).count();
                    let expected = if guests < limits().connections {
                        Ok(next)
                    } else {
                        Err(Refusal::RelayFull)
                    };
                    prop_assert_eq!(rooms.connect(), expected);
                    if let Ok(connection) = expected {
                        let (seat, closed, built_in) = (None, false, None);
                        model.people.push(Person { connection, seat, closed, built_in });
                    }
                    continue;
                }
                Event::Join(at, number, role, place) => {
                    let Some(from) = nth(at) else { continue };
                    // Most model owners hold the key of the room that they ask for.
                    let place = match role {
                        Role::ModelOwner if place < 7 => host_place(number),
                        _ => PlaceKey::from_bytes([place; 16]),
                    };
                    let frame = join_frame_at(room(number), role, place.clone());
                    (model.join(from, room(number), role, &place), rooms.receive(from, &frame))
                }
                Event::Stop => {
                    model.stopping = true;
                    rooms.let_in_nobody_new();
                    continue;
                }
                Event::Nonsense(at) => {
                    let Some(from) = nth(at) else { continue };
                    (model.close(from, Refusal::MalformedFrame), rooms.receive(from, &[77, 1]))
                }
                Event::Close(at) => {
                    let Some(from) = nth(at) else { continue };
                    (model.close(from, Refusal::TooSlow), rooms.close(from, Refusal::TooSlow))
                }
                Event::Disconnect(at) => {
                    let Some(from) = nth(at) else { continue };
                    (model.disconnect(from), rooms.disconnect(from))
                }
                Event::Send(at, _)
                | Event::SendBoth(at, _)
                | Event::RequestHelper(at)
                | Event::Remove(at, _)
                | Event::Ping(at) => {
                    let Some(from) = nth(at) else { continue };
                    let ask = match event {
                        Event::Send(_, to) => ToRelay::Send { to: MemberId(to), payload: b"pay" },
                        Event::SendBoth(_, to) => ToRelay::SendBoth {
                            to: to.map(MemberId),
                            first: b"one",
                            second: b"",
                            common: b"pay",
                        },
                        Event::Remove(_, id) => ToRelay::Remove(MemberId(id)),
                        Event::Ping(_) => ToRelay::Ping,
                        _ => ToRelay::RequestHelper { greeting: b"hi" },
                    };
                    (model.ask(from, &ask, next), rooms.receive(from, &ask.encode()))
                }
            };
            prop_assert_eq!(actions, expected);
            prop_assert_eq!(rooms.rooms(), model.next_member.len());
            let names = model.people.iter().map(|p| p.connection);
            prop_assert_eq!(rooms.connections().collect::<Vec<_>>(), names.collect::<Vec<_>>());
            for person in &model.people {
                let standing = match (person.closed, &person.seat) {
                    (true, _) => Standing::Closed,
                    (false, Some(_)) => Standing::Joined,
                    (false, None) => Standing::Waiting,
                };
                prop_assert_eq!(rooms.standing(person.connection), standing);
            }
        }
    }
}
