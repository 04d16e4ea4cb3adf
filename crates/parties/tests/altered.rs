//! A whole inference, from the first greeting to the class, played again and again with one message
//! altered on its way to each of the three.

#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use blindsight_model::{evaluate::integer, network::Network};
use blindsight_parties::{Event, Reason};
use common::{Room, Sent, Who, graphs, integers, network, pixels};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What may be done to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alteration {
    /// Nothing: the run that the others are compared with.
    None,
    /// One bit is turned: of the first byte, of the middle one, of the last.
    Flip(u8),
    Cut,
    Extend,
    Twice,
    /// The next message comes first.
    Swap,
    /// The same message of another session comes in its place.
    Foreign,
}

const ALTERATIONS: [Alteration; 8] = [
    Alteration::Flip(0),
    Alteration::Flip(1),
    Alteration::Flip(2),
    Alteration::Cut,
    Alteration::Extend,
    Alteration::Twice,
    Alteration::Swap,
    Alteration::Foreign,
];

/// Messages of whoever has stopped are shorter than this: an abort, or that a guest was sent away.
const ABORT_BYTES: usize = 16;

/// An altered message may take so much more memory than an honest run. Plans may be altered within
/// what a party allows, and cost what they declare.
const SLACK_BYTES: usize = 1 << 20;

/// What became of a run.
struct Outcome {
    class: Option<usize>,
    /// Who refused what, and of whom.
    refused: Vec<(Who, Reason)>,
    receiver: Option<Who>,
    peak: usize,
}

/// Fully connected layers; and pooling, whose rounds are opened in turns.
fn networks() -> [Network; 2] {
    [network(5, &[6, 4], 3), graphs::pooled(5, 2, 4)]
}

fn room(network: &Network, seed: u64) -> Room {
    Room::new(&integers(network), &network.labels, seed, 1)
}

fn picture() -> Vec<u8> {
    pixels(25, 1)
}

/// What the wire looks like in another session.
fn foreign(network: &Network) -> Vec<Sent> {
    let mut room = room(network, 2);
    room.run();
    room.classify(&picture()).unwrap();
    room.record
}

/// One run, with the message at `index` altered.
fn play(network: &Network, index: usize, alteration: Alteration, foreign: &[Sent]) -> Outcome {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let mut room = room(network, 1);
    let (mut count, mut asked) = (0, false);
    let (mut receiver, mut refused, mut muted) = (None, Vec::new(), Vec::new());
    let mut class = None;
    loop {
        let Some(mut sent) = room.queue.pop_front() else {
            if asked {
                break;
            }
            asked = true;
            if let Ok(step) = room.data_owner.classify(&[&picture()]) {
                room.take(Who::DataOwner, step);
            }
            continue;
        };
        let mut again = false;
        if count == index {
            match alteration {
                Alteration::None => {}
                Alteration::Flip(place) => {
                    let at = usize::from(place) * (sent.bytes.len() - 1) / 2;
                    sent.bytes[at] ^= 1 << (index % 8);
                }
                Alteration::Cut => drop(sent.bytes.pop()),
                Alteration::Extend => sent.bytes.push(0),
                Alteration::Twice => again = true,
                Alteration::Swap => {
                    if let Some(next) = room.queue.pop_front() {
                        room.queue.push_front(sent);
                        sent = next;
                    }
                }
                Alteration::Foreign => {
                    let same = |other: &&Sent| {
                        (other.from, other.to, other.bytes.len(), other.bytes[0])
                            == (sent.from, sent.to, sent.bytes.len(), sent.bytes[0])
                    };
                    if let Some(other) = foreign.iter().find(same) {
                        sent = other.clone();
                    }
                }
            }
            receiver = Some(sent.to);
        }
        count += 1;
        for _ in 0..=usize::from(again) {
            let (events, record) = (room.events.len(), room.record.len());
            room.deliver(&sent);
            for (who, event) in &room.events[events..] {
                match event {
                    Event::Aborted {
                        peer,
                        by_peer: false,
                        abort,
                    } => {
                        refused.push((*who, abort.reason));
                        muted.push((*who, *peer));
                    }
                    Event::Classified(result) => class = Some(result.class),
                    _ => {}
                }
            }
            for sent in &room.record[record..] {
                let silent = muted.iter().any(|(who, peer)| {
                    // A data owner stops altogether; the others go on with everybody else.
                    sent.from == *who && (*who == Who::DataOwner || sent.to.peer() == *peer)
                });
                assert!(
                    !silent || sent.bytes.len() < ABORT_BYTES,
                    "{alteration:?} of message {index}: {:?} goes on after it stopped",
                    sent.from
                );
            }
        }
    }
    drop(room);
    Outcome {
        class,
        refused,
        receiver,
        peak: MEMORY.peak_usage() - before,
    }
}

/// One test, so that nothing else takes memory meanwhile.
#[test]
fn an_altered_message_is_refused_or_changes_nothing() {
    for network in networks() {
        check(&network);
    }
}

fn check(network: &Network) {
    let right = integer::classify(&integers(network), &picture()).unwrap();
    let foreign = foreign(network);
    let honest = play(network, usize::MAX, Alteration::None, &foreign);
    assert_eq!(honest.class, Some(right));
    assert!(honest.refused.is_empty());
    let mut receivers = Vec::new();
    let mut refusals = 0;
    for alteration in ALTERATIONS {
        for index in 0.. {
            let outcome = play(network, index, alteration, &foreign);
            let Some(receiver) = outcome.receiver else {
                assert!(index > 10, "only {index} messages");
                break;
            };
            let what = format!("{alteration:?} of message {index}, to {receiver:?}");
            receivers.push(receiver);
            refusals += outcome.refused.len();
            assert!(
                outcome.peak < honest.peak + SLACK_BYTES,
                "{what}: {} bytes",
                outcome.peak
            );
            // No wrong class, but where a share itself was changed: then it is not known.
            let shares = matches!(alteration, Alteration::Flip(_) | Alteration::Foreign);
            let wrong = outcome.class.is_some_and(|class| class != right);
            assert!(!wrong || shares, "{what}: a wrong class");
            if matches!(alteration, Alteration::Cut | Alteration::Extend) {
                let first = outcome.refused.first();
                let Some((who, reason)) = first else {
                    panic!("{what}: accepted");
                };
                assert_eq!(*who, receiver, "{what}: refused by another");
                let typed = [Reason::WrongLength, Reason::Malformed];
                assert!(typed.contains(reason), "{what}: {reason:?}");
            }
        }
    }
    for who in [Who::DataOwner, Who::ModelOwner, Who::Helper] {
        assert!(receivers.contains(&who), "{who:?}");
    }
    assert!(
        refusals > receivers.len() / 2,
        "{refusals} of {}",
        receivers.len()
    );
}
