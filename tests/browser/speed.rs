//! How long classifications take between three tabs. No test: it measures, and is run by name, on a
//! machine that does nothing else.
//!
//! ```text
//! cargo xtask bench --browser
//! cargo xtask bench --browser --parties 3
//! ```

use std::time::Duration;

use anyhow::{Context as _, Result};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;
use serde_json::{Value, json};

use super::{is_link, many::write_digits, online_time, open_host, set_budget};

/// The models that are measured, unless the environment names others, with commas between.
const MODELS: &str = "mnist-mlp,mnist-cnn-fast,mnist-cnn,mnist-bmlp";
const VARIABLE: &str = "BLINDSIGHT_BENCH_MODELS";

/// The same among compute parties; so many, in place of a helper, where the environment says so.
const SHARED_MODELS: &str = "mnist-bmlp-small,mnist-mlp,mnist-cnn-fast";
const PARTIES: &str = "BLINDSIGHT_BENCH_PARTIES";

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

/// A model owner, those who compute for it and a data owner, each in a browser of its own: an invited
/// helper, or so many compute parties.
async fn measure(driver: &Driver, model: &str, parties: Option<&str>) -> Result<Value> {
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
    let mut others = Vec::new();
    for other in 0..count {
        let name = format!("speed-{model}-other-{other}");
        others.push(driver.open(&name, &link).await?);
    }
    let guest = driver
        .open(&format!("speed-{model}-data-owner"), &invite)
        .await?;
    guest.draw(7).await?;
    guest
        .wait_for("status", |text| text.starts_with("Ready"))
        .await?;
    again(&guest, WARM_UP, 0).await?;
    let (alone, _) = again(&guest, COUNT, PAUSE).await?;
    let (online, ms) = again(&guest, COUNT, 0).await?;
    many(&guest, FIRST_FILES).await?;
    let together = many(&guest, FILES).await?;
    for page in others.into_iter().chain([guest, host]) {
        page.close().await?;
    }
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
    let files = write_digits(&folder, count)?;
    page.execute(TIMES).await?;
    page.choose_files("image-file", &files).await?;
    let last = format!("{count} of {count} classified");
    page.wait_for("many-text", |text| text == last).await?;
    let took = page.execute("return times.done - times.begun").await?;
    let ms = took.as_f64().context("no times")?;
    Ok(count as f64 * 1e3 / ms)
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
    let driver = Driver::start()?;
    for model in models.split(',') {
        println!("{}", measure(&driver, model, parties.as_deref()).await?);
    }
    Ok(())
}
