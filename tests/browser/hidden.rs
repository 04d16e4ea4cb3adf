//! Tabs out of sight: browsers slow down what nobody looks at.

use std::time::Duration;

use anyhow::{Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;

use super::{classify, is_link, open_host, start_hosting};

/// Takes a page out of sight, and has it count for how long.
async fn hide(page: &Page) -> Result<()> {
    page.execute(
        "document.addEventListener('visibilitychange', () => {
           window.hiddenSince = document.hidden ? performance.now() : undefined;
         })",
    )
    .await?;
    page.minimise().await
}

/// For how long a page has been out of sight, in seconds.
async fn hidden_for(page: &Page) -> Result<f64> {
    let time = page
        .execute("return (performance.now() - window.hiddenSince) / 1000")
        .await?;
    Ok(time.as_f64().unwrap_or_default())
}

/// Model owner and helper are out of sight while the data owner draws.
async fn goes_on(name: &str, time: Duration) -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, name).await?;
    host.choose_radio("helper", "invite").await?;
    let invite = start_hosting(&host).await?;
    let helper_invite = host.wait_for("invite-helper", is_link).await?;
    let helper = driver
        .open(&format!("{name}-helper"), &helper_invite)
        .await?;
    let guest = driver.open(&format!("{name}-data-owner"), &invite).await?;
    guest
        .wait_for("status", |text| text.starts_with("Ready"))
        .await?;
    for page in [&host, &helper] {
        hide(page).await?;
    }
    tokio::time::sleep(time).await;
    // More than were prepared before, so that the helper deals meanwhile.
    for digit in [3, 7, 1, 3, 7, 1] {
        guest.click("clear").await?;
        guest.draw(digit).await?;
        let (class, took) = classify(&guest).await?;
        println!(
            "a {digit} is a {class}, {:.1} ms",
            took.as_secs_f64() * 1000.0
        );
        ensure!(class == digit.to_string(), "a {digit} is a {class}");
    }
    for page in [&host, &helper] {
        let hidden = hidden_for(page).await?;
        println!("out of sight for {hidden:.0} s");
        ensure!(hidden >= time.as_secs_f64(), "it was seen");
    }
    for page in [guest, helper, host] {
        page.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn hidden_tabs_go_on() -> Result<()> {
    goes_on("hidden", Duration::from_secs(2)).await
}

/// After five minutes browsers let timers of hidden pages run once a minute.
#[tokio::test]
#[ignore = "takes more than five minutes: run it by its name with --ignored"]
async fn tabs_hidden_for_more_than_five_minutes_go_on() -> Result<()> {
    goes_on("hidden-long", Duration::from_secs(330)).await
}
