//! One person tries all roles in one window, and who may show the pages in a frame.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::pages::Pages;
use blindsight_tests::roles::Relay;
use serde_json::json;

use super::classify;
use super::looks::look;

/// How long it may take from the click to the class on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

const ROLES: [&str; 3] = ["data-owner", "model-owner", "helper"];

/// Draws a digit in the data owner's frame as soon as that can be done, and classifies it.
async fn try_out(page: &Page, digit: usize) -> Result<()> {
    page.enter("frame-data-owner").await?;
    page.wait_for("status", |text| !text.is_empty()).await?;
    page.draw(digit).await?;
    let (class, _) = classify(page).await?;
    page.leave().await?;
    ensure!(class == digit.to_string(), "a {digit} is a {class}");
    Ok(())
}

#[tokio::test]
async fn one_person_tries_all_roles_in_one_window() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("try", &relay.site()).await?;
    page.screenshot("home").await?;
    let clicked = Instant::now();
    page.click("try").await?;
    try_out(&page, 3).await?;
    let took = clicked.elapsed();
    println!(
        "all roles in one window: from the click on the first page to the class {:.2} s",
        took.as_secs_f64()
    );
    ensure!(took < PATIENCE, "it took {took:?}");

    // Three parties: each has links to the two others.
    for role in ROLES {
        page.enter(&format!("frame-{role}")).await?;
        let links = page
            .execute("return document.querySelectorAll('.link').length")
            .await?;
        ensure!(links == 2, "{role} has {links} links");
        let kept = page.execute("return sessionStorage.length").await?;
        ensure!(kept == 0, "{role} keeps something in the tab");
        page.leave().await?;
    }
    look(&page, "classified").await?;
    ensure!(drawing_is_first_on_a_phone(&page).await?);

    page.click("close-all").await?;
    let frames = "return document.querySelectorAll('iframe').length";
    ensure!(page.execute(frames).await? == 0, "a frame is still open");
    page.screenshot("closed").await?;
    page.click("again").await?;
    try_out(&page, 7).await?;
    let errors = page.console_errors().await?;
    ensure!(errors.is_empty(), "on the console: {errors:#?}");
    page.close().await
}

/// Takes a picture of the whole page on a phone, too.
async fn drawing_is_first_on_a_phone(page: &Page) -> Result<bool> {
    let size =
        |height| json!({ "width": 360, "height": height, "deviceScaleFactor": 1, "mobile": true });
    page.tell("Emulation.setDeviceMetricsOverride", size(4000))
        .await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    page.screenshot("phone-whole").await?;
    let first = page
        .execute(
            "const top = (role) => document.querySelector(`[data-testid='frame-${role}']`)
                 .getBoundingClientRect().top;
             return top('data-owner') < Math.min(top('model-owner'), top('helper'))",
        )
        .await?;
    page.tell("Emulation.clearDeviceMetricsOverride", json!({}))
        .await?;
    Ok(first == true)
}

/// The first page shows a real run: three parties in one tab, and the messages that they sent.
#[tokio::test]
async fn the_first_page_shows_a_real_run() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("run", &relay.site()).await?;
    page.click("run").await?;
    page.wait_for("run-messages", |text| text.contains("bundle"))
        .await?;
    page.screenshot("playing").await?;
    let told = page
        .wait_for("run-status", |text| text.contains("classified"))
        .await?;
    println!("the run on the first page: {told}");
    ensure!(told.contains("classified as 7"), "{told}");
    let messages = page.text("run-messages").await?;
    println!("{messages}");
    ensure!(messages.contains("Helper to data owner: bundle"));
    ensure!(messages.contains("Data owner to model owner: masked value, step 1"));
    look(&page, "ran").await?;
    // It can be stopped before all parties have met, which takes them less time than a second click of
    // this program's.
    page.execute("const run = document.getElementById('run'); run.click(); run.click();")
        .await?;
    let told = page
        .wait_for("run-status", |text| !text.starts_with("Three"))
        .await?;
    ensure!(told == "Stopped.", "{told}");
    let errors = page.console_errors().await?;
    ensure!(errors.is_empty(), "on the console: {errors:#?}");
    page.close().await
}

#[tokio::test]
async fn a_stranger_cannot_frame_a_page() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let pages = [
        "",
        "try.html",
        "draw.html",
        "host.html",
        "help.html",
        "trust.html",
        "study.html",
    ];
    let page = driver.open("framed", &relay.site()).await?;
    for name in pages {
        let address = format!("{}/{name}", relay.site());
        let frame = format!("<iframe data-testid=frame src='{address}'></iframe>");
        let stranger = Pages::of_stranger(&frame)?;
        page.goto(&stranger.address).await?;
        let errors = page.console_errors().await?.concat();
        ensure!(errors.contains("frame-ancestors"), "{name}: {errors}");
        page.enter("frame").await?;
        let shown = page
            .execute("return document.getElementById('main')")
            .await?;
        ensure!(shown.is_null(), "{name} is shown");
        page.leave().await?;
    }
    page.close().await
}
