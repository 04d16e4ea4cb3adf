//! All roles and the relay's rooms in one process, with the bundled network.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use blindsight_member::{GuestState, HelperChoice, Note, Phase};
use blindsight_model::{
    data_set::{DataSet, Split},
    evaluate::{float, integer},
    picture::{Rgba, digit},
};
use blindsight_parties::Cost;
use blindsight_session::{
    BESIDE_OVERHEAD_BYTES, OVERHEAD_BYTES, PIECE_BYTES, SEALED_OVERHEAD_BYTES,
};
use blindsight_tests::{
    digits::Hand,
    house::{House, bundled},
};

#[path = "in_process/parties.rs"]
mod parties;

/// The ten digits as they are drawn by code, reduced as every drawing is.
fn drawn() -> Result<Vec<Vec<u8>>> {
    drawn_by(&Hand::PLAIN)
}

fn drawn_by(hand: &Hand) -> Result<Vec<Vec<u8>>> {
    (0..10)
        .map(|class| {
            let image = hand.picture(class, 112);
            let rgba: Vec<u8> = image
                .iter()
                .flat_map(|&luma| [luma, luma, luma, 255])
                .collect();
            let picture = digit(Rgba::new(image.width(), image.height(), &rgba)?)?;
            Ok(picture.pixels().to_vec())
        })
        .collect()
}

#[test]
fn two_data_owners_share_a_host_and_each_gets_its_own_classes() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let mut house = House::new(1);
    let (host, invitation, _) = house.host(&network, &integers, HelperChoice::BuiltIn)?;
    let guests = [
        house.data_owner(&invitation, 4)?,
        house.data_owner(&invitation, 1)?,
    ];
    for picture in drawn()? {
        let class = integer::classify(&integers, &picture)?;
        for guest in guests {
            ensure!(house.classify(guest, &picture)? == class);
            let served = house.notes(host).any(|note| {
                matches!(
                    note,
                    Note::Guest {
                        state: GuestState::Ready,
                        ..
                    }
                )
            });
            ensure!(served, "the host is told that a picture was classified");
        }
    }
    Ok(())
}

#[test]
fn who_leaves_is_missed_in_words() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let picture = &drawn()?[3];
    let mut house = House::new(2);
    let (host, invitation, helper_invitation) =
        house.host(&network, &integers, HelperChoice::Invite)?;
    let helper = house.helper(&helper_invitation)?;
    let guest = house.data_owner(&invitation, 2)?;
    house.classify(guest, picture)?;

    // Two classifications are prepared; then there is nobody who could prepare a third.
    house.leave(helper);
    house.classify(guest, picture)?;
    house.classify(guest, picture)?;
    ensure!(house.classify(guest, picture).is_err(), "a third one");
    let waits = house.notes(guest).any(
        |note| matches!(note, Note::Phase { phase: Phase::Wait, text } if text.contains("helper")),
    );
    ensure!(waits, "the data owner is told what is missing");

    // A new helper brings the picture that waits to its end, and serves the next guest.
    house.helper(&helper_invitation)?;
    let result = house
        .notes(guest)
        .any(|note| matches!(note, Note::Result { .. }));
    ensure!(result, "the picture that waited is classified");
    let guest = house.data_owner(&invitation, 2)?;
    house.classify(guest, picture)?;
    house.leave(host);
    let errors = house.errors(guest).join(" ");
    ensure!(errors.contains("The model owner stopped"), "{errors}");
    Ok(())
}

/// Nothing of a picture is sent before the words are compared: neither at first, nor to somebody who came
/// in the place of another while the picture waited.
#[test]
fn a_picture_waits_until_words_are_compared() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let picture = &drawn()?[4];
    let mut house = House::new(5);
    let (_, invitation, helper_invitation) =
        house.host(&network, &integers, HelperChoice::Invite)?;
    let helper = house.helper(&helper_invitation)?;
    let guest = house.careful_data_owner(&invitation, 1)?;
    ensure!(
        house.classify(guest, picture).is_err(),
        "compared with nobody"
    );
    house.words_match(guest, "model-owner");
    ensure!(house.result(guest).is_err(), "compared with one of two");
    house.words_match(guest, "helper");
    house.result(guest)?;

    house.leave(helper);
    house.classify(guest, picture)?;
    ensure!(
        house.classify(guest, picture).is_err(),
        "nothing is prepared"
    );
    house.helper(&helper_invitation)?;
    ensure!(house.result(guest).is_err(), "the new helper is a stranger");
    house.words_match(guest, "helper");
    house.result(guest)?;
    Ok(())
}

/// Wherever a connection breaks, whoever's it is, the picture is classified all the same.
#[test]
fn a_picture_survives_a_broken_connection_at_any_frame() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let picture = &drawn()?[7];
    let class = integer::classify(&integers, picture)?;
    for breaks in 0..3 {
        let mut frames = 0;
        loop {
            let mut house = House::new(4);
            let (host, invitation, helpers) =
                house.host_for(&network, &integers, HelperChoice::Invite, Some(1))?;
            let helper = house.helper(&helpers)?;
            let guest = house.data_owner(&invitation, 1)?;
            let who = [host, helper, guest][breaks];
            house.stop_at = Some(house.delivered + frames);
            house.begin(guest, picture)?;
            let over = house.result(guest).is_ok();
            house.disconnect(who);
            house.connect(who)?;
            house.stop_at = None;
            house.run();
            ensure!(house.result(guest)? == class, "broken after frame {frames}");
            ensure!(house.errors(guest).is_empty() && house.errors(host).is_empty());
            if over {
                break;
            }
            frames += 1;
        }
        ensure!(frames > 6, "only {frames} frames were broken off");
    }
    Ok(())
}

/// What the helper sends to the relay is what the plan declares, and what links and frames add to it,
/// to the byte. The keys of a bundle go up once, though two get them.
#[test]
fn what_the_helper_uploads_is_declared() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let declared = usize::try_from(Cost::declared(integers.plan())?.helper_upload_bytes)?;
    let mut house = House::new(9);
    let (_, invitation, helpers) = house.host(&network, &integers, HelperChoice::Invite)?;
    let helper = house.helper(&helpers)?;
    let guest = house.data_owner(&invitation, 1)?;

    let linears = integers.plan().linears().iter();
    let corrections = 9 + linears.map(|linear| linear.output_bytes()).sum::<usize>();
    ensure!(corrections <= PIECE_BYTES, "they are one piece");
    let length = |bytes: usize| bytes.ilog2() as usize / 7 + 1;
    // A frame to one: its kind, to whom, and a length. To two: twice as many of all but the kind,
    // and once what is common.
    let sealed = 2 * (1 + length(SEALED_OVERHEAD_BYTES) + SEALED_OVERHEAD_BYTES);
    let first = corrections + OVERHEAD_BYTES;
    let first = 2 + length(first) + first;
    let keys = declared - corrections;
    ensure!(keys > 2 * PIECE_BYTES, "they are several pieces");
    for picture in drawn()? {
        let before = house.uploaded(helper).len();
        house.classify(guest, &picture)?;
        // A bundle for the next picture.
        let frames = house.uploaded(helper).get(before..).unwrap_or_default();
        let (corrections, pieces) = frames.split_first().context("nothing was dealt")?;
        ensure!(*corrections == first);
        let mut sum = 0;
        for frame in pieces {
            let common = frame - 1 - sealed;
            // As long as its length says.
            let common = (1..=3).map(|length| common - length);
            let common = common.filter(|common| frame - 1 - sealed - common == length(*common));
            sum += common.max().context("no length fits")? - BESIDE_OVERHEAD_BYTES;
        }
        ensure!(sum == keys && pieces.len() >= keys.div_ceil(PIECE_BYTES));
    }
    Ok(())
}

/// The relay is killed again and again, with its own helper in it.
#[test]
fn pictures_survive_the_relay() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let pictures = drawn()?;
    let mut house = House::new(5);
    let (_, invitation, _) = house.host_for(&network, &integers, HelperChoice::BuiltIn, Some(1))?;
    let guest = house.data_owner(&invitation, 2)?;
    for (index, picture) in pictures.iter().cycle().take(40).enumerate() {
        let class = integer::classify(&integers, picture)?;
        house.stop_at = Some(house.delivered + index % 20);
        house.begin(guest, picture)?;
        house.stop_at = None;
        house.restart_relay()?;
        house.run();
        ensure!(house.result(guest)? == class, "picture {index}");
    }
    Ok(())
}

/// Pages are reloaded, one after the other and in every order: the work goes on.
#[test]
fn whoever_reloads_goes_on() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let picture = &drawn()?[6];
    let class = integer::classify(&integers, picture)?;
    // Which of the three reload, in this order: 0 data owner, 1 helper, 2 model owner.
    for orders in 0..27 {
        let mut house = House::new(8);
        let (choice, uses) = (HelperChoice::Invite, Some(1));
        let (host, invitation, helpers) = house.host_for(&network, &integers, choice, uses)?;
        let helper = house.helper(&helpers)?;
        let guest = house.data_owner(&invitation, 2)?;
        ensure!(house.classify(guest, picture)? == class);
        for place in [1, 3, 9] {
            let who = orders / place % 3;
            match who {
                0 => house.reload_guest(guest, &invitation)?,
                1 => house.reload_guest(helper, &helpers)?,
                _ => house.reload_host(host, (&network, &integers), choice, uses)?,
            }
            // More than were prepared before.
            for _ in 0..3 {
                let found = house.classify(guest, picture);
                ensure!(
                    found.with_context(|| format!("{who} reloads in order {orders}"))? == class
                );
            }
        }
    }
    Ok(())
}

/// A relay turns one bit of any message, from the first greeting to the last share: the class is
/// right or there is none, and who sees the change says so.
#[test]
fn an_altered_bit_gives_no_wrong_class() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let picture = &drawn()?[4];
    let class = integer::classify(&integers, picture)?;
    let (mut which, mut noticed) = (0, 0);
    loop {
        // Bits of the tag, of what is encrypted, and of the head of a frame.
        for bit in [3, 200, 8 * 40 + 1, usize::MAX / 2] {
            let mut house = House::new(7);
            house.alter = Some((which, bit));
            let (host, invitation, _) =
                house.host_for(&network, &integers, HelperChoice::BuiltIn, Some(1))?;
            let guest = house.data_owner(&invitation, 1)?;
            match house.classify(guest, picture) {
                Ok(found) => ensure!(found == class, "bit {bit} of message {which}"),
                Err(_) => noticed += 1,
            }
            if bit == 3 && house.forwarded <= which {
                ensure!(
                    which > 20 && noticed > which,
                    "{which} messages, {noticed} noticed"
                );
                return Ok(());
            }
            let _ = host;
        }
        which += 1;
    }
}

#[test]
fn a_second_person_with_an_invitation_is_refused_and_those_inside_are_told() -> Result<()> {
    let (network, integers) = bundled("mnist-mlp")?;
    let mut house = House::new(6);
    let (host, invitation, _) =
        house.host_for(&network, &integers, HelperChoice::BuiltIn, Some(1))?;
    let guest = house.data_owner(&invitation, 1)?;
    let second = house.data_owner(&invitation, 1)?;
    let errors = house.errors(second).join(" ");
    ensure!(errors.contains("used by somebody else"), "{errors}");
    for who in [host, guest] {
        let warned = house
            .notes(who)
            .any(|note| matches!(note, Note::Warning { .. }));
        ensure!(warned, "{who:?} is told");
    }
    house.classify(guest, &drawn()?[1])?;
    Ok(())
}

/// The claim that matters: over the whole test set the secure class is the class of the integer
/// network in the clear, save for near-ties, and is right as often as the float network's.
#[test]
fn the_whole_test_set_is_classified_as_in_the_clear() -> Result<()> {
    let Some(data) = std::env::var_os("BLINDSIGHT_DATA") else {
        eprintln!("skipped: BLINDSIGHT_DATA is not set; `cargo xtask data mnist` fetches MNIST");
        return Ok(());
    };
    let examples = DataSet::Mnist.load(Path::new(&data), Split::Test)?;
    let (network, integers) = bundled("mnist-mlp")?;
    let mut house = House::new(3);
    let (_, invitation, _) = house.host(&network, &integers, HelperChoice::BuiltIn)?;
    let guest = house.data_owner(&invitation, 4)?;
    let (mut flips, mut secure_right, mut float_right) = (0, 0, 0);
    for (pixels, label) in (0..examples.len()).filter_map(|index| examples.get(index)) {
        let class = house.classify(guest, pixels)?;
        flips += usize::from(class != integer::classify(&integers, pixels)?);
        secure_right += usize::from(class == usize::from(label));
        float_right += usize::from(float::classify(&network, pixels)? == usize::from(label));
    }
    let count = examples.len();
    println!(
        "{count} pictures: secure {secure_right} right, float {float_right} right, \
         {flips} classes differ from the integers in the clear"
    );
    ensure!(count == 10_000);
    ensure!(flips < count / 1000, "{flips} classes differ");
    ensure!(secure_right.abs_diff(float_right) <= count / 1000);
    ensure!(secure_right >= count * 975 / 1000);
    Ok(())
}

/// Digits that no data set has: drawn by ten hands, prepared as every drawing is, and classified
/// securely.
#[test]
fn freehand_digits_are_recognised() -> Result<()> {
    for model in ["mnist-cnn", "mnist-cnn-fast", "mnist-mlp"] {
        let (network, integers) = bundled(model)?;
        let mut house = House::new(4);
        let (_, invitation, _) = house.host(&network, &integers, HelperChoice::BuiltIn)?;
        let guest = house.data_owner(&invitation, 4)?;
        let (mut count, mut right) = (0, 0);
        for hand in Hand::VARIED {
            for (class, picture) in drawn_by(&hand)?.iter().enumerate() {
                let answer = house.classify(guest, picture)?;
                count += 1;
                right += usize::from(answer == class);
                if answer != class {
                    println!("{model}: {class}, {}, is taken for {answer}", hand.name);
                }
            }
        }
        println!("{model}: {right} of {count} freehand digits are right");
        ensure!(right * 100 >= count * 93, "{model}: {right} of {count}");
    }
    Ok(())
}
