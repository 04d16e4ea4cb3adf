use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn role() -> impl Strategy<Value = Role> {
    select(&Role::ALL[..])
}

fn id() -> impl Strategy<Value = MemberId> {
    prop_oneof![0..200_u32, any::<u32>()].prop_map(MemberId)
}

fn member() -> impl Strategy<Value = Member> {
    (id(), role()).prop_map(|(id, role)| Member { id, role })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    prop_oneof![
        any::<(u16, u16)>().prop_map(|(theirs, ours)| Refusal::VersionMismatch { theirs, ours }),
        role().prop_map(Refusal::RoleTaken),
        id().prop_map(Refusal::UnknownRecipient),
        any::<u32>().prop_map(|limit| Refusal::FrameTooLarge { limit }),
        select(vec![
            Refusal::RoomNotFound,
            Refusal::RoomFull,
            Refusal::RelayFull,
            Refusal::NoHelper,
            Refusal::HelpersBusy,
            Refusal::NotModelOwner,
            Refusal::NotJoined,
            Refusal::AlreadyJoined,
            Refusal::MalformedFrame,
            Refusal::TooSlow,
            Refusal::ShuttingDown,
            Refusal::RoomClosed,
            Refusal::NotYourRoom,
            Refusal::Replaced,
            Refusal::Removed,
            Refusal::TooFast,
            Refusal::Interrupted,
            Refusal::Silent,
        ]),
    ]
}

/// A frame with the given payload, if it is of a kind that has one.
#[derive(Clone, Debug)]
enum Shape {
    Join(u16, [u8; 16], Role),
    RequestHelper,
    Send(MemberId),
    Remove(MemberId),
    Ping,
    SendBoth([MemberId; 2], usize, usize),
}

fn place() -> PlaceKey {
    PlaceKey::from_bytes([6; 16])
}

fn to_relay() -> impl Strategy<Value = Shape> {
    prop_oneof![
        (any::<u16>(), any::<[u8; 16]>(), role()).prop_map(|(v, r, role)| Shape::Join(v, r, role)),
        Just(Shape::RequestHelper),
        id().prop_map(Shape::Send),
        id().prop_map(Shape::Remove),
        Just(Shape::Ping),
        ([id(), id()], 0..300_usize, 0..300_usize)
            .prop_map(|(to, first, second)| Shape::SendBoth(to, first, second)),
    ]
}

fn with_payload(shape: Shape, payload: &[u8]) -> ToRelay<'_> {
    match shape {
        Shape::Join(version, room, role) => {
            let room = RoomId::from_bytes(room);
            ToRelay::Join {
                version,
                room,
                role,
                place: place(),
            }
        }
        Shape::RequestHelper => ToRelay::RequestHelper { greeting: payload },
        Shape::Send(to) => ToRelay::Send { to, payload },
        Shape::Remove(id) => ToRelay::Remove(id),
        Shape::Ping => ToRelay::Ping,
        Shape::SendBoth(to, first, second) => {
            let (first, rest) = payload.split_at(first.min(payload.len()));
            let (second, common) = rest.split_at(second.min(rest.len()));
            ToRelay::SendBoth {
                to,
                first,
                second,
                common,
            }
        }
    }
}

fn from_relay() -> impl Strategy<Value = FromRelay<'static>> {
    prop_oneof![
        (
            id(),
            vec(member(), 0..=MAX_MEMBERS),
            any::<Option<[u8; 32]>>()
        )
            .prop_map(|(you, members, helper)| FromRelay::Welcome {
                you,
                members,
                helper: helper.map(PublicKey::from_bytes),
            }),
        Just(FromRelay::Pong),
        member().prop_map(FromRelay::Joined),
        id().prop_map(FromRelay::Left),
        id().prop_map(|from| FromRelay::Deliver {
            from,
            payload: b"fifteen and more"
        }),
        refusal().prop_map(FromRelay::Refused),
    ]
}

proptest! {
    #[test]
    fn frames_to_the_relay_read_back(shape in to_relay(), payload in vec(any::<u8>(), 0..300)) {
        let frame = with_payload(shape, &payload);
        let bytes = frame.encode();
        prop_assert_eq!(ToRelay::decode(&bytes), Ok(frame));
        for len in 0..bytes.len() {
            prop_assert_eq!(ToRelay::decode(&bytes[..len]), Err(FrameError::Malformed));
        }
        let longer = [&bytes[..], &[0]].concat();
        prop_assert_eq!(ToRelay::decode(&longer), Err(FrameError::TrailingBytes { len: 1 }));
    }

    #[test]
    fn frames_from_the_relay_read_back(frame in from_relay()) {
        let bytes = frame.encode();
        prop_assert_eq!(FromRelay::decode(&bytes), Ok(frame));
        for len in 0..bytes.len() {
            prop_assert_eq!(FromRelay::decode(&bytes[..len]), Err(FrameError::Malformed));
        }
        let longer = [&bytes[..], &[0]].concat();
        prop_assert_eq!(FromRelay::decode(&longer), Err(FrameError::TrailingBytes { len: 1 }));
    }

    #[test]
    fn any_bytes_are_read_or_refused(kind in 0..7_u8, mut bytes in vec(any::<u8>(), 1..100)) {
        let _ = (ToRelay::decode(&bytes), FromRelay::decode(&bytes), ToRelay::join_version(&bytes));
        bytes[0] = kind;
        let _ = (ToRelay::decode(&bytes), FromRelay::decode(&bytes), ToRelay::join_version(&bytes));
    }

    #[test]
    fn the_version_of_a_join_is_read_whatever_follows(
        version: u16,
        rest in vec(any::<u8>(), 0..40),
    ) {
        let room = RoomId::from_bytes([0; 16]);
        let join = ToRelay::Join { version, room, role: Role::Helper, place: place() }.encode();
        let head = &join[..join.len() - 33];
        prop_assert_eq!(ToRelay::join_version(&[head, &rest].concat()), Some(version));
    }
}

/// The bytes themselves: a change here is a change of the protocol and needs a new version.
#[test]
fn the_bytes_of_each_frame_are_fixed() {
    let room = RoomId::from_bytes([9; 16]);
    let join = ToRelay::Join {
        version: 1,
        room,
        role: Role::ModelOwner,
        place: place(),
    };
    assert_eq!(
        join.encode(),
        [&[0, 1][..], &[9; 16], &[1], &[6; 16]].concat()
    );
    assert_eq!(ToRelay::Remove(MemberId(3)).encode(), [3, 3]);
    assert_eq!(ToRelay::Ping.encode(), [4]);
    assert_eq!(FromRelay::Pong.encode(), [5]);
    assert_eq!(
        ToRelay::RequestHelper { greeting: b"ab" }.encode(),
        [1, 2, b'a', b'b']
    );
    let send = ToRelay::Send {
        to: MemberId(300),
        payload: b"ab",
    };
    assert_eq!(send.encode(), [2, 0xac, 2, 2, b'a', b'b']);
    let both = ToRelay::SendBoth {
        to: [MemberId(300), MemberId(1)],
        first: b"ab",
        second: b"c",
        common: b"def",
    };
    assert_eq!(
        both.encode(),
        [&[5, 0xac, 2, 1][..], b"\x02ab", b"\x01c", b"\x03def"].concat()
    );

    let owner = Member {
        id: MemberId(0),
        role: Role::DataOwner,
    };
    let helper = Member {
        id: MemberId(2),
        role: Role::Helper,
    };
    let welcome = FromRelay::Welcome {
        you: MemberId(3),
        members: vec![owner, helper],
        helper: None,
    };
    assert_eq!(welcome.encode(), [0, 3, 2, 0, 0, 2, 2, 0]);
    assert_eq!(FromRelay::Joined(helper).encode(), [1, 2, 2]);
    assert_eq!(FromRelay::Left(MemberId(2)).encode(), [2, 2]);
    let deliver = FromRelay::Deliver {
        from: MemberId(1),
        payload: b"ab",
    };
    assert_eq!(deliver.encode(), [3, 1, 2, b'a', b'b']);

    let refusals = [
        (
            Refusal::VersionMismatch { theirs: 2, ours: 1 },
            &[0, 2, 1][..],
        ),
        (Refusal::RoomNotFound, &[1]),
        (Refusal::RoleTaken(Role::Helper), &[2, 2]),
        (Refusal::RoomFull, &[3]),
        (Refusal::RelayFull, &[4]),
        (Refusal::NoHelper, &[5]),
        (Refusal::HelpersBusy, &[6]),
        (Refusal::NotModelOwner, &[7]),
        (Refusal::NotJoined, &[8]),
        (Refusal::AlreadyJoined, &[9]),
        (Refusal::UnknownRecipient(MemberId(4)), &[10, 4]),
        (Refusal::MalformedFrame, &[11]),
        (Refusal::FrameTooLarge { limit: 5 }, &[12, 5]),
        (Refusal::TooSlow, &[13]),
        (Refusal::ShuttingDown, &[14]),
        (Refusal::RoomClosed, &[15]),
        (Refusal::NotYourRoom, &[16]),
        (Refusal::Replaced, &[17]),
        (Refusal::Removed, &[18]),
        (Refusal::TooFast, &[19]),
        (Refusal::Interrupted, &[20]),
        (Refusal::Silent, &[21]),
    ];
    for (refusal, bytes) in refusals {
        assert_eq!(
            refusal.close_code(),
            4000 + u16::from(bytes[0]),
            "{refusal:?}"
        );
        assert_eq!(
            FromRelay::Refused(refusal).encode(),
            [&[4], bytes].concat(),
            "{refusal:?}"
        );
    }
}

#[test]
fn the_longest_payload_fits_and_a_longer_one_does_not() {
    let payload = vec![5; MAX_PAYLOAD_BYTES + 1];
    for to in [MemberId(0), MemberId(u32::MAX)] {
        let longest = ToRelay::Send {
            to,
            payload: &payload[1..],
        };
        assert_eq!(ToRelay::decode(&longest.encode()), Ok(longest));
        let bytes = ToRelay::Send {
            to,
            payload: &payload,
        }
        .encode();
        let refused = FrameError::TooLarge { len: bytes.len() };
        assert_eq!(ToRelay::decode(&bytes), Err(refused));
        let bytes = FromRelay::Deliver {
            from: to,
            payload: &payload,
        }
        .encode();
        assert_eq!(
            FromRelay::decode(&bytes),
            Err(FrameError::TooLarge { len: bytes.len() })
        );
    }
}

#[test]
fn each_of_two_payloads_in_one_frame_is_as_long_as_one_alone() {
    let common = vec![5; MAX_PAYLOAD_BYTES - 100];
    let to = [MemberId(u32::MAX); 2];
    for (first, second, fits) in [(100, 100, true), (101, 0, false), (0, 101, false)] {
        let (first, second) = (vec![1; first], vec![2; second]);
        let frame = ToRelay::SendBoth {
            to,
            first: &first,
            second: &second,
            common: &common,
        };
        let bytes = frame.encode();
        assert!(bytes.len() <= MAX_FRAME_BYTES);
        let refused = FrameError::TooLarge { len: bytes.len() };
        let expected = if fits { Ok(frame) } else { Err(refused) };
        assert_eq!(ToRelay::decode(&bytes), expected);
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused_unread() {
    let bytes = vec![0xff; MAX_FRAME_BYTES + 1];
    let refused = FrameError::TooLarge { len: bytes.len() };
    assert_eq!(ToRelay::decode(&bytes), Err(refused));
    assert_eq!(FromRelay::decode(&bytes), Err(refused));
}

#[test]
fn a_list_of_too_many_members_is_refused() {
    let member = Member {
        id: MemberId(1),
        role: Role::DataOwner,
    };
    for (count, accepted) in [(MAX_MEMBERS, true), (MAX_MEMBERS + 1, false)] {
        let frame = FromRelay::Welcome {
            you: MemberId(0),
            members: vec![member; count],
            helper: None,
        };
        assert_eq!(FromRelay::decode(&frame.encode()).is_ok(), accepted);
    }
    // A length that would take all memory, were it believed.
    let huge = [0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(FromRelay::decode(&huge), Err(FrameError::Malformed));
}

#[test]
fn a_payload_is_borrowed_and_never_printed() {
    let bytes = ToRelay::Send {
        to: MemberId(1),
        payload: b"secret share",
    }
    .encode();
    let Ok(frame @ ToRelay::Send { payload, .. }) = ToRelay::decode(&bytes) else {
        panic!("not a send frame");
    };
    assert!(std::ptr::eq(payload, &bytes[bytes.len() - 12..]));
    assert_eq!(
        format!("{frame:?}"),
        "Send { to: MemberId(1), payload_bytes: 12 }"
    );
    let frame = ToRelay::SendBoth {
        to: [MemberId(1), MemberId(2)],
        first: payload,
        second: b"secret",
        common: b"secret",
    };
    assert_eq!(
        format!("{frame:?}"),
        "SendBoth { to: [MemberId(1), MemberId(2)], first_bytes: 12, second_bytes: 6, \
         common_bytes: 6 }"
    );
    let frame = FromRelay::Deliver {
        from: MemberId(1),
        payload,
    };
    assert_eq!(
        format!("{frame:?}"),
        "Deliver { from: MemberId(1), payload_bytes: 12 }"
    );
}
