//! Who comes in while a relay stops.

use super::*;

/// `docs/relay-protocol.md`, "Stopping".
#[test]
fn a_relay_that_stops_lets_in_who_comes_back_and_nobody_else() {
    let mut rooms = Rooms::new(limits(), None);
    let (owner, _) = join(&mut rooms, room(1), Role::ModelOwner);
    let place = new_place();
    let back = |rooms: &mut Rooms, role| {
        let connection = rooms.connect().unwrap();
        let actions = rooms.receive(connection, &join_frame_at(room(1), role, place.clone()));
        (connection, actions)
    };
    let (guest, _) = back(&mut rooms, Role::DataOwner);
    rooms.disconnect(guest);
    rooms.let_in_nobody_new();

    for (room, role) in [(room(1), Role::DataOwner), (room(2), Role::ModelOwner)] {
        let (new, actions) = join(&mut rooms, room, role);
        assert_eq!(actions, closed(new, Refusal::ShuttingDown));
    }
    let (helper, actions) = back(&mut rooms, Role::Helper);
    assert_eq!(actions, closed(helper, Refusal::ShuttingDown));

    let (guest, _) = back(&mut rooms, Role::DataOwner);
    assert_eq!(rooms.standing(guest), Standing::Joined);
    let (again, _) = join(&mut rooms, room(1), Role::ModelOwner);
    assert_eq!(rooms.standing(again), Standing::Joined);
    assert_eq!(rooms.standing(owner), Standing::Closed);

    for connection in [guest, again] {
        rooms.disconnect(connection);
    }
    let (late, actions) = join(&mut rooms, room(1), Role::ModelOwner);
    assert_eq!(actions, closed(late, Refusal::ShuttingDown));
}

/// The same heading: how many of those who left are remembered.
#[test]
fn the_latest_64_who_left_may_come_back() {
    let mut rooms = Rooms::new(limits(), None);
    join(&mut rooms, room(1), Role::ModelOwner);
    let places: Vec<PlaceKey> = (0..65).map(|_| new_place()).collect();
    let come = |rooms: &mut Rooms, place: &PlaceKey| {
        let connection = rooms.connect().unwrap();
        rooms.receive(
            connection,
            &join_frame_at(room(1), Role::DataOwner, place.clone()),
        );
        let standing = rooms.standing(connection);
        rooms.disconnect(connection);
        standing
    };
    for place in &places {
        come(&mut rooms, place);
    }
    rooms.let_in_nobody_new();
    let (longest_gone, others) = places.split_first().unwrap();
    assert_eq!(come(&mut rooms, longest_gone), Standing::Closed);
    for place in others {
        assert_eq!(come(&mut rooms, place), Standing::Joined);
    }
}
