//! Ways to a picture other than the mouse, and what the page keeps of its results.

use anyhow::{Result, ensure};
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::roles::Relay;

use super::looks::look;
use super::{classify, open_host, start_hosting};

/// Keys as WebDriver numbers them.
const RIGHT: char = '\u{e014}';
const ENTER: char = '\u{e007}';
const LEFT: char = '\u{e012}';

/// How many of the canvas's pixels have ink; a cell has 400.
async fn ink(page: &Page) -> Result<u64> {
    let script = "const canvas = document.getElementById('canvas');
        const context = canvas.getContext('2d');
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, index) => index % 4 === 0 && value > 127).length";
    let count = page.execute(script).await?;
    Ok(count.as_u64().unwrap_or_default())
}

/// The classes in the list of results, newest first.
pub(super) async fn remembered(page: &Page) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('#results strong')]
        .map((label) => label.textContent)";
    Ok(serde_json::from_value(page.execute(script).await?)?)
}

/// All samples are put onto the canvas and classified; the page remembers the results, the newest
/// first, and forgets them.
#[tokio::test]
async fn samples_are_classified_and_results_remembered() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "samples").await?;
    let invite = start_hosting(&host).await?;
    let guest = driver.open("samples-data-owner", &invite).await?;
    guest.draw(1).await?;
    let (first, _) = classify(&guest).await?;
    ensure!(remembered(&guest).await? == std::slice::from_ref(&first));

    let mut classes = Vec::new();
    for hand in [1, 2] {
        for digit in 0..10 {
            guest.click(&format!("sample-{digit}-{hand}")).await?;
            let (class, _) = classify(&guest).await?;
            if class != digit.to_string() {
                println!("the sample {digit} of hand {hand} is a {class}");
            }
            classes.push(class);
        }
    }
    let right = (0..10).chain(0..10).zip(&classes);
    let right = right.filter(|(digit, class)| digit.to_string() == **class);
    let right = right.count();
    println!("{right} of 20 samples right");
    ensure!(right >= 19, "only {right} of 20 samples are right");

    // Taken back, it is the sample before: a straight line has less ink than a nine.
    let nine = ink(&guest).await?;
    guest.click("undo").await?;
    let eight = ink(&guest).await?;
    ensure!(eight != nine && eight > 0, "{eight} and {nine}");
    guest.click("clear").await?;
    ensure!(ink(&guest).await? == 0, "cleared");
    guest.click("undo").await?;
    ensure!(ink(&guest).await? == eight, "clearing is not taken back");

    classes.reverse();
    // The drawn one at the beginning.
    classes.push(first);
    ensure!(remembered(&guest).await? == classes);
    look(&guest, "results").await?;
    guest.click("forget-results").await?;
    ensure!(remembered(&guest).await?.is_empty(), "not forgotten");
    let hidden = guest
        .execute("return document.getElementById('history').hidden")
        .await?;
    ensure!(hidden == true, "still shown");
    guest.screenshot("forgotten").await?;
    guest.close().await?;
    host.close().await
}

#[tokio::test]
async fn cells_are_set_and_erased_by_keyboard() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let site = format!("{}/draw.html", relay.site());
    let page = driver.open("keyboard", &site).await?;
    ensure!(ink(&page).await? == 0);
    // Three cells in a row, and the one in the middle taken out again.
    page.press("canvas", &format!("{ENTER}{RIGHT}{ENTER}{RIGHT}{ENTER}"))
        .await?;
    ensure!(ink(&page).await? == 1200, "three cells are not set");
    page.press("canvas", &format!("{LEFT}{ENTER}")).await?;
    ensure!(ink(&page).await? == 800, "the cell is not erased");
    page.screenshot("cells").await?;

    // A line with the pen; the eraser goes the same way back.
    page.click("clear").await?;
    page.press("canvas", &format!(" {}", RIGHT.to_string().repeat(5)))
        .await?;
    ensure!(ink(&page).await? > 1200, "no line");
    page.press("canvas", "e").await?;
    let eraser = "return document.querySelector('input[name=pen]:checked').value";
    ensure!(page.execute(eraser).await? == "eraser");
    page.press("canvas", &format!(" {}", LEFT.to_string().repeat(5)))
        .await?;
    page.screenshot("erased").await?;
    ensure!(ink(&page).await? == 0, "the line is not erased");
    page.close().await
}
