//! The site in Firefox, with the others in Chromium.

use anyhow::{Result, ensure};
use blindsight_tests::accessibility;
use blindsight_tests::browser::Driver;
use blindsight_tests::roles::Relay;

use super::{check_ten_digits, classify, is_link, open_host, start_hosting};

/// Who draws is in Firefox.
#[tokio::test]
async fn a_drawing_in_firefox_is_classified_by_a_model_in_chromium() -> Result<()> {
    let relay = Relay::start()?;
    let (chromium, firefox) = (Driver::start()?, Driver::start_firefox()?);
    let host = open_host(&chromium, &relay, "firefox-draws").await?;
    let invite = start_hosting(&host).await?;
    let guest = firefox.open("firefox-draws-data-owner", &invite).await?;
    check_ten_digits(&guest).await?;
    accessibility::check(&guest, "drawing in Firefox").await?;
    guest.close().await?;
    host.close().await
}

/// Model owner and helper are in Firefox, each in one of its own.
#[tokio::test]
async fn a_model_in_firefox_classifies_a_drawing_in_chromium() -> Result<()> {
    let relay = Relay::start()?;
    let chromium = Driver::start()?;
    let (hosting, helping) = (Driver::start_firefox()?, Driver::start_firefox()?);
    let host = open_host(&hosting, &relay, "firefox-hosts").await?;
    accessibility::check(&host, "choosing in Firefox").await?;
    host.choose_radio("helper", "invite").await?;
    let invite = start_hosting(&host).await?;
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = helping.open("firefox-helps", &helper_invite).await?;
    let guest = chromium.open("firefox-hosts-data-owner", &invite).await?;
    guest.draw(3).await?;
    let (class, _) = classify(&guest).await?;
    ensure!(class == "3", "a 3 is a {class}");
    host.screenshot("done").await?;
    helper.screenshot("done").await?;
    for page in [guest, helper, host] {
        page.close().await?;
    }
    Ok(())
}
