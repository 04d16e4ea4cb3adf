//! What a browser keeps of the pages, and which version of them it shows.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use blindsight_tests::browser::{Driver, LIMIT, Page};
use blindsight_tests::pages::Pages;
use blindsight_tests::roles::Relay;

use super::start_hosting;

/// Waits until the browser has kept the pages; then the next one comes from there.
async fn wait_until_kept(page: &Page) -> Result<()> {
    let state = "return navigator.serviceWorker.ready.then(({ active }) => active.state)";
    let deadline = Instant::now() + LIMIT;
    while page.execute(state).await? != "activated" {
        ensure!(Instant::now() < deadline, "the pages are not kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn is_kept(page: &Page) -> Result<bool> {
    let controlled = "return navigator.serviceWorker.controller !== null";
    Ok(page.execute(controlled).await? == true)
}

/// The names of all caches, and of all that is in them.
async fn kept(page: &Page) -> Result<Vec<String>> {
    let names = page
        .execute(
            "return (async () => {
                 const names = await caches.keys();
                 const of = async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url);
                 return [...names, ...await Promise.all(names.map(of))].flat();
             })()",
        )
        .await?;
    serde_json::from_value(names).context("the caches have no names")
}

#[tokio::test]
async fn pages_open_without_the_network() -> Result<()> {
    let (mut relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("offline", &relay.site()).await?;
    wait_until_kept(&page).await?;
    ensure!(!is_kept(&page).await?, "the first visit came from nowhere");
    page.reload().await?;
    ensure!(is_kept(&page).await?, "the second visit is not kept");
    let build = page.wait_for("build", |build| build.len() == 16).await?;

    let names = kept(&page).await?;
    let caches = names.iter().filter(|name| name.starts_with("blindsight"));
    ensure!(caches.clone().count() == 1, "{names:?}");
    ensure!(
        caches.clone().all(|name| name.contains(&build)),
        "{names:?}"
    );
    for unwanted in ["config.json", "helper-key", "health", ".onnx"] {
        ensure!(
            !names.iter().any(|name| name.ends_with(unwanted)),
            "{unwanted} is kept"
        );
    }
    // A model is kept once it was used.
    page.click("role-host").await?;
    page.wait_for("model-select", |model| !model.is_empty())
        .await?;
    start_hosting(&page).await?;
    let names = kept(&page).await?;
    ensure!(names.iter().any(|name| name.ends_with("mnist-mlp.onnx")));
    let errors = page.console_errors().await?;
    ensure!(errors.is_empty(), "on the console: {errors:#?}");

    relay.kill()?;
    for name in [
        "",
        "host.html",
        "help.html",
        "trust.html",
        "try.html",
        "draw.html",
    ] {
        page.goto(&format!("{}/{name}", relay.site())).await?;
        let shown = page.wait_for("build", |shown| shown == build).await;
        shown.with_context(|| format!("{name} without the network"))?;
    }
    // The program in the worker is there as well: it prepares the picture.
    page.draw(3).await?;
    let deadline = Instant::now() + LIMIT;
    let preview = "return document.getElementById('preview').getAttribute('aria-label')";
    while !page
        .execute(preview)
        .await?
        .as_str()
        .is_some_and(|label| label.contains("have ink"))
    {
        ensure!(Instant::now() < deadline, "the picture is not prepared");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    page.screenshot("draw").await?;
    // Hosting needs the relay, and says so.
    page.goto(&format!("{}/host.html", relay.site())).await?;
    page.wait_for("model-select", |model| !model.is_empty())
        .await?;
    // What is said of the model moves the button below it.
    page.wait_for("model-cost", |cost| cost.contains("round trips"))
        .await?;
    page.click("host-start").await?;
    let error = page.wait_for("error", |text| !text.is_empty()).await?;
    println!("hosting without the network: {error}");
    page.screenshot("host").await?;
    page.close().await
}

#[tokio::test]
async fn a_new_version_is_taken_up_at_the_next_visit() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let pages = Pages::of_relay(&relay.site())?;
    let page = driver.open("version", &pages.address).await?;
    wait_until_kept(&page).await?;
    page.goto(&format!("{}host.html", pages.address)).await?;
    ensure!(is_kept(&page).await?);
    page.wait_for("model-select", |model| !model.is_empty())
        .await?;
    start_hosting(&page).await?;
    let before = kept(&page).await?;

    pages.update("Take a role", "Take a new role")?;
    pages.take_asked();
    page.goto(&format!("{}index.html#roles", pages.address))
        .await?;
    let heading = "return document.getElementById('roles').innerText";
    let shown = page.execute(heading).await?;
    ensure!(shown == "Take a new role", "the next visit shows {shown}");
    // What stands behind the # holds an invitation on other pages.
    let place = page.execute("return location.hash").await?;
    ensure!(place == "#roles", "the address lost its place: {place}");

    wait_until_kept(&page).await?;
    page.reload().await?;
    ensure!(is_kept(&page).await?, "the new version is not kept");
    ensure!(page.execute(heading).await? == "Take a new role");
    let after = kept(&page).await?;
    ensure!(after.len() == before.len(), "{before:?} became {after:?}");
    ensure!(after[0] != before[0], "the cache has the old name");

    // What the page did not load, and was there before, was not fetched again: the model among it.
    let asked = pages.take_asked();
    let was_asked = |file: &str| asked.iter().any(|name| name.ends_with(file));
    ensure!(was_asked("/footer.js"), "{asked:?}");
    for same in ["blindsight_bg.wasm", "worker.js", ".onnx"] {
        ensure!(!was_asked(same), "{same} was fetched again: {asked:?}");
        let again = after.iter().any(|name| name.ends_with(same));
        ensure!(again, "{same} is not kept any more: {after:?}");
    }
    // And it is whole: the scripts find each other, and the model can be hosted.
    pages.take_asked();
    page.goto(&format!("{}host.html", pages.address)).await?;
    page.wait_for("model-select", |model| !model.is_empty())
        .await?;
    start_hosting(&page).await?;
    let asked = pages.take_asked();
    let anew = asked.iter().find(|name| name.contains('/'));
    ensure!(anew.is_none(), "fetched anew: {anew:?}");
    let errors = page.console_errors().await?;
    ensure!(errors.is_empty(), "on the console: {errors:#?}");
    page.close().await
}
