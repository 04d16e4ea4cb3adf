//! A room without a helper: three tabs compute for a model owner and a data owner, each in a browser of
//! its own.

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;
use serde_json::json;

use super::languages::{GERMAN, hold_a_phone, look as look_in_german};
use super::looks::look;
use super::{classify, is_link, open_host, set_budget};

/// The links of a room that is open.
struct Links {
    guest: String,
    party: String,
}

/// Chooses a model and three compute parties; waits until the page says what that costs.
async fn choose(host: &Page, model: &str) -> Result<()> {
    host.execute(&format!(
        "const select = document.getElementById('model-select');
         select.value = '{model}';
         select.dispatchEvent(new Event('change'))"
    ))
    .await?;
    host.choose_radio("engine", "shamir").await?;
    let cost = host
        .wait_for("model-cost", |cost| cost.contains("among the parties"))
        .await?;
    println!("{model}: {cost}");
    Ok(())
}

async fn start(host: &Page) -> Result<Links> {
    // The links of a room before are still there, unseen.
    host.execute(
        "for (const link of document.querySelectorAll('input[readonly]')) link.value = ''",
    )
    .await?;
    host.click("host-start").await?;
    let party = host.wait_for("invite-party", is_link).await?;
    let guest = host.wait_for("invite-data-owner", is_link).await?;
    ensure!(party.contains("parties=3") && guest.contains("parties=3"));
    Ok(Links { guest, party })
}

async fn open_parties(driver: &Driver, name: &str, link: &str) -> Result<Vec<Page>> {
    let mut parties = Vec::new();
    for party in 1..=3 {
        let name = format!("{name}-party-{party}");
        parties.push(driver.open(&name, link).await?);
    }
    Ok(parties)
}

/// Draws digits and has them classified; gives how many are right.
async fn check_digits(guest: &Page, digits: &[usize]) -> Result<usize> {
    let mut right = 0;
    for digit in digits {
        guest.click("clear").await?;
        guest.draw(*digit).await?;
        let (class, time) = classify(guest).await?;
        println!("a {digit} is a {class}, in {time:.1?}");
        right += usize::from(class == digit.to_string());
    }
    Ok(right)
}

async fn wait_until_ready(guest: &Page) -> Result<()> {
    let ready = guest.wait_for("status", |text| text.starts_with("Ready"));
    ready.await.map(|_| ())
}

#[tokio::test]
async fn three_tabs_compute_without_a_helper() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "parties").await?;
    let mut tabs: Option<(Page, Vec<Page>)> = None;
    for model in ["mnist-bmlp-small", "mnist-mlp", "mnist-cnn-fast"] {
        choose(&host, model).await?;
        let links = start(&host).await?;
        let (guest, parties) = match tabs.take() {
            None => (
                driver.open("parties-data-owner", &links.guest).await?,
                open_parties(&driver, "parties", &links.party).await?,
            ),
            // The same browsers, with the links of the next room.
            Some((guest, parties)) => {
                guest.goto(&links.guest).await?;
                for party in &parties {
                    party.goto(&links.party).await?;
                }
                (guest, parties)
            }
        };
        host.wait_for("lobby-count", |text| text == "3 of 3 are here.")
            .await?;
        wait_until_ready(&guest).await?;
        let right = check_digits(&guest, &[0, 3, 7]).await?;
        ensure!(right >= 2, "{model}: only {right} of 3 are right");
        for party in &parties {
            party.wait_for("pictures", |count| count == "3").await?;
        }
        // What it took is what the plan says: rounds, and bytes here and among the parties.
        let facts = "return document.getElementById('plan-costs').textContent";
        let facts = guest.execute(facts).await?;
        let details = "return document.getElementById('result-details').textContent";
        let details = guest.execute(details).await?;
        println!("{model}: {details}; {facts}");
        let details = details.as_str().context("no details")?;
        let mut parts = details.split(" · ").skip(1);
        let rounds = parts.next().and_then(|text| text.split(' ').next());
        let bytes = parts.next().and_then(|text| text.split(" here").next());
        for figure in [rounds, bytes] {
            let figure = figure.with_context(|| format!("{details} names no cost"))?;
            ensure!(facts.as_str().is_some_and(|facts| facts.contains(figure)));
        }
        host.click("stop").await?;
        guest
            .wait_for("error", |text| text.contains("stopped"))
            .await?;
        tabs = Some((guest, parties));
    }
    for page in [&host]
        .into_iter()
        .chain(tabs.iter().map(|(guest, _)| guest))
    {
        let errors = page.console_errors().await?;
        ensure!(errors.is_empty(), "on the console: {errors:#?}");
    }
    if let Some((guest, parties)) = tabs {
        for page in parties.into_iter().chain([guest]) {
            page.close().await?;
        }
    }
    host.close().await
}

/// A tab is closed before the picture, and another takes its seat. Pictures are taken of all pages.
#[tokio::test]
async fn a_tab_that_is_closed_is_replaced() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "seats").await?;
    set_budget(&host, 50).await?;
    choose(&host, "mnist-bmlp-small").await?;
    look(&host, "choose").await?;
    let links = start(&host).await?;
    let guest = driver.open("seats-data-owner", &links.guest).await?;
    let mut parties = open_parties(&driver, "seats", &links.party).await?;
    wait_until_ready(&guest).await?;
    guest.draw(3).await?;

    // What a tab hears that is closed; with its browser it might be gone before it has said so.
    let closed = parties.remove(1);
    closed
        .execute("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
        .await?;
    let left = host
        .wait_for("lobby-count", |text| text == "2 of 3 are here.")
        .await?;
    println!("{left}");
    closed.close().await?;
    let waits = guest
        .wait_for("status", |text| text.contains("another takes its place"))
        .await?;
    println!("at the data owner: {waits}");
    host.screenshot("left").await?;
    // It waits for the seat, and is classified then.
    let other = driver.open("seats-party-4", &links.party).await?;
    host.wait_for("lobby-count", |text| text == "3 of 3 are here.")
        .await?;
    wait_until_ready(&guest).await?;
    let (class, _) = classify(&guest).await?;
    ensure!(class == "3", "a 3 is a {class}");

    // Two people compare their words; the seat shows it.
    other.click("match-model-owner").await?;
    other
        .wait_for("link-model-owner", |text| text.contains("Verified"))
        .await?;
    look(&other, "party").await?;
    look(&host, "hosting").await?;
    look(&guest, "classified").await?;

    // Who leaves by the button frees the seat, and this tab does not come back by a reload.
    other.click("leave").await?;
    host.wait_for("lobby-count", |text| text == "2 of 3 are here.")
        .await?;
    other.reload().await?;
    let status = other.text("status").await?;
    ensure!(status.is_empty(), "{status}");
    // Somebody else takes it. The model owner does not want them there.
    other.goto(&links.party).await?;
    host.wait_for("lobby-count", |text| text == "3 of 3 are here.")
        .await?;
    free_a_seat(&host, &other).await?;
    // The page has what it needs to come back, and may not.
    other.reload().await?;
    let refused = other
        .wait_for("error", |text| text.contains("freed this seat"))
        .await?;
    println!("at the party: {refused}");
    let last = driver.open("seats-party-5", &links.party).await?;
    host.wait_for("lobby-count", |text| text == "3 of 3 are here.")
        .await?;
    wait_until_ready(&guest).await?;
    let (class, _) = classify(&guest).await?;
    ensure!(class == "3", "a 3 is a {class}");
    last.close().await?;
    // The model owner may compute as well: the page offers its own tab the link.
    let own = "return document.getElementById('own-party').href";
    ensure!(host.execute(own).await? == json!(links.party));
    for page in parties.into_iter().chain([other, guest, host]) {
        page.close().await?;
    }
    Ok(())
}

/// The model owner frees the seat that was taken last, with the keyboard: once it thinks better of it.
async fn free_a_seat(host: &Page, party: &Page) -> Result<()> {
    let seat = party
        .execute("return document.querySelector('.seats .own').dataset.testid")
        .await?;
    let seat = seat.as_str().context("it has no seat")?;
    let button = format!("free-{seat}");
    host.press(&button, "\u{e007}").await?;
    host.element("ask-yes").await?;
    host.screenshot("freeing").await?;
    host.execute("document.querySelector('dialog').close()")
        .await?;
    ensure!(host.text("lobby-count").await? == "3 of 3 are here.");
    host.press(&button, "\u{e007}").await?;
    host.press("ask-yes", "\u{e007}").await?;
    host.wait_for("lobby-count", |text| text == "2 of 3 are here.")
        .await?;
    let title = "return document.activeElement.id";
    ensure!(host.execute(title).await? == json!("lobby-title"));
    let told = party
        .wait_for("error", |text| text.contains("removed you"))
        .await?;
    println!("at the party: {told}");
    Ok(())
}

#[tokio::test]
async fn a_room_of_german_tabs_says_nothing_in_english() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let german = GERMAN.map(str::to_owned);
    let address = format!("{}/host.html", relay.site());
    let host = driver
        .open_with("german-parties-host", &address, &german)
        .await?;
    hold_a_phone(&host).await?;
    host.wait_for("model-select", |model| !model.is_empty())
        .await?;
    host.choose_radio("engine", "shamir").await?;
    host.wait_for("model-cost", |cost| cost.contains("unter den Parteien"))
        .await?;
    look_in_german(&host, "choose").await?;
    let links = start(&host).await?;
    let guest = driver
        .open_with("german-parties-data-owner", &links.guest, &german)
        .await?;
    hold_a_phone(&guest).await?;
    let mut parties = Vec::new();
    for party in 1..=3 {
        let name = format!("german-party-{party}");
        parties.push(driver.open_with(&name, &links.party, &german).await?);
    }
    guest.draw(7).await?;
    guest.click("classify").await?;
    let class = guest.wait_for("result-class", |text| !text.is_empty());
    ensure!(class.await? == "7");
    let folds = "for (const fold of document.querySelectorAll('details')) fold.open = true";
    for (page, state) in [
        (&parties[0], "party"),
        (&guest, "classified"),
        (&host, "hosting"),
    ] {
        page.execute(folds).await?;
        hold_a_phone(page).await?;
        look_in_german(page, state).await?;
    }
    // A party hears that another left.
    parties[2].click("leave").await?;
    let status = parties[0].wait_for("status", |text| text.contains("gegangen"));
    println!("{}", status.await?);
    look_in_german(&parties[0], "left").await?;
    for page in parties.into_iter().chain([guest, host]) {
        page.close().await?;
    }
    Ok(())
}
