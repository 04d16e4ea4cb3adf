//! The programs together, as people start them: a relay, a model owner, a helper, a data owner.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use blindsight_tests::roles::{
    Classified, Helping, Host, Relay, classify, model_file, start_classify, start_classify_logged,
    start_helper, start_host, start_host_with,
};
use blindsight_tests::{digits, secrets};
use flate2::Compression;
use flate2::write::GzEncoder;
use image::{GrayImage, Luma};
use tempfile::TempDir;

#[path = "processes/asking.rs"]
mod asking;
#[path = "processes/relays.rs"]
mod relays;
#[path = "processes/words.rs"]
mod words;

/// How long a program may take to refuse what it cannot use.
const REFUSAL: Duration = Duration::from_secs(20);

/// The most that one picture may cost the data owner and the model owner, both directions.
const ONLINE_BYTES: u64 = 12_000;

/// The most that the helper may deal for one picture.
const OFFLINE_BYTES: u64 = 300_000;

/// Round trips of the bundled model: three layers, and one for the class.
const ROUND_TRIPS: u64 = 4;

#[test]
fn drawn_digits_are_classified_with_the_relays_helper() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    check_ten_digits(&host)
}

#[test]
fn drawn_digits_are_classified_with_an_invited_helper() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::Invited)?;
    let _helper = start_helper(&host.helper_invite)?;
    check_ten_digits(&host)
}

#[test]
fn a_data_owner_who_is_there_first_waits_for_the_helper() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::Invited)?;
    let (_folder, pictures) = drawn(1)?;
    let data_owner = start_classify(&host.data_owner_invite, &pictures)?;
    std::thread::sleep(Duration::from_millis(500));
    let _helper = start_helper(&host.helper_invite)?;
    let lines = data_owner.end(Duration::from_secs(60))?.json()?;
    ensure!(lines.len() == 2, "one picture and the summary: {lines:?}");
    Ok(())
}

#[test]
fn a_file_of_pictures_is_classified_in_the_given_range() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let folder = tempfile::tempdir()?;
    let (pictures, labels) = write_idx(folder.path())?;
    let arguments = idx_arguments(&pictures, &labels, "2..9");
    let Classified { images, summary } = classify(&host.data_owner_invite, &arguments)?;
    ensure!(images.len() == 7 && summary.images == 7, "{summary:?}");
    let right = images
        .iter()
        .enumerate()
        .filter(|(place, image)| image.class == place + 2)
        .count();
    ensure!(
        summary.correct == Some(right),
        "{right} are right: {summary:?}"
    );
    let accuracy = summary.accuracy.context("no accuracy")?;
    // A share of seven; who prints percent is off by far.
    let expected = u32::try_from(right).map(f64::from)? / 7.0;
    ensure!((accuracy - expected).abs() < 0.001, "{summary:?}");
    Ok(())
}

#[test]
fn pictures_of_the_real_test_set_are_classified_as_well_as_in_the_clear() -> Result<()> {
    let Some(data) = std::env::var_os("BLINDSIGHT_DATA") else {
        eprintln!("skipped: BLINDSIGHT_DATA is not set; `cargo xtask data mnist` fetches MNIST");
        return Ok(());
    };
    let mnist = Path::new(&data).join("mnist");
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let arguments = idx_arguments(
        &mnist.join("t10k-images-idx3-ubyte.gz"),
        &mnist.join("t10k-labels-idx1-ubyte.gz"),
        "0..200",
    );
    let Classified { images, summary } = classify(&host.data_owner_invite, &arguments)?;
    println!("real test pictures: {summary:?}");
    ensure!(images.len() == 200, "{summary:?}");
    let accuracy = summary.accuracy.context("no accuracy")?;
    ensure!((0.95..=1.0).contains(&accuracy), "{summary:?}");
    Ok(())
}

#[test]
fn invitations_that_lead_nowhere_are_refused() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let (_folder, pictures) = drawn(1)?;
    let gone = {
        let mut other = Relay::start()?;
        let invite = Host::start(&other, Helping::BuiltIn)?.data_owner_invite;
        other.kill()?;
        invite
    };
    let cut_off = host
        .data_owner_invite
        .split('#')
        .next()
        .unwrap_or_default()
        .to_owned();
    let cases = [
        ("another role's invitation", host.helper_invite.clone()),
        (
            "a room that nobody opened",
            other_room(&host.data_owner_invite)?,
        ),
        ("a relay that is gone", gone),
        ("an invitation without its secret", cut_off),
        (
            "a link to something else",
            "https://example.invalid/".to_owned(),
        ),
        ("no link", "not an invitation".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, invite) in cases {
        let ended = start_classify(&invite, &pictures)?.end(REFUSAL);
        ended
            .and_then(|ended| ended.check_refusal())
            .with_context(|| format!("{what}: {invite:?}"))?;
    }
    // What others got wrong does not hurt those who are right.
    classify(&host.data_owner_invite, &pictures)?;
    Ok(())
}

#[test]
fn files_that_are_no_pictures_of_digits_are_refused() -> Result<()> {
    let relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    GrayImage::from_pixel(280, 280, Luma([255])).save(file("blank.png"))?;
    fs::write(
        file("letter.png"),
        "This is a text, whatever its name says.",
    )?;
    fs::write(file("empty.png"), "")?;
    digits::write_png(3, &file("whole.png"))?;
    let whole = fs::read(file("whole.png"))?;
    fs::write(file("cut.png"), &whole[..whole.len() / 2])?;
    for name in [
        "blank.png",
        "letter.png",
        "empty.png",
        "cut.png",
        "missing.png",
    ] {
        let arguments = [file(name).display().to_string()];
        start_classify(&host.data_owner_invite, &arguments)?
            .end(REFUSAL)
            .and_then(|ended| ended.check_refusal())
            .with_context(|| name.to_owned())?;
    }
    Ok(())
}

#[test]
fn models_that_cannot_be_used_are_refused() -> Result<()> {
    let relay = Relay::start()?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    let path = model_file();
    let model = fs::read(&path).with_context(|| path.display().to_string())?;
    fs::write(file("cut.onnx"), &model[..model.len() / 2])?;
    fs::write(file("unknown.onnx"), with_unknown_operator(&model)?)?;
    fs::write(
        file("letter.onnx"),
        "This is a text, whatever its name says.",
    )?;
    fs::write(file("empty.onnx"), "")?;
    for name in [
        "cut.onnx",
        "unknown.onnx",
        "letter.onnx",
        "empty.onnx",
        "missing.onnx",
    ] {
        let ended = start_host(&relay, &file(name), Helping::BuiltIn)?
            .end(REFUSAL)
            .with_context(|| name.to_owned())?;
        ended.check_refusal().with_context(|| name.to_owned())?;
        if name == "unknown.onnx" {
            ensure!(
                ended.errors.contains("Relx"),
                "the message does not name the operator Relx: {}",
                ended.errors
            );
        }
    }
    Ok(())
}

#[test]
fn a_model_owner_who_dies_in_the_middle_is_reported() -> Result<()> {
    let relay = Relay::start()?;
    let mut host = Host::start(&relay, Helping::BuiltIn)?;
    let (_folder, picture) = drawn(1)?;
    let mut many: Vec<String> = picture.iter().cycle().take(2000).cloned().collect();
    many.extend(["--patience".into(), "3".into()]);
    let mut data_owner = start_classify(&host.data_owner_invite, &many)?;
    let first = data_owner.json(Duration::from_secs(60))?;
    ensure!(first["class"].is_u64(), "the first picture's line: {first}");
    host.kill()?;
    data_owner.end(REFUSAL)?.check_refusal()
}

#[test]
fn a_relay_that_does_not_come_back_is_reported() -> Result<()> {
    let mut relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let (_folder, picture) = drawn(1)?;
    let mut many: Vec<String> = picture.iter().cycle().take(2000).cloned().collect();
    many.extend(["--patience".into(), "3".into()]);
    let mut data_owner = start_classify(&host.data_owner_invite, &many)?;
    data_owner.json(Duration::from_secs(60))?;
    relay.kill()?;
    data_owner.end(REFUSAL)?.check_refusal()
}

/// The relay is killed in the middle of a hundred classifications and started again: all hundred
/// are as without that.
#[test]
fn a_hundred_classifications_survive_the_death_of_the_relay() -> Result<()> {
    let mut relay = Relay::start()?;
    let host = Host::start(&relay, Helping::BuiltIn)?;
    let (_folder, ten) = drawn(10)?;
    let hundred: Vec<String> = ten.iter().cycle().take(100).cloned().collect();
    let expected = classify(&host.data_owner_invite, &ten)?;
    let expected: Vec<usize> = expected.images.iter().map(|image| image.class).collect();

    let mut data_owner = start_classify(&host.data_owner_invite, &hundred)?;
    let mut classes = Vec::new();
    for line in 0..100 {
        if line == 30 || line == 70 {
            relay.restart()?;
        }
        let image = data_owner.json(Duration::from_secs(60))?;
        classes.push(image["class"].as_u64().context("no class")?);
    }
    let summary = data_owner.json(Duration::from_secs(10))?;
    ensure!(summary["images"] == 100, "{summary}");
    for (index, class) in classes.into_iter().enumerate() {
        ensure!(
            usize::try_from(class)? == expected[index % 10],
            "picture {index}"
        );
    }
    Ok(())
}

/// An invitation belongs to whoever opens it first.
#[test]
fn a_used_invitation_is_refused() -> Result<()> {
    let relay = Relay::start()?;
    let mut host = start_host_with(&relay, &["--invite-uses", "1", "--budget", "3"])?;
    let started = host.json(Duration::from_secs(30))?;
    let invite = started["data_owner_invite"]
        .as_str()
        .context("no invitation")?;
    let (_folder, pictures) = drawn(4)?;
    // The fourth picture is over the budget.
    let ended = start_classify(invite, &pictures)?.end(Duration::from_secs(60))?;
    ended.check_refusal()?;
    ensure!(ended.errors.contains("were used"), "{}", ended.errors);
    let ended = start_classify(invite, &pictures)?.end(REFUSAL)?;
    ended.check_refusal()?;
    ensure!(
        ended.errors.contains("used by somebody else"),
        "{}",
        ended.errors
    );
    Ok(())
}

/// No log, however talkative, holds an invitation's secret in any form. The helper's goes to the
/// relay, which runs that helper.
#[test]
fn logs_hold_no_secrets() -> Result<()> {
    let relay = Relay::start_logged()?;
    let mut host = start_host_with(&relay, &[])?;
    let started = host.json(Duration::from_secs(30))?;
    let invites = ["data_owner_invite", "helper_invite"].map(|name| started[name].as_str());
    let invite = invites[0].context("no invitation")?;
    let (_folder, pictures) = drawn(2)?;
    let mut data_owner = start_classify_logged(invite, &pictures)?;
    data_owner.json(Duration::from_secs(60))?;
    let guest = data_owner.end(Duration::from_secs(60))?;
    ensure!(guest.errors.len() > 1000, "a trace of the data owner");
    let mut logs = vec![("data owner", guest.errors)];
    host.kill()?;
    logs.push(("model owner", host.end(Duration::from_secs(10))?.errors));
    logs.push(("relay", relay.end()?.errors));
    for invite in invites {
        let secret = invite.and_then(|invite| invite.split_once("secret="));
        let (_, rest) = secret.context("no secret in the link")?;
        let secret = secrets::of_link(rest.split('&').next().unwrap_or_default());
        let forms = secrets::forms(&secret.context("no secret in the link")?);
        ensure!(forms.iter().any(|form| rest.starts_with(form)), "{forms:?}");
        for (who, log) in &logs {
            ensure!(log.len() > 200, "the {who} logged next to nothing: {log}");
            for form in &forms {
                ensure!(
                    !log.contains(form),
                    "the log of the {who} holds the secret {form}"
                );
            }
        }
    }
    Ok(())
}

/// Classifies a drawing of each digit and checks classes and costs.
fn check_ten_digits(host: &Host) -> Result<()> {
    let (_folder, pictures) = drawn(10)?;
    let Classified { images, summary } = classify(&host.data_owner_invite, &pictures)?;
    ensure!(images.len() == 10 && summary.images == 10, "{summary:?}");
    let classes: Vec<usize> = images.iter().map(|image| image.class).collect();
    let right = classes
        .iter()
        .enumerate()
        .filter(|(digit, class)| digit == *class)
        .count();
    println!("drawn digits: {right} of 10 right, classes {classes:?}");
    ensure!(
        right >= 8,
        "only {right} of 10 drawn digits are right: {classes:?}"
    );
    for image in images {
        ensure!(image.label == image.class.to_string(), "{image:?}");
        ensure!(image.source.is_string(), "{image:?}");
        ensure!(image.round_trips == ROUND_TRIPS, "{image:?}");
        ensure!(
            (1..=ONLINE_BYTES).contains(&image.online_bytes),
            "{image:?}"
        );
        ensure!(
            (1..=OFFLINE_BYTES).contains(&image.offline_bytes),
            "{image:?}"
        );
        ensure!(
            image.online_ms > 0.0 && image.offline_ms >= 0.0,
            "{image:?}"
        );
    }
    Ok(())
}

/// Pictures of the first digits, and the folder that holds them.
fn drawn(count: usize) -> Result<(TempDir, Vec<String>)> {
    let folder = tempfile::tempdir()?;
    let pictures = (0..count)
        .map(|digit| {
            let path = folder.path().join(format!("{digit}.png"));
            digits::write_png(digit, &path)?;
            Ok(path.display().to_string())
        })
        .collect::<Result<_>>()?;
    Ok((folder, pictures))
}

/// Writes the ten drawn digits as MNIST's files are written: bright ink, 28 by 28.
fn write_idx(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let mut pictures = vec![0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28];
    for digit in 0..10 {
        let picture = digits::picture(digit, 28);
        pictures.extend(picture.as_raw().iter().map(|light| 255 - light));
    }
    let labels: Vec<u8> = [0, 0, 8, 1, 0, 0, 0, 10].into_iter().chain(0..10).collect();
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        let mut file = GzEncoder::new(fs::File::create(&path)?, Compression::default());
        file.write_all(content)?;
        file.finish()?;
        Ok::<_, std::io::Error>(path)
    };
    Ok((write("images.gz", &pictures)?, write("labels.gz", &labels)?))
}

/// The arguments that name a file of pictures, its labels and a range.
fn idx_arguments(pictures: &Path, labels: &Path, range: &str) -> Vec<String> {
    let (pictures, labels) = (pictures.display().to_string(), labels.display().to_string());
    let arguments = ["--idx", &pictures, "--labels", &labels, "--range", range];
    arguments.map(str::to_owned).to_vec()
}

/// The same invitation to a room of another name.
fn other_room(invite: &str) -> Result<String> {
    let (before, rest) = invite
        .split_once("room=")
        .context("the invitation names no room")?;
    let end = rest
        .find(['&', '#'])
        .context("the room's name has no end")?;
    // The last letter stays: it may be one of few.
    let swap = |letter| match letter {
        'a' => 'b',
        'b' => 'a',
        other => other,
    };
    let (first, last) = rest[..end].split_at(end.saturating_sub(1));
    let mut name: String = first.chars().map(swap).collect();
    if name == first {
        // Without an a or b to swap, the first letter is replaced.
        name.replace_range(..1, "a");
    }
    Ok(format!("{before}room={name}{last}{}", &rest[end..]))
}

/// The model with its operator Relu renamed to one that nobody knows. Lengths stay right.
fn with_unknown_operator(model: &[u8]) -> Result<Vec<u8>> {
    let mut changed = model.to_vec();
    let places: Vec<usize> = (0..model.len().saturating_sub(3))
        .filter(|&place| &model[place..place + 4] == b"Relu")
        .collect();
    ensure!(
        !places.is_empty(),
        "the bundled model has no Relu to rename"
    );
    for place in places {
        changed[place..place + 4].copy_from_slice(b"Relx");
    }
    Ok(changed)
}
