//! What the pages show of a run, and what a model owner decides about it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use blindsight_tests::accessibility;
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;

use super::{classify, open_host, start_hosting};

/// Opens a fold as a person does.
async fn open_fold(page: &Page, id: &str) -> Result<()> {
    page.execute(&format!(
        "document.getElementById('{id}').querySelector('summary').click()"
    ))
    .await?;
    Ok(())
}

/// What data owners are to learn.
async fn choose_reveal(host: &Page, policy: &str) -> Result<()> {
    host.execute(&format!(
        "const reveal = document.getElementById('reveal');
         reveal.value = '{policy}';
         reveal.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    ))
    .await?;
    Ok(())
}

/// How many pictures of numbers a page shows.
async fn figures(page: &Page) -> Result<u64> {
    let count = page
        .execute("return document.querySelectorAll('#see figure canvas').length")
        .await?;
    Ok(count.as_u64().unwrap_or_default())
}

#[tokio::test]
async fn what_passes_is_shown_and_an_altered_message_ends_the_link() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "seeing").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("seeing-data-owner", &invite).await?;
    guest.draw(2).await?;
    classify(&guest).await?;
    for page in [&host, &guest] {
        open_fold(page, "see").await?;
    }
    guest.click("clear").await?;
    guest.draw(3).await?;
    classify(&guest).await?;
    // The picture, what left, the mask; then two openings, two values, differences and wins.
    let (own, hosts) = (figures(&guest).await?, figures(&host).await?);
    println!("pictures of numbers: {own} at the data owner, {hosts} at the model owner");
    ensure!(own >= 8 && hosts >= 6);
    // What left and what stayed are noise; together they are the picture.
    let noise = guest
        .execute(
            "const [own, sent, kept] = [...document.querySelectorAll('#see figure canvas')]
               .map((canvas) => canvas.getContext('2d').getImageData(0, 0, 28, 28).data)
               .map((data) => [...data].filter((_, index) => index % 4 === 0));
             const spread = (levels) => new Set(levels).size;
             const dark = own.filter((level) => level === 0).length;
             return [dark, spread(sent), spread(kept)]",
        )
        .await?;
    println!("black pixels, and levels of grey of both noises: {noise}");
    let at = |index: usize| noise[index].as_u64().unwrap_or_default();
    ensure!(at(0) > 400 && at(1) > 200 && at(2) > 200);
    let frames = guest.text("see-relayed").await?;
    ensure!(frames.contains("To the relay") && frames.contains("From the relay"));
    for page in [&host, &guest] {
        page.execute("document.getElementById('see').scrollIntoView()")
            .await?;
        page.screenshot("seen").await?;
    }

    guest.click("tamper").await?;
    guest.click("ask-yes").await?;
    guest.click("clear").await?;
    guest.draw(4).await?;
    guest.click("classify").await?;
    let error = guest.wait_for("error", |text| !text.is_empty()).await?;
    println!("an altered message: {error}");
    ensure!(error.contains("altered on its way"), "{error}");
    ensure!(guest.text("result-class").await?.is_empty());
    let error = host.wait_for("error", |text| !text.is_empty()).await?;
    println!("at the model owner: {error}");
    guest.screenshot("altered").await?;
    host.screenshot("altered").await?;
    guest.close().await?;
    host.close().await
}

#[tokio::test]
async fn a_model_owner_is_asked_pauses_and_reveals_more() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "asking").await?;
    choose_reveal(&host, "3").await?;
    let invite = start_hosting(&host).await?;
    open_fold(&host, "invite-data-owner-qr").await?;
    let width = "return document.querySelector('#invite-data-owner-qr canvas').width";
    // Four light modules on each side, and a link needs more than 40 in between.
    let deadline = Instant::now() + Duration::from_secs(10);
    while host.execute(width).await?.as_u64() < Some(48) {
        ensure!(Instant::now() < deadline, "there is no QR code");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    host.screenshot("code").await?;
    host.click("answer-ask").await?;
    let guest = driver.open("asking-data-owner", &invite).await?;
    guest.draw(7).await?;
    guest.click("classify").await?;
    guest
        .wait_for("status", |text| text.contains("allows"))
        .await?;
    host.wait_for("guests", |text| text.contains("Asks"))
        .await?;
    host.screenshot("asked").await?;
    guest.screenshot("waiting").await?;
    host.click("deny-1").await?;
    let error = guest
        .wait_for("error", |text| text.contains("did not allow"))
        .await?;
    println!("a picture that is not allowed: {error}");
    guest.click("classify").await?;
    host.wait_for("guests", |text| text.contains("Asks"))
        .await?;
    host.click("allow-1").await?;
    guest
        .wait_for("result-class", |text| !text.is_empty())
        .await?;
    let others = guest.text("result-ranking").await?;
    println!("the classes behind the first: {others}");
    ensure!(others.matches(',').count() == 1, "{others}");

    host.click("answer-paused").await?;
    guest.click("clear").await?;
    guest.draw(1).await?;
    guest.click("classify").await?;
    host.wait_for("guests", |text| text.contains("Asks"))
        .await?;
    ensure!(
        host.execute("return document.querySelector('.answers').hidden")
            .await?
            == true,
        "who pauses is not asked"
    );
    host.click("answer-at-once").await?;
    guest
        .wait_for("result-class", |text| !text.is_empty())
        .await?;
    guest.screenshot("ranked").await?;
    guest.close().await?;
    host.close().await
}

#[tokio::test]
async fn scores_are_shown_where_they_are_revealed() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "scores").await?;
    choose_reveal(&host, "scores").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("scores-data-owner", &invite).await?;
    guest.draw(3).await?;
    let (class, _) = classify(&guest).await?;
    let shown = guest
        .execute(
            "return [...document.querySelectorAll('#result-scores meter')]
               .map((meter) => [meter.getAttribute('aria-label'), meter.value])",
        )
        .await?;
    let shown: Vec<(String, f64)> = serde_json::from_value(shown)?;
    println!("scores: {shown:?}");
    ensure!(shown.len() == 10 && shown[0].0 == class);
    ensure!(shown.is_sorted_by(|a, b| a.1 >= b.1));
    let sum: f64 = shown.iter().map(|(_, score)| score).sum();
    ensure!((sum - 1.0).abs() < 1e-6, "they add up to {sum}");
    accessibility::check(&guest, "scores").await?;
    guest.screenshot("scored").await?;
    guest.close().await?;
    host.close().await
}
