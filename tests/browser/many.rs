//! Several picture files at once.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::digits::Hand;
use blindsight_tests::roles::Relay;

use super::{open_host, set_budget, start_hosting};

/// Writes pictures of digits, and gives their files in order.
pub fn write_digits(folder: &tempfile::TempDir, count: usize) -> Result<Vec<PathBuf>> {
    let pictures = Hand::VARIED
        .iter()
        .cycle()
        .flat_map(|hand| (0..10).map(move |digit| (hand, digit)));
    pictures
        .take(count)
        .enumerate()
        .map(|(place, (hand, digit))| {
            let path = folder.path().join(format!("{digit}-{place}.png"));
            hand.picture(digit, 112).save(&path)?;
            Ok(path)
        })
        .collect()
}

/// What the list of results says, the oldest first.
async fn results(page: &Page) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('#results li')].map((li) => li.textContent)";
    let listed = page.execute(script).await?;
    let texts = listed.as_array().into_iter().flatten();
    let mut texts: Vec<String> = texts
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect();
    texts.reverse();
    Ok(texts)
}

#[tokio::test]
async fn several_files_are_classified_together() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "many").await?;
    set_budget(&host, 60).await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("many-data-owner", &invite).await?;
    let folder = tempfile::tempdir()?;
    let mut files = write_digits(&folder, 20)?;
    let alone = driver
        .open("many-alone", &format!("{}/draw.html", relay.site()))
        .await?;
    alone.choose_files("image-file", &files).await?;
    let early = alone.wait_for("error", |text| !text.is_empty()).await?;
    println!("without an invitation: {early}");
    alone.close().await?;
    guest
        .wait_for("status", |text| text.starts_with("Ready"))
        .await?;

    // One of them is no picture; it is named, and the others go on.
    let text = folder.path().join("text.png");
    std::fs::write(&text, "This is a text, whatever its name says.")?;
    files.insert(3, text);
    guest.choose_files("image-file", &files).await?;
    guest
        .wait_for("messages", |text| text.contains("text.png is left out"))
        .await?;
    guest
        .wait_for("many-text", |text| text == "20 of 20 classified")
        .await?;
    let listed = results(&guest).await?;
    guest.screenshot("many").await?;
    ensure!(listed.len() == 20, "{listed:?}");
    let right = (0..10)
        .cycle()
        .zip(&listed)
        .enumerate()
        .filter(|(place, (digit, text))| {
            text.starts_with(&digit.to_string()) && text.contains(&format!("{digit}-{place}.png"))
        });
    let right = right.count();
    println!("{right} of 20 files are right");
    ensure!(right >= 17, "{listed:?}");
    let left = guest
        .wait_for("budget", |text| text.starts_with("40 of 60"))
        .await?;
    println!("{left}");

    // More than are left are refused as a whole.
    let files = write_digits(&folder, 41)?;
    guest.choose_files("image-file", &files).await?;
    guest
        .wait_for("error", |text| text.contains("allows 40 more"))
        .await?;
    for page in [guest, host] {
        page.close().await?;
    }
    Ok(())
}
