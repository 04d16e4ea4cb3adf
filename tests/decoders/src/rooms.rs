//! A relay and the frames that anybody may send it.

use std::collections::BTreeSet;

use blindsight_session::{MemberId, PROTOCOL_VERSION, PlaceKey, PublicKey, Refusal, Role, ToRelay};
use relay_server::{Action, ConnectionId, Limits, Rooms};

use crate::input::{Input, piece};

const LIMITS: Limits = Limits {
    rooms: 3,
    connections: 6,
    members_per_room: 4,
    frame_bytes: 4096,
    built_in_helpers: 1,
    ..Limits::DEFAULT
};

/// Steps: 0 connects somebody, 1 ends a connection, anything else is a frame over one. Nothing is
/// ever sent to a connection that is not there, and no more is taken on than is allowed.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let mut rooms = Rooms::new(LIMITS, Some(PublicKey::from_bytes([9; 32])));
    let mut open: Vec<ConnectionId> = Vec::new();
    let mut input = Input(bytes);
    let mut forwarded = false;
    while let Some(step) = input.byte() {
        let actions = match step {
            0 => {
                open.extend(rooms.connect());
                continue;
            }
            1 => {
                let Some(who) = input.byte() else { break };
                if open.is_empty() {
                    continue;
                }
                let connection = open.remove(usize::from(who) % open.len());
                rooms.disconnect(connection)
            }
            who => {
                let Some(frame) = input.piece() else { break };
                if open.is_empty() {
                    continue;
                }
                rooms.receive(open[usize::from(who) % open.len()], frame)
            }
        };
        let mut closed = BTreeSet::new();
        let forwards = actions
            .iter()
            .filter(|a| matches!(a, Action::Forward { .. }));
        assert!(forwards.count() <= 2);
        for action in actions {
            match action {
                Action::Notify { to, .. } => assert!(open.contains(&to)),
                Action::Forward { to, .. } => {
                    assert!(open.contains(&to));
                    forwarded = true;
                }
                Action::Close { connection, .. } => {
                    assert!(open.contains(&connection));
                    closed.insert(connection);
                }
                Action::StartHelper { connection, .. } => open.push(connection),
            }
        }
        for connection in closed {
            open.retain(|other| *other != connection);
            rooms.disconnect(connection);
        }
        assert!(rooms.rooms() <= LIMITS.rooms);
        assert!(rooms.connections().count() <= LIMITS.connections + LIMITS.built_in_helpers);
    }
    for connection in open {
        rooms.close(connection, Refusal::ShuttingDown);
        rooms.disconnect(connection);
    }
    assert_eq!(rooms.rooms(), 0, "a room outlives its members");
    forwarded
}

pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let host = PlaceKey::from_bytes([1; 16]);
    let join = |role, place: PlaceKey| {
        let join = ToRelay::Join {
            version: PROTOCOL_VERSION,
            room: host.room(),
            role,
            place,
        };
        piece(&join.encode())
    };
    let send = |to| {
        let send = ToRelay::Send {
            to: MemberId(to),
            payload: b"payload",
        };
        piece(&send.encode())
    };
    let both = [
        &[0, 0, 2][..],
        &join(Role::ModelOwner, host.clone()),
        &[3],
        &join(Role::DataOwner, PlaceKey::from_bytes([2; 16])),
    ]
    .concat();
    let talk = [&both, &[2][..], &send(1), &[3], &send(0)].concat();
    let request = ToRelay::RequestHelper { greeting: &[7; 80] }.encode();
    let helper = [&both, &[2][..], &piece(&request), &[3], &send(1)].concat();
    let remove = ToRelay::Remove(MemberId(1)).encode();
    let sent_away = [&talk, &[2][..], &piece(&remove), &[1, 0]].concat();
    let to_both = ToRelay::SendBoth {
        to: [MemberId(1), MemberId(2)],
        first: b"first",
        second: b"second",
        common: b"common",
    };
    let third = join(Role::Helper, PlaceKey::from_bytes([3; 16]));
    // Of three, the last is 5 and the first is 3.
    let to_both = [&both, &[0, 5][..], &third, &[3], &piece(&to_both.encode())].concat();
    [
        ("talk", talk),
        ("helper", helper),
        ("sent-away", sent_away),
        ("both", to_both),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}
