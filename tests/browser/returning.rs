//! Tabs that are reloaded, that sleep, and people who compare their words.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use blindsight_tests::browser::{Driver, LIMIT, Page};
use blindsight_tests::roles::Relay;

use super::{classify, is_link, open_host, start_hosting};

/// Draws a digit anew and classifies it.
async fn check(page: &Page, digit: usize) -> Result<()> {
    page.click("clear").await?;
    page.draw(digit).await?;
    let (class, _) = classify(page).await?;
    ensure!(class == digit.to_string(), "a {digit} is a {class}");
    Ok(())
}

#[tokio::test]
async fn every_tab_can_be_reloaded() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "reload").await?;
    host.choose_radio("helper", "invite").await?;
    host.click("remember").await?;
    let invite = start_hosting(&host).await?;
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = driver.open("reload-helper", &helper_invite).await?;
    let guest = driver.open("reload-data-owner", &invite).await?;
    check(&guest, 1).await?;

    guest.reload().await?;
    let told = guest
        .wait_for("messages", |text| text.contains("reloaded"))
        .await?;
    println!("a reloaded data owner: {told}");
    check(&guest, 3).await?;
    guest.screenshot("data-owner-reloaded").await?;

    helper.reload().await?;
    helper
        .wait_for("messages", |text| text.contains("reloaded"))
        .await?;
    // More than were prepared before.
    for digit in [7, 1, 3, 7, 1, 3] {
        check(&guest, digit).await?;
    }
    helper.screenshot("helper-reloaded").await?;

    // The model owner's tab remembers its room: the invitations stay the same.
    host.reload().await?;
    host.element("take-up").await?;
    host.screenshot("remembered").await?;
    host.click("take-up").await?;
    let again = host.wait_for("invite-data-owner", is_link).await?;
    ensure!(again == invite, "another invitation");
    host.screenshot("taken-up").await?;
    for digit in [3, 7] {
        check(&guest, digit).await?;
    }
    guest.screenshot("host-reloaded").await?;
    // It counts on: what was used before is used.
    let budget = guest.text("budget").await?;
    println!("after all reloads: {budget}");
    let left: u32 = budget.split(' ').next().unwrap_or_default().parse()?;
    ensure!((80..=90).contains(&left), "ten were classified: {budget}");

    host.click("forget-now").await?;
    host.click("ask-yes").await?;
    // It is done when the page says so: the browser takes a moment.
    let said = "return document.getElementById('announce').textContent";
    let deadline = Instant::now() + LIMIT;
    while host.execute(said).await? != "The room is forgotten." {
        ensure!(
            Instant::now() < deadline,
            "the page says of no room that it is forgotten"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    host.reload().await?;
    host.wait_for("model-select", |model| !model.is_empty())
        .await?;
    let offered = host
        .execute("return document.getElementById('saved').hidden")
        .await?;
    ensure!(offered == true, "a room that was forgotten is offered");
    for page in [guest, helper, host] {
        page.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn words_are_compared() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "words").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("words-data-owner", &invite).await?;
    let shown = guest
        .wait_for("link-model-owner", |text| !text.is_empty())
        .await?;
    ensure!(shown.contains("Not verified"), "{shown}");
    let site = guest
        .wait_for("link-helper", |text| !text.is_empty())
        .await?;
    ensure!(site.contains("Run by whoever runs this site"), "{site}");
    // Both see the same words.
    let words = "return [...document.querySelectorAll(
        \"[data-testid^='link-'].unverified li, [data-trust=unverified] .words li\"
    )].map((word) => word.innerText).join(' ')";
    let (theirs, ours) = (host.execute(words).await?, guest.execute(words).await?);
    ensure!(
        theirs == ours
            && ours
                .as_str()
                .is_some_and(|words| words.split(' ').count() == 4)
    );
    guest.screenshot("unverified").await?;

    guest.click("match-model-owner").await?;
    guest
        .wait_for("link-model-owner", |text| text.contains("Verified"))
        .await?;
    check(&guest, 1).await?;
    guest.screenshot("verified").await?;

    host.click("differ-data-owner-1").await?;
    host.screenshot("differ").await?;
    host.click("ask-yes").await?;
    let error = guest
        .wait_for("error", |text| text.contains("safety words"))
        .await?;
    println!("words that differ: {error}");
    guest.screenshot("differ").await?;
    host.wait_for("error", |text| text.contains("safety words"))
        .await?;
    host.screenshot("differed").await?;
    ensure!(
        guest.text("link-model-owner").await?.is_empty(),
        "the link is still shown"
    );
    guest.close().await?;
    host.close().await
}

/// A computer sleeps for a minute: the relay hears nothing and may hang up. Whoever wakes goes on.
#[tokio::test]
async fn a_tab_that_slept_for_a_minute_goes_on() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "sleep").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("sleep-data-owner", &invite).await?;
    check(&guest, 1).await?;
    guest.sleep(Duration::from_secs(60)).await?;
    check(&guest, 3).await?;
    guest.screenshot("woke").await?;

    // The model owner sleeps while a picture is under way.
    guest.click("clear").await?;
    guest.draw(7).await?;
    let (slept, classified) = tokio::join!(host.sleep(Duration::from_secs(20)), classify(&guest));
    slept?;
    ensure!(classified?.0 == "7");
    guest.screenshot("host-woke").await?;
    guest.close().await?;
    host.close().await
}

/// Who sits and waits is told for whom, and for how long.
#[tokio::test]
async fn waiting_is_counted_from_the_start() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "waiting").await?;
    host.choose_radio("helper", "invite").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("waiting-data-owner", &invite).await?;
    for page in [&guest, &host] {
        let told = page
            .wait_for("waiting", |text| text.contains("the helper for"))
            .await?;
        println!("before the helper came: {told}");
        page.screenshot("waiting").await?;
    }
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = driver.open("waiting-helper", &helper_invite).await?;
    for page in [&guest, &host] {
        page.wait_for("waiting", str::is_empty).await?;
    }
    helper.close().await?;
    guest.close().await?;
    host.close().await
}
