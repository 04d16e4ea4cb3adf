use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

mod events;
mod model;
mod stopping;

/// The rooms of these tests: each belongs to a model owner with a key of its own.
fn room(number: u8) -> RoomId {
    host_place(number).room()
}

fn host_place(number: u8) -> PlaceKey {
    PlaceKey::from_bytes([number; 16])
}

/// A place key that nobody else has.
fn new_place() -> PlaceKey {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    PlaceKey::from_bytes(u128::from(number).to_le_bytes())
}

fn limits() -> Limits {
    Limits {
        rooms: 2,
        connections: 8,
        members_per_room: 4,
        frame_bytes: 1000,
        built_in_helpers: 1,
        ..Limits::DEFAULT
    }
}

fn join_frame(id: RoomId, role: Role) -> Vec<u8> {
    let own = (1..=9).find(|&number| room(number) == id).map(host_place);
    let place = match role {
        Role::ModelOwner => own.unwrap_or_else(new_place),
        _ => new_place(),
    };
    join_frame_at(id, role, place)
}

fn join_frame_at(room: RoomId, role: Role, place: PlaceKey) -> Vec<u8> {
    ToRelay::Join {
        version: PROTOCOL_VERSION,
        room,
        role,
        place,
    }
    .encode()
}

/// Connects and joins, and returns what that led to.
fn join(rooms: &mut Rooms, room: RoomId, role: Role) -> (ConnectionId, Vec<Action>) {
    let connection = rooms.connect().unwrap();
    let actions = rooms.receive(connection, &join_frame(room, role));
    (connection, actions)
}

/// A room with a model owner (member 0) and a data owner (member 1).
fn two() -> (Rooms, ConnectionId, ConnectionId) {
    let mut rooms = Rooms::new(limits(), None);
    let (owner, _) = join(&mut rooms, room(1), Role::ModelOwner);
    let (guest, _) = join(&mut rooms, room(1), Role::DataOwner);
    (rooms, owner, guest)
}

fn told(to: ConnectionId, frame: FromRelay<'_>) -> Action {
    notify(to, &frame)
}

fn closed(connection: ConnectionId, refusal: Refusal) -> Vec<Action> {
    vec![Action::Close {
        connection,
        refusal,
    }]
}

fn member(id: u32, role: Role) -> Member {
    Member {
        id: MemberId(id),
        role,
    }
}

#[test]
fn a_model_owner_opens_a_room_and_others_come_in() {
    let mut rooms = Rooms::new(limits(), None);
    let (owner, actions) = join(&mut rooms, room(1), Role::ModelOwner);
    let welcome = FromRelay::Welcome {
        you: MemberId(0),
        members: vec![],
        helper: None,
    };
    assert_eq!(actions, [told(owner, welcome)]);

    let (guest, actions) = join(&mut rooms, room(1), Role::DataOwner);
    let members = vec![member(0, Role::ModelOwner)];
    let welcome = FromRelay::Welcome {
        you: MemberId(1),
        members,
        helper: None,
    };
    let joined = FromRelay::Joined(member(1, Role::DataOwner));
    assert_eq!(actions, [told(guest, welcome), told(owner, joined)]);
    assert_eq!(rooms.standing(guest), Standing::Joined);
}

#[test]
fn nobody_else_opens_a_room() {
    let mut rooms = Rooms::new(limits(), None);
    for role in [Role::DataOwner, Role::Helper] {
        let (guest, actions) = join(&mut rooms, room(1), role);
        assert_eq!(actions, closed(guest, Refusal::RoomNotFound));
        assert_eq!(rooms.standing(guest), Standing::Closed);
    }
    assert_eq!(rooms.rooms(), 0);
}

#[test]
fn a_second_owner_or_helper_is_refused_and_nobody_is_disturbed() {
    let (mut rooms, owner, guest) = two();
    join(&mut rooms, room(1), Role::Helper);
    for (role, refusal) in [
        (Role::ModelOwner, Refusal::NotYourRoom),
        (Role::Helper, Refusal::RoleTaken(Role::Helper)),
    ] {
        let late = rooms.connect().unwrap();
        let frame = join_frame_at(room(1), role, new_place());
        assert_eq!(rooms.receive(late, &frame), closed(late, refusal));
        assert_eq!(rooms.disconnect(late), []);
    }
    let send = ToRelay::Send {
        to: MemberId(1),
        payload: b"still here",
    }
    .encode();
    let deliver = FromRelay::Deliver {
        from: MemberId(0),
        payload: b"still here",
    };
    let forward = Action::Forward {
        to: guest,
        frame: deliver.encode().into(),
    };
    assert_eq!(rooms.receive(owner, &send), [forward]);
}

#[test]
fn messages_stay_in_their_room() {
    let (mut rooms, owner, _) = two();
    let (stranger, _) = join(&mut rooms, room(2), Role::ModelOwner);
    let send = ToRelay::Send {
        to: MemberId(1),
        payload: b"x",
    }
    .encode();
    let unknown = FromRelay::Refused(Refusal::UnknownRecipient(MemberId(1)));
    assert_eq!(rooms.receive(stranger, &send), [told(stranger, unknown)]);
    let actions = rooms.receive(owner, &send);
    assert!(matches!(actions[..], [Action::Forward { .. }]));
}

/// `docs/relay-protocol.md`, "Messages to others": one frame for two is two sends.
#[test]
fn a_frame_for_two_is_a_message_to_each_of_them() {
    let (mut rooms, owner, guest) = two();
    let (helper, _) = join(&mut rooms, room(1), Role::Helper);
    let frame = ToRelay::SendBoth {
        to: [MemberId(1), MemberId(0)],
        first: b"guest ",
        second: b"owner ",
        common: b"and both",
    }
    .encode();
    let forward = |to, payload: &[u8]| {
        let from = MemberId(2);
        let deliver = FromRelay::Deliver { from, payload };
        let frame = deliver.encode().into();
        Action::Forward { to, frame }
    };
    let expected = [
        forward(guest, b"guest and both"),
        forward(owner, b"owner and both"),
    ];
    assert_eq!(rooms.receive(helper, &frame), expected);

    // One of the two is gone: the other gets its message all the same.
    rooms.disconnect(guest);
    let unknown = FromRelay::Refused(Refusal::UnknownRecipient(MemberId(1)));
    let expected = [told(helper, unknown), forward(owner, b"owner and both")];
    assert_eq!(rooms.receive(helper, &frame), expected);
}

#[test]
fn a_frame_for_two_comes_from_somebody_inside_and_is_no_longer_than_others() {
    let (mut rooms, owner, _) = two();
    let both = |common: &[u8]| {
        let to = [MemberId(0), MemberId(1)];
        let (first, second) = (&[][..], &[][..]);
        let frame = ToRelay::SendBoth {
            to,
            first,
            second,
            common,
        };
        frame.encode()
    };
    let stranger = rooms.connect().unwrap();
    let refused = closed(stranger, Refusal::NotJoined);
    assert_eq!(rooms.receive(stranger, &both(b"hello")), refused);
    let long = vec![0; 1000];
    let actions = rooms.receive(owner, &both(&long));
    let refused = closed(owner, Refusal::FrameTooLarge { limit: 1000 });
    assert_eq!(actions[..1], refused);
}

#[test]
fn the_others_are_told_when_the_owner_leaves_and_the_room_goes_with_the_last() {
    let (mut rooms, owner, guest) = two();
    let left = told(guest, FromRelay::Left(MemberId(0)));
    assert_eq!(rooms.disconnect(owner), [left]);
    assert_eq!(rooms.rooms(), 1);
    // The owner may come back, as somebody new.
    let (_, actions) = join(&mut rooms, room(1), Role::ModelOwner);
    assert_eq!(
        actions[1],
        told(guest, FromRelay::Joined(member(2, Role::ModelOwner)))
    );
    for connection in rooms.connections().collect::<Vec<_>>() {
        rooms.disconnect(connection);
    }
    assert_eq!(rooms.rooms(), 0);
    let (guest, actions) = join(&mut rooms, room(1), Role::DataOwner);
    assert_eq!(actions, closed(guest, Refusal::RoomNotFound));
}

#[test]
fn limits_hold() {
    let (mut rooms, ..) = two();
    join(&mut rooms, room(1), Role::DataOwner);
    join(&mut rooms, room(1), Role::Helper);
    let (late, actions) = join(&mut rooms, room(1), Role::DataOwner);
    assert_eq!(actions, closed(late, Refusal::RoomFull));

    join(&mut rooms, room(2), Role::ModelOwner);
    let (late, actions) = join(&mut rooms, room(3), Role::ModelOwner);
    assert_eq!(actions, closed(late, Refusal::RelayFull));

    rooms.connect().unwrap();
    assert_eq!(rooms.connect(), Err(Refusal::RelayFull));
    rooms.disconnect(late);
    assert!(rooms.connect().is_ok());
}

#[test]
fn what_is_not_a_frame_ends_the_connection() {
    let long = vec![0; 1001];
    let cases = [
        (vec![], Refusal::MalformedFrame),
        (vec![99], Refusal::MalformedFrame),
        (vec![0, 3, 5], Refusal::MalformedFrame),
        (long, Refusal::FrameTooLarge { limit: 1000 }),
        (vec![0, 1], Refusal::VersionMismatch { theirs: 1, ours: 3 }),
        (
            join_frame(room(2), Role::ModelOwner),
            Refusal::AlreadyJoined,
        ),
    ];
    for (frame, refusal) in cases {
        let (mut rooms, owner, guest) = two();
        let mut expected = closed(guest, refusal);
        expected.push(told(owner, FromRelay::Left(MemberId(1))));
        assert_eq!(rooms.receive(guest, &frame), expected);
        // What still comes is not looked at.
        assert_eq!(
            rooms.receive(guest, &ToRelay::RequestHelper { greeting: b"hi" }.encode()),
            []
        );
        assert_eq!(rooms.close(guest, Refusal::TooSlow), []);
        assert_eq!(rooms.disconnect(guest), []);
    }
}

#[test]
fn joining_comes_first_and_in_the_right_version() {
    let mut rooms = Rooms::new(limits(), None);
    for frame in [
        ToRelay::RequestHelper { greeting: b"hi" },
        ToRelay::Send {
            to: MemberId(0),
            payload: b"",
        },
    ] {
        let early = rooms.connect().unwrap();
        let actions = rooms.receive(early, &frame.encode());
        assert_eq!(actions, closed(early, Refusal::NotJoined));
    }
    let other = rooms.connect().unwrap();
    let frame = ToRelay::Join {
        version: 9,
        room: room(1),
        role: Role::ModelOwner,
        place: host_place(1),
    }
    .encode();
    let refusal = Refusal::VersionMismatch {
        theirs: 9,
        ours: PROTOCOL_VERSION,
    };
    assert_eq!(rooms.receive(other, &frame), closed(other, refusal));
}

#[test]
fn a_helper_of_the_relay_starts_joins_and_goes_with_the_others() {
    let (mut rooms, owner, guest) = two();
    let request = ToRelay::RequestHelper { greeting: b"hi" }.encode();
    let refused = |to, refusal| [told(to, FromRelay::Refused(refusal))];
    assert_eq!(
        rooms.receive(guest, &request),
        refused(guest, Refusal::NotModelOwner)
    );

    let actions = rooms.receive(owner, &request);
    let [
        Action::StartHelper {
            room: id,
            connection: helper,
            ..
        },
    ] = actions[..]
    else {
        panic!("{actions:?}");
    };
    assert_eq!(id, room(1));
    // Not twice: neither while it starts nor once it is there.
    let taken = Refusal::RoleTaken(Role::Helper);
    assert_eq!(rooms.receive(owner, &request), refused(owner, taken));
    let actions = rooms.receive(helper, &join_frame(room(1), Role::Helper));
    assert_eq!(actions.len(), 3);
    assert_eq!(rooms.receive(owner, &request), refused(owner, taken));

    let (other, _) = join(&mut rooms, room(2), Role::ModelOwner);
    assert_eq!(
        rooms.receive(other, &request),
        refused(other, Refusal::HelpersBusy)
    );

    rooms.disconnect(owner);
    let actions = rooms.disconnect(guest);
    let mut expected = vec![told(helper, FromRelay::Left(MemberId(1)))];
    expected.extend(closed(helper, Refusal::RoomClosed));
    assert_eq!(actions, expected);
    assert_eq!(rooms.rooms(), 1);
    assert_eq!(rooms.disconnect(helper), []);
    let actions = rooms.receive(other, &request);
    assert!(matches!(
        actions[..],
        [Action::StartHelper { room: id, .. }] if id == room(2)
    ));
}

#[test]
fn a_helper_that_does_not_start_can_be_asked_for_again() {
    let (mut rooms, owner, _) = two();
    let request = ToRelay::RequestHelper { greeting: b"hi" }.encode();
    let actions = rooms.receive(owner, &request);
    let [Action::StartHelper { connection, .. }] = actions[..] else {
        panic!("{actions:?}");
    };
    rooms.disconnect(connection);
    let actions = rooms.receive(owner, &request);
    assert!(matches!(actions[..], [Action::StartHelper { .. }]));
}

#[test]
fn a_relay_without_helper_says_so() {
    let limits = Limits {
        built_in_helpers: 0,
        ..limits()
    };
    let mut rooms = Rooms::new(limits, None);
    let (owner, _) = join(&mut rooms, room(1), Role::ModelOwner);
    let refused = told(owner, FromRelay::Refused(Refusal::NoHelper));
    assert_eq!(
        rooms.receive(owner, &ToRelay::RequestHelper { greeting: b"hi" }.encode()),
        [refused]
    );
}

/// A connection that broke may seem alive for a while: its owner need not wait for the relay to see
/// that it is not.
#[test]
fn a_place_is_taken_up_again_with_its_key() {
    for role in [Role::DataOwner, Role::Helper, Role::ModelOwner] {
        let (mut rooms, owner, _) = two();
        let place = match role {
            Role::ModelOwner => host_place(1),
            _ => new_place(),
        };
        let frame = join_frame_at(room(1), role, place);
        let first = rooms.connect().unwrap();
        rooms.receive(first, &frame);
        let replaced = if role == Role::ModelOwner {
            owner
        } else {
            first
        };
        let second = if role == Role::ModelOwner {
            first
        } else {
            rooms.connect().unwrap()
        };
        if role != Role::ModelOwner {
            let actions = rooms.receive(second, &frame);
            assert_eq!(actions[..1], closed(first, Refusal::Replaced));
        }
        assert_eq!(rooms.standing(replaced), Standing::Closed);
        assert_eq!(rooms.standing(second), Standing::Joined);
    }
}

#[test]
fn a_model_owner_has_others_removed_and_nobody_else_does() {
    let (mut rooms, owner, guest) = two();
    let remove = |id| ToRelay::Remove(MemberId(id)).encode();
    let refused = FromRelay::Refused(Refusal::NotModelOwner);
    assert_eq!(rooms.receive(guest, &remove(0)), [told(guest, refused)]);
    let left = FromRelay::Left(MemberId(1));
    let mut expected = closed(guest, Refusal::Removed);
    expected.push(told(owner, left));
    assert_eq!(rooms.receive(owner, &remove(1)), expected);
    // Who is gone, and oneself.
    assert_eq!(rooms.receive(owner, &remove(1)), []);
    assert_eq!(rooms.receive(owner, &remove(0)), []);
}

#[test]
fn a_ping_is_answered() {
    let (mut rooms, owner, _) = two();
    let pong = told(owner, FromRelay::Pong);
    assert_eq!(rooms.receive(owner, &ToRelay::Ping.encode()), [pong]);
}
