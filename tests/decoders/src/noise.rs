//! What a peer says under encryption: greetings, answers, and the pieces of a link.

use blindsight_session::{
    Doors, Identity, LinkEvent, Links, Member, MemberId, PlaceKey, Role, Turn,
};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::input::{Input, piece};
use crate::stranger::{Line, STATE, Stranger};

const PLAN: [u8; 32] = [4; 32];
const PART: [u8; 32] = [8; 32];
/// The longest message that is taken here.
const LONGEST: usize = 4096;

const MODEL_OWNER: Member = Member {
    id: MemberId(0),
    role: Role::ModelOwner,
};
const DATA_OWNER: Member = Member {
    id: MemberId(1),
    role: Role::DataOwner,
};

/// The first byte says who the stranger is and what of its words comes from the input: 0 a data
/// owner's greeting, 1 its records after a valid greeting; 2 a model owner's answer, 3 its records
/// after a valid one. The rest is pieces.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let mut input = Input(bytes);
    let Some(mode) = input.byte() else {
        return false;
    };
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let doors = Doors::new(Some(1), Some(1), &mut rng);
    let secret = doors.secret(Role::DataOwner).unwrap().clone();
    let room = PlaceKey::random(&mut rng).room();
    let (host, guest) = (Identity::random(&mut rng), Identity::random(&mut rng));
    let host_key = host.public();
    let stranger = |own| Stranger {
        own,
        secret: secret.clone(),
        room,
        plan: PLAN,
        roles: [Role::DataOwner as u8, Role::ModelOwner as u8],
        seed: [3; 32],
    };
    let mut met = Met::default();
    if mode % 4 < 2 {
        let mut links = Links::model_owner(host, room, PLAN, doors.clone(), &mut rng);
        met.see(links.member_joined(0.0, DATA_OWNER, &mut rng));
        let stranger = stranger(guest);
        let valid = stranger.greeting(&PART);
        let greeting = if mode % 4 == 0 {
            input.piece().unwrap_or_default()
        } else {
            &valid
        };
        let (payload, mut handshake) =
            stranger.greet(host_key, &greeting[..greeting.len().min(900)]);
        let mut take =
            |payload: &[u8]| links.receive(0.0, DATA_OWNER, payload, |_| LONGEST, &mut rng);
        let turn = take(&payload);
        let answer = turn.payloads.first().map(|(_, answer)| answer.clone());
        met.see(turn);
        let mut plain = [0; 1000];
        let Some(answer) = answer.filter(|answer| answer[0] == 1) else {
            return false;
        };
        handshake.read_message(&answer[1..], &mut plain).unwrap();
        let mut line = Line::new(handshake);
        if mode % 4 == 0 || mode & 4 == 0 {
            // The record that opens the caller's part of the safety words.
            let reveal = [&[1; 1], &[0; 16][..], &PART].concat();
            met.see(take(&line.record(&reveal)));
        }
        while let Some(plain) = input.piece() {
            met.see(take(&line.record(plain)));
        }
    } else {
        let mut links = Links::guest(
            guest,
            Role::DataOwner,
            room,
            PLAN,
            (host_key, secret.clone()),
            &mut rng,
        );
        let turn = links.member_joined(0.0, MODEL_OWNER, &mut rng);
        let greeting = turn.payloads[0].1.clone();
        let valid = [&STATE[..], &PART].concat();
        let answer = if mode % 4 == 2 {
            input.piece().unwrap_or_default()
        } else {
            &valid
        };
        let answer = &answer[..answer.len().min(900)];
        let (payload, mut line) = stranger(host).answer(&greeting, answer);
        let mut take =
            |payload: &[u8]| links.receive(0.0, MODEL_OWNER, payload, |_| LONGEST, &mut rng);
        met.see(take(&payload));
        while let Some(plain) = input.piece() {
            met.see(take(&line.record(plain)));
        }
    }
    met.up && !met.failed
}

/// What was seen of a link.
#[derive(Default)]
struct Met {
    up: bool,
    failed: bool,
}

impl Met {
    fn see(&mut self, turn: Turn) {
        for event in turn.events {
            match event {
                LinkEvent::Up { .. } => self.up = true,
                LinkEvent::Message { message, .. } => assert!(message.len() <= LONGEST),
                LinkEvent::Piece { bytes, .. } => assert!(bytes <= LONGEST),
                LinkEvent::Failed { .. } => self.failed = true,
                _ => {}
            }
        }
    }
}

/// The plaintext of a record: its kind, how many parcels came, its own number, its body.
fn plain(kind: u8, number: u64, body: &[u8]) -> Vec<u8> {
    let plain = [
        &[kind],
        &0_u64.to_le_bytes()[..],
        &number.to_le_bytes(),
        body,
    ]
    .concat();
    piece(&plain)
}

pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    const REPORT: u8 = 0;
    const PIECE: u8 = 2;
    const LAST: u8 = 3;
    const CONTROL: u8 = 4;
    /// The peer that a word is about.
    const HELPER: u8 = 2;
    const SEALED_PIECE: u8 = 5;
    const SEALED_LAST: u8 = 6;
    const HOLD: u8 = 7;
    let talk = [
        plain(PIECE, 0, b"half "),
        plain(LAST, 1, b"whole"),
        plain(HOLD, 0, b""),
        plain(REPORT, 0, b""),
    ]
    .concat();
    // Vouches for a helper, speaks of an intruder, takes leave.
    let helper = [&[0, HELPER][..], &[6; 32], &[5; 16], &[0]].concat();
    let words = [
        plain(CONTROL, 0, &helper),
        plain(CONTROL, 1, &[3]),
        plain(CONTROL, 2, &[5]),
    ]
    .concat();
    // The content is sealed on its way.
    let sealed = [
        plain(SEALED_PIECE, 0, b"half "),
        plain(SEALED_LAST, 1, b"whole"),
        plain(SEALED_LAST, 2, b""),
        plain(LAST, 3, b"open"),
    ]
    .concat();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let doors = Doors::new(Some(1), Some(1), &mut rng);
    let stranger = Stranger {
        own: Identity::random(&mut rng),
        secret: doors.secret(Role::DataOwner).unwrap().clone(),
        room: PlaceKey::random(&mut rng).room(),
        plan: PLAN,
        roles: [0, 1],
        seed: [3; 32],
    };
    let greeting = piece(&stranger.greeting(&PART));
    let answer = piece(&[&STATE[..], &PART].concat());
    let seeds = [
        ("greeting", [&[0][..], &greeting, &talk].concat()),
        ("caller", [&[1][..], &talk].concat()),
        ("answer", [&[2][..], &answer, &talk].concat()),
        ("called", [&[3][..], &talk].concat()),
        ("words", [&[3][..], &words].concat()),
        ("sealed", [&[3][..], &sealed].concat()),
    ];
    seeds.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}
