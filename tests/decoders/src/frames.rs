//! Frames between a member and the relay.

use blindsight_session::{
    FromRelay, Member, MemberId, PROTOCOL_VERSION, PlaceKey, PublicKey, Refusal, Role, RoomId,
    ToRelay,
};

/// What is read is written and read again as the same.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let _ = ToRelay::join_version(bytes);
    let to = ToRelay::decode(bytes);
    if let Ok(frame) = &to {
        let again = frame.encode();
        assert!(ToRelay::decode(&again).is_ok_and(|again| again == *frame));
        let _ = format!("{frame:?}");
    }
    let from = FromRelay::decode(bytes);
    if let Ok(frame) = &from {
        let again = frame.encode();
        assert!(FromRelay::decode(&again).is_ok_and(|again| again == *frame));
        let _ = format!("{frame:?}");
    }
    to.is_ok() || from.is_ok()
}

pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let member = |id, role| Member {
        id: MemberId(id),
        role,
    };
    let to = [
        (
            "join",
            ToRelay::Join {
                version: PROTOCOL_VERSION,
                room: RoomId::from_bytes([3; 16]),
                role: Role::DataOwner,
                place: PlaceKey::from_bytes([5; 16]),
            },
        ),
        ("request", ToRelay::RequestHelper { greeting: &[7; 80] }),
        (
            "send",
            ToRelay::Send {
                to: MemberId(2),
                payload: b"payload",
            },
        ),
        ("remove", ToRelay::Remove(MemberId(3))),
        ("ping", ToRelay::Ping),
        (
            "send-both",
            ToRelay::SendBoth {
                to: [MemberId(2), MemberId(300)],
                first: b"first",
                second: b"second",
                common: b"common",
            },
        ),
    ];
    let from = [
        (
            "welcome",
            FromRelay::Welcome {
                you: MemberId(4),
                members: vec![member(0, Role::ModelOwner), member(1, Role::Helper)],
                helper: Some(PublicKey::from_bytes([9; 32])),
            },
        ),
        ("joined", FromRelay::Joined(member(5, Role::DataOwner))),
        ("left", FromRelay::Left(MemberId(5))),
        (
            "deliver",
            FromRelay::Deliver {
                from: MemberId(0),
                payload: b"payload",
            },
        ),
        (
            "refused",
            FromRelay::Refused(Refusal::RoleTaken(Role::Helper)),
        ),
        ("pong", FromRelay::Pong),
    ];
    let to = to.iter().map(|(name, frame)| (*name, frame.encode()));
    let from = from.iter().map(|(name, frame)| (*name, frame.encode()));
    to.chain(from)
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .collect()
}
