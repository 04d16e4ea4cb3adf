//! The site in real browsers: each party has one of its own, and a person's hands are the mouse.

#[path = "browser/camera.rs"]
mod camera;
#[path = "browser/drawing.rs"]
mod drawing;
#[path = "browser/firefox.rs"]
mod firefox;
#[path = "browser/hidden.rs"]
mod hidden;
#[path = "browser/languages.rs"]
mod languages;
#[path = "browser/live.rs"]
mod live;
#[path = "browser/looks.rs"]
mod looks;
#[path = "browser/many.rs"]
mod many;
#[path = "browser/offline.rs"]
mod offline;
#[path = "browser/parties.rs"]
mod parties;
#[path = "browser/returning.rs"]
mod returning;
#[path = "browser/seeing.rs"]
mod seeing;
#[path = "browser/speed.rs"]
mod speed;
#[path = "browser/trying.rs"]
mod trying;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::digits;
use blindsight_tests::roles::Relay;

#[tokio::test]
async fn digits_drawn_with_the_mouse_are_classified_with_the_relays_helper() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "built-in").await?;
    let invite = start_hosting(&host).await?;
    let data_owner = driver.open("built-in-data-owner", &invite).await?;
    check_ten_digits(&data_owner).await?;
    host.screenshot("done").await?;
    data_owner.close().await?;
    host.close().await
}

#[tokio::test]
async fn three_browsers_classify_a_drawing() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "invited").await?;
    host.choose_radio("helper", "invite").await?;
    let invite = start_hosting(&host).await?;
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = driver.open("invited-helper", &helper_invite).await?;
    let data_owner = driver.open("invited-data-owner", &invite).await?;
    check_ten_digits(&data_owner).await?;
    helper.screenshot("done").await?;
    let status = helper.text("status").await?;
    ensure!(!status.is_empty(), "the helper's page has no status");
    for page in [data_owner, helper, host] {
        page.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_picture_file_is_classified() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "file").await?;
    let invite = start_hosting(&host).await?;
    let data_owner = driver.open("file-data-owner", &invite).await?;
    let folder = tempfile::tempdir()?;
    let mut right = 0;
    for digit in [1, 3, 7] {
        let path = folder.path().join(format!("{digit}.png"));
        digits::write_png(digit, &path)?;
        data_owner.choose_file("image-file", &path).await?;
        let (class, _) = classify(&data_owner).await?;
        right += usize::from(class == digit.to_string());
    }
    data_owner.screenshot("classified").await?;
    ensure!(right >= 2, "only {right} of 3 picture files are right");

    let letter = folder.path().join("letter.png");
    std::fs::write(&letter, "This is a text, whatever its name says.")?;
    data_owner.choose_file("image-file", &letter).await?;
    let error = data_owner
        .wait_for("error", |text| !text.is_empty())
        .await?;
    println!("a text file as a picture: {error}");
    data_owner.screenshot("no-picture").await?;
    data_owner.close().await?;
    host.close().await
}

#[tokio::test]
async fn a_blank_canvas_is_refused_and_the_page_goes_on() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "blank").await?;
    let invite = start_hosting(&host).await?;
    let data_owner = driver.open("blank-data-owner", &invite).await?;
    data_owner.click("classify").await?;
    let error = data_owner
        .wait_for("error", |text| !text.is_empty())
        .await?;
    println!("a blank canvas: {error}");
    data_owner.screenshot("blank").await?;
    ensure!(
        data_owner.text("result-class").await?.is_empty(),
        "a blank canvas has a class"
    );
    data_owner.draw(1).await?;
    classify(&data_owner).await?;
    ensure!(
        data_owner.text("error").await?.is_empty(),
        "the error stays after a result"
    );
    data_owner.close().await?;
    host.close().await
}

#[tokio::test]
async fn bad_invitations_are_explained_and_every_role_has_its_page() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("start", &relay.site()).await?;
    for role in ["role-draw", "role-help", "role-host"] {
        page.element(role).await?;
    }
    page.screenshot("page").await?;
    // The room has the form of a room, and nobody opened it.
    let nowhere = format!(
        "{}/draw.html#room={short}&secret={short}&key={long}&plan={long}",
        relay.site(),
        short = "a".repeat(26),
        long = "a".repeat(52),
    );
    let cut_off = format!("{}/draw.html#room=abc", relay.site());
    for (name, invite) in [("nowhere", nowhere), ("cut-off", cut_off)] {
        page.goto(&invite).await?;
        let error = page
            .wait_for("error", |text| !text.is_empty())
            .await
            .with_context(|| format!("the invitation {name}"))?;
        println!("the invitation {name}: {error}");
        page.screenshot(&format!("invitation-{name}")).await?;
    }
    page.close().await
}

/// Comes to the host's page as a person does, by way of the start page.
async fn open_host(driver: &Driver, relay: &Relay, name: &str) -> Result<Page> {
    let host = driver.open(&format!("{name}-host"), &relay.site()).await?;
    host.click("role-host").await?;
    host.wait_for("model-select", |model| !model.is_empty())
        .await?;
    // What is said of the model moves the button below it.
    host.wait_for("model-cost", |cost| cost.contains("round trips"))
        .await?;
    host.screenshot("choose").await?;
    Ok(host)
}

/// Sets how many classifications each data owner gets. To be called before hosting starts.
async fn set_budget(host: &Page, budget: u32) -> Result<()> {
    let script = format!("document.getElementById('budget').value = {budget}");
    host.execute(&script).await?;
    Ok(())
}

/// Starts to host the first bundled model and returns the data owner's link.
async fn start_hosting(host: &Page) -> Result<String> {
    host.click("host-start").await?;
    let invite = host.wait_for("invite-data-owner", is_link).await?;
    host.screenshot("hosting").await?;
    Ok(invite)
}

/// Draws and classifies every digit; prints how many are right and how long it took.
async fn check_ten_digits(page: &Page) -> Result<()> {
    page.element("canvas").await?;
    page.screenshot("opened").await?;
    let (mut classes, mut times) = (Vec::new(), Vec::new());
    for digit in 0..10 {
        page.click("clear").await?;
        page.draw(digit).await?;
        if digit == 5 {
            page.screenshot("drawn").await?;
        }
        let (class, time) = classify(page).await?;
        classes.push(class);
        times.push(time);
        page.screenshot(&format!("digit-{digit}")).await?;
    }
    let right = classes
        .iter()
        .enumerate()
        .filter(|(digit, class)| **class == digit.to_string())
        .count();
    times.sort();
    println!(
        "in the browser: {right} of 10 drawn digits right, online {:.1} ms median, {:.1} ms most",
        times[times.len() / 2].as_secs_f64() * 1000.0,
        times[times.len() - 1].as_secs_f64() * 1000.0
    );
    ensure!(
        right >= 8,
        "only {right} of 10 drawn digits are right: {classes:?}"
    );
    Ok(())
}

/// Classifies what is on the canvas; returns the class and the time online that the page shows.
async fn classify(page: &Page) -> Result<(String, Duration)> {
    // The class of the same picture stays until the new one is there.
    page.execute("document.getElementById('result-class').textContent = ''")
        .await?;
    page.click("classify").await?;
    let class = page
        .wait_for("result-class", |text| !text.is_empty())
        .await?;
    let details = page
        .execute("return document.getElementById('result-details').innerText")
        .await?;
    let details = details.as_str().unwrap_or_default();
    let time = online_time(details)
        .with_context(|| format!("the result's details give no time: {details:?}"))?;
    Ok((class, time))
}

/// The time in a text like `12.3 ms online · 4 round trips · 9.8 kB`.
fn online_time(details: &str) -> Option<Duration> {
    let mut words = details.split_whitespace();
    let value: f64 = words.next()?.parse().ok()?;
    let seconds = match words.next()? {
        "ms" => value / 1000.0,
        "s" => value,
        _ => return None,
    };
    (words.next()? == "online").then(|| Duration::from_secs_f64(seconds))
}

fn is_link(text: &str) -> bool {
    text.starts_with("http")
}
