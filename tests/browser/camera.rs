//! A picture from the camera. The browser's camera is a film that the test wrote.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use blindsight_tests::browser::Driver;
use blindsight_tests::digits;
use blindsight_tests::roles::Relay;

use super::{classify, open_host, start_hosting};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// Writes a film (YUV4MPEG2) of a digit on white paper.
fn film(digit: usize, path: &Path) -> Result<()> {
    let paper = digits::picture(digit, HEIGHT);
    let margin = (WIDTH - HEIGHT) / 2;
    let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F30:1 Ip A1:1 C420jpeg\n").into_bytes();
    for _ in 0..3 {
        film.extend_from_slice(b"FRAME\n");
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let on_paper = x.checked_sub(margin).filter(|x| *x < HEIGHT);
                film.push(on_paper.map_or(255, |x| paper.get_pixel(x, y).0[0]));
            }
        }
        // No colour.
        film.extend(vec![128; (WIDTH * HEIGHT / 2) as usize]);
    }
    Ok(fs::write(path, film)?)
}

#[tokio::test]
async fn the_camera_takes_a_picture_and_can_be_refused() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let host = open_host(&driver, &relay, "camera").await?;
    let invite = start_hosting(&host).await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seven.y4m");
    film(7, &path)?;
    let mut arguments = vec![
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", path.display()),
        "--use-fake-ui-for-media-stream".to_owned(),
    ];
    let guest = driver
        .open_with("camera-data-owner", &invite, &arguments)
        .await?;
    // Whether a camera is on is what its tracks say, so the test keeps hold of them.
    guest
        .execute(
            "const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            window.tracks = [];
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                const stream = await open(wanted);
                window.tracks.push(...stream.getTracks());
                return stream;
            };",
        )
        .await?;
    let live = "return window.tracks.map((track) => track.readyState)";
    guest.click("camera").await?;
    guest.click("camera-take").await?;
    let (class, _) = classify(&guest).await?;
    ensure!(class == "7", "the 7 in front of the camera is a {class}");
    ensure!(guest.execute(live).await? == serde_json::json!(["ended"]));
    guest.screenshot("taken").await?;

    guest.click("camera").await?;
    // It can be pressed once the camera is on.
    while guest
        .execute("return document.querySelector('.camera .primary').disabled")
        .await?
        == true
    {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    guest.screenshot("dialog").await?;
    guest.click("camera-cancel").await?;
    guest.wait_for("camera-cancel", str::is_empty).await?;
    ensure!(guest.execute(live).await? == serde_json::json!(["ended", "ended"]));
    ensure!(guest.text("result-class").await? == "7", "cancelled");
    guest.close().await?;

    arguments.pop();
    arguments.push("--deny-permission-prompts".to_owned());
    let site = format!("{}/draw.html", relay.site());
    let refused = driver
        .open_with("camera-refused", &site, &arguments)
        .await?;
    refused.click("camera").await?;
    let error = refused.wait_for("error", |text| !text.is_empty()).await?;
    println!("a camera that is refused: {error}");
    ensure!(error.contains("settings"), "{error}");
    refused.screenshot("error").await?;
    refused.close().await?;
    host.close().await
}
