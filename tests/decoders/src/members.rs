//! Whole members, as a tab or a program runs them: frames of a relay, and what a browser kept.

use std::sync::Arc;

use blindsight_member::{
    DataOwnerMember, HelperChoice, HelperMember, HostOptions, Member, ModelOwnerMember, Note,
    Output, Part, Saved,
};
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_parties::Hosting;
use blindsight_session::{
    FromRelay, Invitation, InvitationSecret, MemberId, PublicKey, RelayOrigin, Role, RoomId, Site,
};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::files::network;
use crate::input::{Input, piece};

fn places() -> (Site, RelayOrigin) {
    let relay = RelayOrigin::parse("ws://127.0.0.1:8080").expect("an address");
    (Site::of_relay(relay.clone()), relay)
}

fn invitation(role: Role) -> Invitation {
    let by = (role, InvitationSecret::from_bytes([2; 16]));
    let (room, host) = (RoomId::from_bytes([1; 16]), PublicKey::from_bytes([3; 32]));
    Invitation::new(places(), room, by, host, [4; 32]).expect("a guest's role")
}

fn host(saved: Option<Saved>, rng: &mut ChaCha20Rng) -> ModelOwnerMember {
    let network = network();
    let integers = IntegerNetwork::from_float(&network).expect("fits");
    let hosting = Hosting::new(Arc::new(integers), &network.name, &network.labels).expect("named");
    let (site, relay) = places();
    let options = HostOptions {
        relay,
        site,
        helper: HelperChoice::BuiltIn,
        uses: Some(1),
        budget: 10,
        remember: true,
    };
    ModelOwnerMember::open(options, hosting, saved, rng).expect("guests' roles")
}

/// The first byte says which member; then come steps: 0 ends the connection and makes another, 1
/// lets time pass, anything else is a frame.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let mut input = Input(bytes);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    match input.byte() {
        Some(0) => {
            let invitation = invitation(Role::DataOwner);
            let member = DataOwnerMember::join(&invitation, None, 2, &mut rng);
            frames(member, input, &mut rng)
        }
        Some(1) => {
            let invitation = invitation(Role::Helper);
            frames(
                HelperMember::join(&invitation, None, &mut rng),
                input,
                &mut rng,
            )
        }
        Some(_) => frames(host(None, &mut rng), input, &mut rng),
        None => false,
    }
}

/// Whether the relay's words were understood: nothing ended in an error.
fn frames<P: Part>(mut member: Member<P>, mut input: Input, rng: &mut ChaCha20Rng) -> bool {
    let mut now = 0.0;
    let mut failed = false;
    let mut see = |output: Output| {
        let fatal = |note: &Note| matches!(note, Note::Error { fatal: true, .. });
        failed |= output.notes.iter().any(fatal);
        let _ = format!("{:?}", output.notes);
    };
    see(member.connected(now));
    while let Some(step) = input.byte() {
        now += 1.0;
        match step {
            0 => {
                see(member.disconnected(now, rng));
                see(member.connected(now));
            }
            1 => {
                now += 1000.0 * f64::from(input.byte().unwrap_or(0));
                see(member.tick(now, rng));
            }
            _ => {
                let Some(frame) = input.piece() else { break };
                see(member.receive(now, frame, rng));
            }
        }
    }
    see(member.stop());
    !failed
}

fn welcome(others: &[Role]) -> Vec<u8> {
    let members = (0..).zip(others);
    let members = members.map(|(id, role)| blindsight_session::Member {
        id: MemberId(id),
        role: *role,
    });
    let members: Vec<_> = members.collect();
    FromRelay::Welcome {
        you: MemberId(u32::try_from(members.len()).expect("few")),
        members,
        helper: None,
    }
    .encode()
}

pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let frame = |frame: FromRelay| [&[2][..], &piece(&frame.encode())].concat();
    let from = MemberId(0);
    let garbage = FromRelay::Deliver {
        from,
        payload: &[1, 2, 3],
    };
    let talk = [frame(garbage), vec![1, 3], frame(FromRelay::Pong)].concat();
    let left = [frame(FromRelay::Left(from)), vec![1, 30, 0]].concat();
    let enter = |who: u8, others: &[Role]| {
        let welcome = [&[2][..], &piece(&welcome(others))].concat();
        [&[who][..], &welcome, &talk, &left, &welcome].concat()
    };
    let seeds = [
        ("data-owner", enter(0, &[Role::ModelOwner])),
        ("helper", enter(1, &[Role::ModelOwner, Role::DataOwner])),
        ("model-owner", enter(2, &[Role::DataOwner])),
    ];
    seeds.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}

/// What a browser kept of a room: hosting is taken up again with it.
pub(crate) fn saved(bytes: &[u8]) -> bool {
    let Some(saved) = Saved::from_bytes(bytes) else {
        return false;
    };
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut member = host(Some(saved), &mut rng);
    member.connected(0.0);
    let output = member.receive(1.0, &welcome(&[]), &mut rng);
    let kept = output.keep.expect("what is kept");
    assert!(Saved::from_bytes(&kept).is_some(), "what is kept is read");
    true
}

pub(crate) fn saved_seeds() -> Vec<(String, Vec<u8>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut member = host(None, &mut rng);
    member.connected(0.0);
    let output = member.receive(1.0, &welcome(&[]), &mut rng);
    let kept = output.keep.expect("what is kept").to_vec();
    vec![("fresh".to_owned(), kept)]
}
