use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::error::FrameError;

const ROOM: RoomId = RoomId::from_bytes([3; 16]);

fn place() -> PlaceKey {
    PlaceKey::from_bytes([9; 16])
}

fn member(id: u32, role: Role) -> Member {
    Member {
        id: MemberId(id),
        role,
    }
}

fn welcome(you: u32, members: &[Member]) -> Vec<u8> {
    FromRelay::Welcome {
        you: MemberId(you),
        members: members.to_vec(),
        helper: None,
    }
    .encode()
}

fn join(role: Role, answer: &[u8]) -> Result<Joined, SessionError> {
    Joining::new(ROOM, role, &place()).0.receive(answer)
}

/// A model owner with id 4, beside a data owner with id 1.
fn joined() -> Joined {
    join(Role::ModelOwner, &welcome(4, &[member(1, Role::DataOwner)])).unwrap()
}

fn refused(result: Result<Notice<'_>, SessionError>) -> SessionError {
    result.unwrap_err()
}

#[test]
fn the_first_frame_asks_to_join() {
    let (_, frame) = Joining::new(ROOM, Role::Helper, &place());
    let join = ToRelay::Join {
        version: PROTOCOL_VERSION,
        room: ROOM,
        role: Role::Helper,
        place: place(),
    };
    assert_eq!(ToRelay::decode(&frame), Ok(join));
}

#[test]
fn people_come_and_go_and_messages_arrive() {
    let mut joined = joined();
    let (owner, helper) = (member(1, Role::DataOwner), member(5, Role::Helper));
    assert_eq!(joined.members(), [owner]);

    let frame = FromRelay::Joined(helper).encode();
    assert_eq!(joined.receive(&frame), Ok(Notice::MemberJoined(helper)));
    assert_eq!(joined.member_with(Role::Helper), Some(helper));

    let frame = FromRelay::Deliver {
        from: helper.id,
        payload: b"keys",
    }
    .encode();
    let message = Notice::Message {
        from: helper,
        payload: b"keys",
    };
    assert_eq!(joined.receive(&frame), Ok(message));

    let frame = FromRelay::Left(owner.id).encode();
    assert_eq!(joined.receive(&frame), Ok(Notice::MemberLeft(owner)));
    assert_eq!(joined.members(), [helper]);

    let frame = FromRelay::Refused(Refusal::NoHelper).encode();
    assert_eq!(
        joined.receive(&frame),
        Ok(Notice::Refused(Refusal::NoHelper))
    );
}

#[test]
fn a_refusal_to_join_is_handed_on() {
    let frame = FromRelay::Refused(Refusal::RoomNotFound).encode();
    let error = join(Role::DataOwner, &frame).unwrap_err();
    assert_eq!(error, SessionError::Refused(Refusal::RoomNotFound));
}

#[test]
fn nothing_but_the_answer_may_come_first() {
    let deliver = FromRelay::Deliver {
        from: MemberId(0),
        payload: b"",
    };
    for frame in [deliver, FromRelay::Left(MemberId(0))] {
        let error = join(Role::Helper, &frame.encode()).unwrap_err();
        let (frame, when) = (frame.name(), "before the welcome");
        assert_eq!(error, SessionError::UnexpectedFrame { frame, when });
    }
}

#[test]
fn a_second_welcome_is_an_error() {
    let error = refused(joined().receive(&welcome(9, &[])));
    let (frame, when) = ("welcome", "after the welcome");
    assert_eq!(error, SessionError::UnexpectedFrame { frame, when });
}

#[test]
fn a_welcome_must_make_sense() {
    let cases = [
        (
            vec![member(2, Role::DataOwner); 2],
            SessionError::MemberIdReused(MemberId(2)),
        ),
        (
            vec![member(4, Role::DataOwner)],
            SessionError::MemberIdReused(MemberId(4)),
        ),
        (
            vec![member(5, Role::DataOwner)],
            SessionError::MemberIdReused(MemberId(4)),
        ),
        (
            vec![member(1, Role::ModelOwner)],
            SessionError::RoleTaken(Role::ModelOwner),
        ),
        (
            vec![member(1, Role::Helper), member(2, Role::Helper)],
            SessionError::RoleTaken(Role::Helper),
        ),
    ];
    for (members, error) in cases {
        assert_eq!(
            join(Role::ModelOwner, &welcome(4, &members)).unwrap_err(),
            error
        );
    }
    let crowd = |count| {
        (0..count)
            .map(|id| member(id, Role::DataOwner))
            .collect::<Vec<_>>()
    };
    let most = MAX_MEMBERS as u32;
    assert!(join(Role::Helper, &welcome(most, &crowd(most - 1))).is_ok());
    let error = join(Role::Helper, &welcome(most, &crowd(most))).unwrap_err();
    assert_eq!(error, SessionError::TooManyMembers);
}

#[test]
fn unknown_people_are_errors() {
    let mut joined = joined();
    let frame = FromRelay::Deliver {
        from: MemberId(2),
        payload: b"",
    }
    .encode();
    assert_eq!(
        refused(joined.receive(&frame)),
        SessionError::UnknownSender(MemberId(2))
    );
    // Not even I may be the sender, or be said to have left.
    let frame = FromRelay::Deliver {
        from: MemberId(4),
        payload: b"",
    }
    .encode();
    assert_eq!(
        refused(joined.receive(&frame)),
        SessionError::UnknownSender(MemberId(4))
    );
    let frame = FromRelay::Left(MemberId(4)).encode();
    assert_eq!(
        refused(joined.receive(&frame)),
        SessionError::UnknownMember(MemberId(4))
    );
}

#[test]
fn nobody_speaks_after_leaving_and_no_id_comes_back() {
    let mut joined = joined();
    joined
        .receive(&FromRelay::Left(MemberId(1)).encode())
        .unwrap();
    let frame = FromRelay::Deliver {
        from: MemberId(1),
        payload: b"",
    }
    .encode();
    assert_eq!(
        refused(joined.receive(&frame)),
        SessionError::UnknownSender(MemberId(1))
    );
    for id in [1, 3, 4] {
        let frame = FromRelay::Joined(member(id, Role::DataOwner)).encode();
        let error = SessionError::MemberIdReused(MemberId(id));
        assert_eq!(refused(joined.receive(&frame)), error);
    }
}

#[test]
fn a_second_helper_is_an_error() {
    let mut joined = joined();
    joined
        .receive(&FromRelay::Joined(member(5, Role::Helper)).encode())
        .unwrap();
    let frame = FromRelay::Joined(member(6, Role::Helper)).encode();
    assert_eq!(
        refused(joined.receive(&frame)),
        SessionError::RoleTaken(Role::Helper)
    );
}

#[test]
fn sending_checks_recipient_and_length() {
    let joined = joined();
    assert_eq!(joined.send(MemberId(4), b""), Err(SessionError::ToItself));
    let error = SessionError::UnknownRecipient(MemberId(2));
    assert_eq!(joined.send(MemberId(2), b""), Err(error));
    let long = vec![0; MAX_PAYLOAD_BYTES + 1];
    let error = SessionError::PayloadTooLarge { len: long.len() };
    assert_eq!(joined.send(MemberId(1), &long), Err(error));
    let frame = joined.send(MemberId(1), &long[1..]).unwrap();
    let send = ToRelay::Send {
        to: MemberId(1),
        payload: &long[1..],
    };
    assert_eq!(ToRelay::decode(&frame), Ok(send));
}

/// What a relay makes of frames: to whom which payload goes.
fn handed_on(frames: &[Vec<u8>]) -> Vec<(MemberId, Vec<u8>)> {
    let mut handed = Vec::new();
    for frame in frames {
        match ToRelay::decode(frame).unwrap() {
            ToRelay::Send { to, payload } => handed.push((to, payload.to_vec())),
            ToRelay::SendBoth {
                to,
                first,
                second,
                common,
            } => {
                handed.push((to[0], [first, common].concat()));
                handed.push((to[1], [second, common].concat()));
            }
            other => panic!("{other:?}"),
        }
    }
    handed
}

/// A helper with id 4, beside a model owner with id 0 and a data owner with id 1.
fn between_two() -> Joined {
    let others = [member(0, Role::ModelOwner), member(1, Role::DataOwner)];
    join(Role::Helper, &welcome(4, &others)).unwrap()
}

#[test]
fn what_two_payloads_have_in_common_goes_up_once() {
    let joined = between_two();
    let common = vec![7; 1000];
    let payload = |head: &[u8]| [head, &common].concat();
    let payloads = [
        (MemberId(1), payload(b"a")),
        (MemberId(0), payload(b"bc")),
        (MemberId(1), payload(b"d")),
        (MemberId(0), b"another end".to_vec()),
        (MemberId(0), payload(b"")),
        (MemberId(1), payload(b"")),
    ];
    let frames = joined.send_all(&payloads);
    assert_eq!(frames.len(), 4);
    assert_eq!(handed_on(&frames), payloads);
    let bytes: usize = frames.iter().map(Vec::len).sum();
    assert!(bytes < 3 * common.len() + 100, "{bytes}");
}

#[test]
fn who_is_not_in_the_room_is_left_out_and_the_other_is_not() {
    let joined = between_two();
    let long = vec![0; MAX_PAYLOAD_BYTES + 1];
    for stranger in [
        (MemberId(2), vec![7; 1000]),
        (MemberId(4), vec![7; 1000]),
        (MemberId(0), long),
    ] {
        let good = (MemberId(1), vec![7; 1000]);
        for payloads in [[stranger.clone(), good.clone()], [good.clone(), stranger]] {
            assert_eq!(
                handed_on(&joined.send_all(&payloads)),
                std::slice::from_ref(&good)
            );
        }
    }
}

proptest! {
    /// Whatever is sent arrives as it was sent, in this order, however much of it is alike.
    #[test]
    fn frames_bring_what_was_to_be_sent(
        payloads in vec((select(vec![0, 1_u32]), vec(0..2_u8, 0..40), 0..3_usize), 0..8),
    ) {
        let joined = between_two();
        let payloads: Vec<_> = payloads
            .into_iter()
            .map(|(to, head, tail)| (MemberId(to), [head, vec![3; 20 * tail]].concat()))
            .collect();
        let frames = joined.send_all(&payloads);
        prop_assert_eq!(handed_on(&frames), payloads);
    }
}

#[test]
fn only_the_model_owner_asks_for_a_helper_and_only_once() {
    let mut owner = joined();
    let greeting = b"secret";
    assert_eq!(
        owner.request_helper(greeting),
        Ok(ToRelay::RequestHelper { greeting }.encode())
    );
    owner
        .receive(&FromRelay::Joined(member(5, Role::Helper)).encode())
        .unwrap();
    assert_eq!(
        owner.request_helper(greeting),
        Err(SessionError::HelperPresent)
    );
    let guest = join(Role::DataOwner, &welcome(0, &[])).unwrap();
    assert_eq!(
        guest.request_helper(greeting),
        Err(SessionError::NotModelOwner)
    );
}

#[test]
fn unreadable_frames_are_errors() {
    let error = SessionError::Frame(FrameError::Malformed);
    assert_eq!(join(Role::Helper, b"").unwrap_err(), error);
    assert_eq!(refused(joined().receive(&[9])), error);
}

proptest! {
    #[test]
    fn any_bytes_are_a_notice_or_an_error(
        frames in vec((0..5_u8, vec(0..8_u8, 0..8)), 0..20),
    ) {
        let mut joined = joined();
        for (kind, mut frame) in frames {
            frame.insert(0, kind);
            let _ = joined.receive(&frame);
            prop_assert!(joined.members().iter().all(|m| m.id != joined.me().id));
            prop_assert!(joined.members().is_sorted_by(|a, b| a.id < b.id));
        }
    }
}
