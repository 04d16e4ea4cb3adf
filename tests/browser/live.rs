//! The class follows the drawing while it is drawn.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;

use super::drawing::remembered;
use super::looks::look;
use super::{open_host, set_budget, start_hosting};

/// From one point of a stroke to the next: a digit then takes one to three seconds.
const PACE: Duration = Duration::from_millis(40);

/// Classifications left, as the page says beside the switch.
async fn left(page: &Page) -> Result<u32> {
    let text = page.text("live-left").await?;
    let number = text.split(' ').next().unwrap_or_default();
    let number = number.replace(',', "").parse();
    number.with_context(|| format!("no number of classifications: {text:?}"))
}

async fn is_on(page: &Page) -> Result<bool> {
    let on = page
        .execute("return document.getElementById('live').checked")
        .await?;
    Ok(on == true)
}

/// Waits until the class shown is that of the picture as it is now.
async fn settled(page: &Page, class: &str) -> Result<()> {
    page.wait_for("result-class", |text| text == class).await?;
    page.wait_for("result-title", |text| text == "Class")
        .await?;
    Ok(())
}

#[tokio::test]
async fn the_class_follows_the_drawing() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "live").await?;
    set_budget(&host, 5000).await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("live-data-owner", &invite).await?;
    // When which class is spoken, and what the page shows meanwhile.
    guest
        .execute(
            "window.spoken = [];
            new MutationObserver(() => {
                const text = document.getElementById('announce').textContent;
                if (text.includes('classified')) window.spoken.push(performance.now());
            }).observe(document.getElementById('announce'), { childList: true });
            window.blanks = 0;
            new MutationObserver(() => {
                if (document.getElementById('result-class').textContent === '') window.blanks += 1;
            }).observe(document.getElementById('result-class'), { childList: true });",
        )
        .await?;
    // For how long the page itself was busy, at most.
    guest
        .execute(
            "window.longest = 0;
             new PerformanceObserver((list) => {
                 for (const { duration } of list.getEntries()) {
                     window.longest = Math.max(window.longest, duration);
                 }
             }).observe({ type: 'longtask' })",
        )
        .await?;
    guest.click("live").await?;
    guest
        .wait_for("live-state", |text| text == "Waits for a drawing.")
        .await?;
    let before = left(&guest).await?;
    ensure!(before == 5000, "an empty canvas costs something: {before}");

    let begun = Instant::now();
    guest.draw_slowly(3, PACE).await?;
    let time = begun.elapsed();
    settled(&guest, "3").await?;
    let classified = before - left(&guest).await?;
    println!(
        "live: {classified} classifications while a 3 was drawn for {:.1} s, {:.1} a second",
        time.as_secs_f64(),
        f64::from(classified) / time.as_secs_f64()
    );
    ensure!(classified >= 5, "only {classified}");
    let longest = guest.execute("return window.longest").await?;
    println!("live: the page's longest task took {longest} ms (none under 50 counts)");
    ensure!(longest.as_f64() < Some(1000.0), "the page stood still");
    ensure!(
        guest.execute("return window.blanks").await? == 0,
        "it flickers"
    );
    ensure!(guest.text("status").await?.starts_with("Live"));
    let spoken: Vec<f64> = serde_json::from_value(guest.execute("return window.spoken").await?)?;
    ensure!(!spoken.is_empty(), "no class was spoken");
    ensure!(
        spoken.windows(2).all(|two| two[1] - two[0] > 900.0),
        "too much is spoken: {spoken:?}"
    );
    look(&guest, "live").await?;

    // Nothing changes, so nothing is asked; another drawing is followed anew.
    let rests = left(&guest).await?;
    guest.click("clear").await?;
    guest
        .wait_for("live-state", |text| text == "Waits for a drawing.")
        .await?;
    ensure!(
        guest.text("result-class").await?.is_empty(),
        "a class of nothing"
    );
    ensure!(left(&guest).await? == rests, "nothing was drawn");
    guest.draw_slowly(7, PACE).await?;
    settled(&guest, "7").await?;
    ensure!(
        remembered(&guest).await? == ["7", "3"],
        "not one entry a drawing: {:?}",
        remembered(&guest).await?
    );
    // By keyboard, as it is meant for everybody.
    guest.press("live", " ").await?;
    ensure!(!is_on(&guest).await?);
    guest.click("clear").await?;
    guest.draw(1).await?;
    ensure!(guest.text("result-class").await?.is_empty(), "it is off");

    // The host goes: the switch turns itself off.
    guest.click("live").await?;
    settled(&guest, "1").await?;
    host.close().await?;
    let told = guest
        .wait_for("live-state", |text| text.contains("off"))
        .await?;
    println!("the host left: {told}");
    ensure!(!is_on(&guest).await?);
    guest.screenshot("host-left").await?;
    guest.close().await
}

#[tokio::test]
async fn a_budget_that_is_used_up_ends_it() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "live-budget").await?;
    set_budget(&host, 3).await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("live-budget-data-owner", &invite).await?;
    guest.click("live").await?;
    guest.draw_slowly(3, PACE).await?;
    let told = guest
        .wait_for("live-state", |text| text.contains("used up"))
        .await?;
    println!("the budget is used up: {told}");
    ensure!(!is_on(&guest).await? && left(&guest).await? == 0);
    guest.wait_for("used-up", |text| !text.is_empty()).await?;
    ensure!(guest.text("error").await?.is_empty(), "that is no error");
    guest.screenshot("used-up").await?;
    guest.close().await?;
    host.close().await
}
