//! How long classifications take between three tabs. No test: it measures, and is run by name, on a
//! machine that does nothing else.
//!
//! ```text
//! cargo xtask bench --browser
//! cargo xtask bench --browser --parties 3
//! cargo xtask bench --browser --parties 5 --pictures 1000
//! ```

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use blindsight_model::data_set::{DataSet, Examples, Split};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::required;
use blindsight_tests::roles::Relay;
use serde_json::{Value, json};

use super::{is_link, many::write_digits, online_time, open_host, set_budget};

/// The models that are measured, unless the environment names others, with commas between.
const MODELS: &str = "mnist-mlp,mnist-cnn-fast,mnist-cnn,mnist-bmlp";
const VARIABLE: &str = "BLINDSIGHT_BENCH_MODELS";

/// The same among compute parties; so many, in place of a helper, where the environment says so.
const SHARED_MODELS: &str = "mnist-bmlp-small,mnist-mlp,mnist-cnn-fast";
const PARTIES: &str = "BLINDSIGHT_BENCH_PARTIES";

/// How many pictures of the test set are classified, in place of all other measurements.
const PICTURES: &str = "BLINDSIGHT_BENCH_PICTURES";

/// Classifications before those that count: a browser compiles what runs often a second time.
const WARM_UP: usize = 10;
/// Classifications that count.
const COUNT: usize = 40;
/// Milliseconds between pictures that come one by one: what is prepared for the next one, and what
/// the page shows, is then out of the way.
const PAUSE: u32 = 150;

/// Classifies what is on the canvas again and again, and gives what the page says of each, and how
/// long they took together, in milliseconds.
const AGAIN: &str = "
    const [count, pause, done] = arguments;
    const button = document.getElementById('classify');
    const details = document.getElementById('result-details');
    const said = [];
    const begun = performance.now();
    const again = () => {
        if (button.disabled) setTimeout(again, 1);
        else button.click();
    };
    const observer = new MutationObserver(() => {
        if (details.textContent === '') return;
        said.push(details.textContent);
        if (said.length < count) {
            if (pause) setTimeout(again, pause);
            else again();
        } else {
            observer.disconnect();
            done({ said, ms: performance.now() - begun });
        }
    });
    observer.observe(details, { childList: true });
    again();
";

/// A model owner, those who compute for it and a data owner, each in a browser of its own.
struct Room {
    /// Lives as long as its room.
    _relay: Relay,
    guest: Page,
    /// The host is the first one.
    others: Vec<Page>,
}

impl Room {
    /// Closes all. Nothing must stand on a console.
    async fn close(self) -> Result<()> {
        for page in self.others.into_iter().chain([self.guest]) {
            let errors = page.console_errors().await?;
            ensure!(errors.is_empty(), "on the console: {errors:#?}");
            page.close().await?;
        }
        Ok(())
    }
}

/// Opens a room with an invited helper, or so many compute parties.
async fn open(driver: &Driver, model: &str, parties: Option<&str>) -> Result<Room> {
    let relay = Relay::start()?;
    let host = open_host(driver, &relay, &format!("speed-{model}")).await?;
    host.execute(&format!(
        "const select = document.getElementById('model-select');
         select.value = '{model}';
         select.dispatchEvent(new Event('change'))"
    ))
    .await?;
    set_budget(&host, 10_000).await?;
    let (link, count) = match parties {
        Some(parties) => {
            host.choose_radio("engine", "shamir").await?;
            host.execute(&format!(
                "const select = document.getElementById('parties-count');
                 select.value = '{parties}';
                 select.dispatchEvent(new Event('change'))"
            ))
            .await?;
            ("invite-party", parties.parse()?)
        }
        None => {
            host.choose_radio("helper", "invite").await?;
            ("invite-helper", 1)
        }
    };
    host.click("host-start").await?;
    let link = host.wait_for(link, is_link).await?;
    let invite = host.wait_for("invite-data-owner", is_link).await?;
    let mut others = vec![host];
    for other in 0..count {
        let name = format!("speed-{model}-other-{other}");
        others.push(driver.open(&name, &link).await?);
    }
    let guest = driver
        .open(&format!("speed-{model}-data-owner"), &invite)
        .await?;
    guest
        .wait_for("status", |text| text.starts_with("Ready"))
        .await?;
    Ok(Room {
        _relay: relay,
        guest,
        others,
    })
}

/// Times of pictures that come one by one, one after another and together.
async fn measure(driver: &Driver, model: &str, parties: Option<&str>) -> Result<Value> {
    let room = open(driver, model, parties).await?;
    let guest = &room.guest;
    guest.draw(7).await?;
    again(guest, WARM_UP, 0).await?;
    let (alone, _) = again(guest, COUNT, PAUSE).await?;
    let (online, ms) = again(guest, COUNT, 0).await?;
    many(guest, FIRST_FILES).await?;
    let together = many(guest, FILES).await?;
    room.close().await?;
    let spread = |mut times: Vec<f64>| {
        times.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| times[COUNT * part / 100];
        json!({ "median_ms": at(50), "p95_ms": at(95) })
    };
    Ok(json!({
        "model": model,
        "parties": parties,
        "images": COUNT,
        "online_with_pauses": spread(alone),
        "online": spread(online),
        "images_per_second": COUNT as f64 * 1e3 / ms,
        "files_per_second": together,
    }))
}

/// Files that are chosen together, in all; the first batches do not count.
const FILES: usize = 96;
const FIRST_FILES: usize = 32;

/// When the first of many is handed over, and when the last has its class.
const TIMES: &str = "
    const text = document.getElementById('many-text');
    window.times = {};
    new MutationObserver(() => {
        const [done, , all] = text.textContent.split(' ');
        if (done === '0') times.begun = performance.now();
        if (done === all) times.done = performance.now();
    }).observe(text, { childList: true });
";

/// Pictures a second of files that are chosen together, dealing included.
async fn many(page: &Page, count: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let ms = hand_over(page, &write_digits(&folder, count)?).await?;
    Ok(count as f64 * 1e3 / ms)
}

/// Has files classified; gives the milliseconds from the first that is handed over to the last class.
async fn hand_over(page: &Page, files: &[PathBuf]) -> Result<f64> {
    page.execute(TIMES).await?;
    page.choose_files("image-file", files).await?;
    let last = format!("{0} of {0} classified", files.len());
    let mut said = String::new();
    while said != last {
        // They may take long together, but each must come soon.
        said = page.wait_for("many-text", |text| text != said).await?;
    }
    let took = page.execute("return times.done - times.begun").await?;
    took.as_f64().context("no times")
}

/// Files that are chosen together: as many as the page lists of them.
const PORTION: usize = 50;

/// How many pictures of the test set are right, chosen as files, and the milliseconds of each, masks
/// and all. An image of MNIST comes out of the page's preparation as it was.
async fn count_right(
    driver: &Driver,
    model: &str,
    parties: Option<&str>,
    pictures: usize,
) -> Result<Value> {
    let data_set = DataSet::of_model(model).with_context(|| format!("{model} has no data set"))?;
    let examples = data_set.load(&required("BLINDSIGHT_DATA")?, Split::Test)?;
    ensure!(pictures <= examples.len(), "there are {}", examples.len());
    let labels = data_set.labels();
    let room = open(driver, model, parties).await?;
    let (mut right, mut ms) = (0, 0.0);
    for first in (0..pictures).step_by(PORTION) {
        let portion = first..pictures.min(first + PORTION);
        let folder = tempfile::tempdir()?;
        let files: Result<Vec<PathBuf>> = portion
            .clone()
            .map(|index| write_example(&folder, &examples, index))
            .collect();
        ms += hand_over(&room.guest, &files?).await?;
        let listed = room.guest.execute(LISTED).await?;
        let listed = listed.as_array().context("nothing is listed")?;
        for (index, class) in portion.rev().zip(listed) {
            let (_, truth) = examples.get(index).context("no such picture")?;
            right += usize::from(class.as_str() == Some(labels[usize::from(truth)].as_str()));
        }
        eprintln!(
            "{model}: {right} right of {}",
            pictures.min(first + PORTION)
        );
    }
    room.close().await?;
    Ok(json!({
        "model": model,
        "parties": parties.map(str::parse::<u8>).transpose()?,
        "pictures": pictures,
        "right": right,
        "ms": ms / pictures as f64,
    }))
}

/// The classes in the list, the newest first.
const LISTED: &str =
    "return [...document.querySelectorAll('#results li strong')].map((it) => it.textContent)";

/// Writes a picture of a data set as a file.
fn write_example(folder: &tempfile::TempDir, examples: &Examples, index: usize) -> Result<PathBuf> {
    let (pixels, _) = examples.get(index).context("no such picture")?;
    let shape = examples.shape();
    let picture = image::GrayImage::from_raw(shape.width, shape.height, pixels.to_vec());
    let path = folder.path().join(format!("{index}.png"));
    picture.context("its size is wrong")?.save(&path)?;
    Ok(path)
}

/// The times online, and that of all together, in milliseconds.
async fn again(page: &Page, count: usize, pause: u32) -> Result<(Vec<f64>, f64)> {
    let arguments = format!("[{count}, {pause}, arguments[0]]");
    let script = AGAIN.replacen("arguments", &arguments, 1);
    let done = page.execute_async(&script).await?;
    let said = done["said"].as_array().context("nothing said")?;
    let times = said.iter().map(|text| {
        let text = text.as_str().unwrap_or_default();
        let time = online_time(text).with_context(|| format!("no time in {text:?}"))?;
        Ok(Duration::as_secs_f64(&time) * 1e3)
    });
    let times: Result<Vec<f64>> = times.collect();
    Ok((times?, done["ms"].as_f64().context("no time")?))
}

#[tokio::test]
#[ignore = "measures for minutes; run by name on a quiet machine"]
async fn speed() -> Result<()> {
    let parties = std::env::var(PARTIES).ok();
    let models = std::env::var(VARIABLE);
    let models = models.unwrap_or_else(|_| match parties {
        Some(_) => SHARED_MODELS.to_owned(),
        None => MODELS.to_owned(),
    });
    let pictures = std::env::var(PICTURES).ok();
    let pictures = pictures.map(|count| count.parse()).transpose()?;
    let driver = Driver::start()?;
    for model in models.split(',') {
        let parties = parties.as_deref();
        let line = match pictures {
            Some(count) => count_right(&driver, model, parties, count).await?,
            None => measure(&driver, model, parties).await?,
        };
        println!("{line}");
    }
    Ok(())
}
