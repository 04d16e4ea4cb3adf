//! How the pages look: on a phone, in the dark, and from another web server than the relay's.

use anyhow::{Result, ensure};
use blindsight_tests::accessibility;
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::pages::Pages;
use blindsight_tests::roles::Relay;
use serde_json::json;

use super::{classify, is_link, open_host, start_hosting};

/// Width and height of a small phone, in CSS pixels.
pub(super) const PHONE: (u32, u32) = (360, 740);

/// Nothing is wider than a phone, and nothing keeps people from using the page. Pictures are taken
/// of it in light and dark, wide and narrow.
pub(super) async fn look(page: &Page, state: &str) -> Result<()> {
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        page.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await?;
        page.screenshot(&format!("{state}-{scheme}")).await?;
        accessibility::check(page, &format!("{state}, {scheme}")).await?;
        let (width, height) = PHONE;
        let phone = json!({
            "width": width, "height": height, "deviceScaleFactor": 2, "mobile": true,
        });
        page.tell("Emulation.setDeviceMetricsOverride", phone)
            .await?;
        let wide = page
            .execute("return document.documentElement.scrollWidth")
            .await?;
        page.screenshot(&format!("{state}-{scheme}-phone")).await?;
        accessibility::check(page, &format!("{state}, {scheme}, phone")).await?;
        page.tell("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        ensure!(
            wide.as_u64().is_some_and(|wide| wide <= u64::from(width)),
            "{state}: {wide} pixels wide on a phone of {width}"
        );
    }
    page.tell("Emulation.setEmulatedMedia", json!({ "features": [] }))
        .await
}

#[tokio::test]
async fn pages_fit_a_phone_and_the_dark() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let start = driver.open("looks", &relay.site()).await?;
    let summary = start
        .wait_for("check-summary", |text| text.contains("needed"))
        .await?;
    println!("the system check: {summary}");
    ensure!(summary == "All that is needed is here.", "{summary}");
    look(&start, "start").await?;
    // What the check says in full.
    start
        .execute("document.getElementById('check').open = true")
        .await?;
    for item in [
        "wasm", "simd", "workers", "random", "relay", "helper", "build", "storage",
    ] {
        let said = start.text(&format!("check-{item}")).await?;
        ensure!(said.contains("Good"), "{item}: {said}");
    }
    start.screenshot("check").await?;
    start.goto(&format!("{}/trust.html", relay.site())).await?;
    look(&start, "trust").await?;
    start.goto(&format!("{}/study.html", relay.site())).await?;
    look(&start, "study").await?;
    start.close().await?;

    let host = open_host(&driver, &relay, "looks").await?;
    look(&host, "choose").await?;
    host.choose_radio("helper", "invite").await?;
    let invite = start_hosting(&host).await?;
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = driver.open("looks-helper", &helper_invite).await?;
    let guest = driver.open("looks-data-owner", &invite).await?;
    guest.draw(3).await?;
    classify(&guest).await?;
    look(&host, "hosting").await?;
    look(&helper, "helping").await?;
    look(&guest, "classified").await?;
    for page in [guest, helper, host] {
        page.close().await?;
    }
    Ok(())
}

/// The pages come from one server and the relay is another.
#[tokio::test]
async fn a_site_apart_from_its_relay_works() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let pages = Pages::of_relay(&relay.site())?;
    let host = driver.open("apart-host", &pages.address).await?;
    let summary = host
        .wait_for("check-summary", |text| text.contains("needed"))
        .await?;
    ensure!(summary == "All that is needed is here.", "{summary}");
    host.click("role-host").await?;
    host.wait_for("model-select", |model| !model.is_empty())
        .await?;
    let invite = start_hosting(&host).await?;
    ensure!(
        invite.starts_with(&pages.address) && invite.contains("relay="),
        "{invite}"
    );
    let guest = driver.open("apart-data-owner", &invite).await?;
    guest.draw(7).await?;
    let (class, _) = classify(&guest).await?;
    ensure!(class == "7", "{class}");
    let helper = guest.text("link-helper").await?;
    ensure!(helper.contains("Run by whoever runs"), "{helper}");
    guest.screenshot("classified").await?;
    guest.close().await?;
    host.close().await
}

/// Where a relay runs no helper, the check says so and the host's page offers the other way.
#[tokio::test]
async fn a_relay_without_a_helper_is_noticed() -> Result<()> {
    let (relay, driver) = (Relay::start_with(&["--no-helper"])?, Driver::start()?);
    let host = open_host(&driver, &relay, "no-helper").await?;
    let chosen = "return document.querySelector('input[name=helper]:checked').value";
    for _ in 0..100 {
        if host.execute(chosen).await? == "invite" {
            host.screenshot("choose").await?;
            return host.close().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("the built-in helper is still chosen")
}
