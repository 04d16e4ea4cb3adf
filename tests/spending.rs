//! A mask hides one value. Whatever breaks and whenever: nothing else is ever sent under it.
//!
//! Somebody who knows all secrets of the run reads along on every link, and then looks at all that
//! was sent over its whole life, arrived or not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use blindsight_member::HelperChoice;
use blindsight_model::evaluate::integer;
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_model::network::Network;
use blindsight_tests::glass::Glass;
use blindsight_tests::house::{House, Who, bundled};

/// The messages that hold something masked: what each starts with, and the bytes in front of what
/// is masked. These hold session (but for the model owner's), number and step, so that two messages
/// with the same head are under the same mask.
const AHEAD: (u8, usize) = (11, 25);
const MASKED_VALUE: (u8, usize) = (13, 27);
const OPENING: (u8, usize) = (14, 12);
const TURN: (u8, usize) = (15, 28);
const DIFFERENCES: (u8, usize) = (16, 9);
const WINS: (u8, usize) = (17, 25);
const CLASS_SHARE: (u8, usize) = (18, 9);
const MASKED: [(u8, usize); 7] = [
    AHEAD,
    MASKED_VALUE,
    OPENING,
    TURN,
    DIFFERENCES,
    WINS,
    CLASS_SHARE,
];
/// The model owner's offer, which begins a session: version 3, and the session's name.
const OFFER: u8 = 0;
const SESSION: std::ops::Range<usize> = 2..18;

/// A head, and the session if the head does not name it.
type Mask = (Vec<u8>, Vec<u8>);

/// All that was sent under a mask between a data owner and the model owner.
fn spent(glass: &Glass, guest: Who, host: Who) -> Result<BTreeMap<Mask, Vec<u8>>> {
    let mut spent = BTreeMap::new();
    for way in [(guest, host), (host, guest)] {
        let mut session = Vec::new();
        for message in glass.messages(way) {
            if message[0] == OFFER && way == (host, guest) {
                session = message[SESSION].to_vec();
            }
            let Some((_, head)) = MASKED.iter().find(|(kind, _)| *kind == message[0]) else {
                continue;
            };
            let (head, body) = message.split_at_checked(*head).context("a short message")?;
            let before = spent.insert((session.clone(), head.to_vec()), body.to_vec());
            ensure!(
                before.is_none_or(|before| before == body),
                "two values under one mask: {head:?}"
            );
        }
    }
    Ok(spent)
}

/// Looks at a whole life in which both pictures were classified.
fn check(
    house: &mut House,
    guest: Who,
    host: Who,
    (steps, integers): (usize, &IntegerNetwork),
    classes: [Result<usize>; 2],
) -> Result<()> {
    let spent = spent(house.overheard()?, guest, host)?;
    for (class, picture) in classes.into_iter().zip(pictures()) {
        ensure!(class? == integer::classify(integers, &picture)?);
    }
    let count = |kind: (u8, usize)| spent.keys().filter(|(_, head)| head[0] == kind.0).count();
    for (kind, times) in [
        (AHEAD, 1),
        (MASKED_VALUE, steps),
        (OPENING, steps - 1),
        (DIFFERENCES, 1),
        (WINS, 1),
        (CLASS_SHARE, 1),
    ] {
        let found = count(kind);
        ensure!(found >= 2 * times, "{found} messages of kind {kind:?}");
    }
    // Each picture was begun under a mask of its own, in whatever session.
    let begun = spent
        .iter()
        .filter(|((_, head), _)| head[0] == MASKED_VALUE.0 && head[head.len() - 2..] == [0, 0]);
    let bodies: Vec<_> = begun.map(|(_, body)| body).collect();
    let different: BTreeSet<_> = bodies.iter().collect();
    ensure!(
        bodies.len() == different.len(),
        "two pictures under one mask"
    );
    Ok(())
}

fn model() -> Result<(Network, Arc<IntegerNetwork>, usize)> {
    let (network, integers) = bundled("mnist-mlp")?;
    let steps = integers.plan().steps();
    Ok((network, integers, steps))
}

/// Two pictures, so that two values under one mask would give something away.
fn pictures() -> [Vec<u8>; 2] {
    [3, 5].map(|step| (0..784).map(|at| ((at * step) % 251) as u8).collect())
}

/// The line is cut at every message of an inference, whoever's line it is.
#[test]
fn a_line_cut_at_any_message_sends_nothing_else_under_a_mask() -> Result<()> {
    let (network, integers, steps) = model()?;
    let [first, second] = &pictures();
    let mut repeated = 0;
    for breaks in 0..3 {
        let mut frames = 0;
        loop {
            let mut house = House::new(4);
            house.glass = Some(Glass::default());
            let (host, invitation, helpers) =
                house.host_for(&network, &integers, HelperChoice::Invite, Some(1))?;
            let helper = house.helper(&helpers)?;
            let guest = house.data_owner(&invitation, 1)?;
            let who = [host, helper, guest][breaks];
            house.stop_at = Some(house.delivered + frames);
            house.begin(guest, first)?;
            let over = house.result(guest).is_ok();
            house.disconnect(who);
            house.connect(who)?;
            house.stop_at = None;
            house.run();
            let classes = [house.result(guest), house.classify(guest, second)];
            check(&mut house, guest, host, (steps, &integers), classes)
                .with_context(|| format!("cut after frame {frames}"))?;
            repeated += house.overheard()?.repeated;
            if over {
                break;
            }
            frames += 1;
        }
        ensure!(frames > 2 * steps, "only {frames} frames were cut");
    }
    ensure!(repeated > 0, "nothing had to be sent again");
    Ok(())
}

/// The relay is killed at every message of an inference, and its helper with it: the picture is
/// begun again with a new helper, under masks that have nothing to do with those before.
#[test]
fn a_relay_killed_at_any_message_gives_new_masks() -> Result<()> {
    let (network, integers, steps) = model()?;
    let [first, second] = &pictures();
    let mut sessions = BTreeSet::new();
    let mut frames = 0;
    loop {
        let mut house = House::new(5);
        house.glass = Some(Glass::default());
        let (host, invitation, _) =
            house.host_for(&network, &integers, HelperChoice::BuiltIn, Some(1))?;
        let guest = house.data_owner(&invitation, 1)?;
        house.stop_at = Some(house.delivered + frames);
        house.begin(guest, first)?;
        let over = house.result(guest).is_ok();
        house.stop_at = None;
        house.restart_relay()?;
        house.run();
        let classes = [house.result(guest), house.classify(guest, second)];
        check(&mut house, guest, host, (steps, &integers), classes)
            .with_context(|| format!("killed after frame {frames}"))?;
        let spent = spent(house.overheard()?, guest, host)?;
        sessions.extend(spent.into_keys().map(|(session, _)| session));
        if over {
            break;
        }
        frames += 1;
    }
    ensure!(
        frames > 2 * steps,
        "the relay was killed only {frames} times"
    );
    ensure!(
        sessions.len() > 2,
        "no session was replaced: {}",
        sessions.len()
    );
    Ok(())
}
