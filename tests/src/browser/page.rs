//! A page, and what a person does on it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::LIMIT;
use crate::devtools;
use crate::digits::strokes;
use crate::in_checkout;

/// A page in its browser. Elements are named by their `data-testid`.
pub struct Page {
    pub(super) client: Client,
    pub(super) name: String,
    /// Lives as long as its browser.
    pub(super) profile: TempDir,
}

impl Page {
    /// Opens another address.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.client
            .goto(url)
            .await
            .with_context(|| format!("{url} does not load"))
    }

    /// Waits until an element is there.
    ///
    /// # Errors
    /// If it does not come within [`LIMIT`].
    pub async fn element(&self, id: &str) -> Result<Element> {
        let css = format!("[data-testid='{id}']");
        match self
            .client
            .wait()
            .at_most(LIMIT)
            .for_element(Locator::Css(&css))
            .await
        {
            Ok(element) => Ok(element),
            Err(error) => {
                bail!(
                    "{} has no element {id} ({error}); {}",
                    self.name,
                    self.state().await
                )
            }
        }
    }

    /// Waits until an element can be clicked, and clicks it.
    ///
    /// # Errors
    /// If it stays hidden or disabled for [`LIMIT`].
    pub async fn click(&self, id: &str) -> Result<()> {
        let element = self.element(id).await?;
        let deadline = Instant::now() + LIMIT;
        while !(element.is_displayed().await? && element.is_enabled().await?) {
            if Instant::now() > deadline {
                bail!(
                    "{}: {id} cannot be clicked; {}",
                    self.name,
                    self.state().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // What appears above it moves it, and a click would meet what was there before.
        let mut place = element.rectangle().await?;
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = element.rectangle().await?;
            if now == place || Instant::now() > deadline {
                break;
            }
            place = now;
        }
        element
            .click()
            .await
            .with_context(|| format!("{}: clicking {id}", self.name))
    }

    /// Waits until an element's text (a field's value) passes `wanted`, and returns it.
    ///
    /// # Errors
    /// If it does not within [`LIMIT`]; the message shows what the page says.
    pub async fn wait_for(&self, id: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let text = self.text(id).await?;
            if wanted(&text) {
                return Ok(text);
            }
            if Instant::now() > deadline {
                bail!("{}: {id} stays {text:?}; {}", self.name, self.state().await);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The visible text of an element, or the value of a field. Empty where there is none.
    ///
    /// # Errors
    /// If the browser is gone.
    pub async fn text(&self, id: &str) -> Result<String> {
        let script = "const element = document.querySelector(`[data-testid='${arguments[0]}']`);
            const text = typeof element?.value === 'string' ? element.value : element?.innerText;
            return (text ?? '').trim()";
        let text = self.client.execute(script, vec![json!(id)]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The result of a script on the page.
    ///
    /// # Errors
    /// If the script throws.
    pub async fn execute(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// What a script on the page hands to the function that is its last argument.
    ///
    /// # Errors
    /// If the script throws.
    pub async fn execute_async(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, Vec::new()).await?)
    }

    /// Goes into a frame of the page: what follows is about the page in there.
    ///
    /// # Errors
    /// If there is no such frame.
    pub async fn enter(&self, frame: &str) -> Result<()> {
        let element = self.element(frame).await?;
        let entered = element.enter_frame().await;
        entered.with_context(|| format!("{}: the frame {frame}", self.name))
    }

    /// Goes back from a frame to the page around it.
    ///
    /// # Errors
    /// If the page is gone.
    pub async fn leave(&self) -> Result<()> {
        Ok(self.client.enter_parent_frame().await?)
    }

    /// The errors that the page, its frames and the browser wrote to the console since this was
    /// asked last.
    ///
    /// # Errors
    /// If the browser does not say.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let lines = self.client.issue_cmd(devtools::Console).await?;
        let lines = lines.as_array().context("the console is no list")?;
        let errors = lines.iter().filter(|line| line["level"] == "SEVERE");
        Ok(errors.map(|line| line["message"].to_string()).collect())
    }

    /// Draws a digit on the canvas with the mouse.
    ///
    /// # Errors
    /// If there is no canvas or the mouse cannot reach it.
    pub async fn draw(&self, digit: usize) -> Result<()> {
        self.draw_slowly(digit, Duration::ZERO).await
    }

    /// Draws a digit on the canvas with the mouse, which takes `pace` from one point of a stroke
    /// to the next.
    ///
    /// # Errors
    /// As [`Page::draw`].
    pub async fn draw_slowly(&self, digit: usize, pace: Duration) -> Result<()> {
        let canvas = self.element("canvas").await?;
        self.execute(
            "document.querySelector(\"[data-testid='canvas']\").scrollIntoView({block: 'center'})",
        )
        .await?;
        let (_, _, width, height) = canvas.rectangle().await?;
        let mut mouse = MouseActions::new("mouse".to_owned());
        for stroke in strokes(digit) {
            for (index, (x, y)) in stroke.into_iter().enumerate() {
                mouse = mouse.then(PointerAction::MoveToElement {
                    element: canvas.clone(),
                    duration: Some(pace),
                    x: (x - 0.5) * width,
                    y: (y - 0.5) * height,
                });
                if index == 0 {
                    mouse = mouse.then(PointerAction::Down {
                        button: MOUSE_BUTTON_LEFT,
                    });
                }
            }
            mouse = mouse.then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        }
        self.client
            .perform_actions(mouse)
            .await
            .with_context(|| format!("{}: drawing a {digit}", self.name))
    }

    /// Chooses one of a group of buttons by the group's name and the button's value.
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn choose_radio(&self, group: &str, value: &str) -> Result<()> {
        let css = format!("input[name='{group}'][value='{value}']");
        let button = self.client.find(Locator::Css(&css)).await;
        let button = button.with_context(|| format!("{} has no button {value}", self.name))?;
        Ok(button.click().await?)
    }

    /// Presses keys while an element has the focus. Characters beyond those of a text are keys as
    /// WebDriver numbers them.
    ///
    /// # Errors
    /// If there is no such element, or it cannot have the focus.
    pub async fn press(&self, id: &str, keys: &str) -> Result<()> {
        let element = self.element(id).await?;
        let pressed = element.send_keys(keys).await;
        pressed.with_context(|| format!("{}: pressing keys on {id}", self.name))
    }

    /// Chooses a file in a file field.
    ///
    /// # Errors
    /// If there is no such field.
    pub async fn choose_file(&self, id: &str, path: &Path) -> Result<()> {
        self.choose_files(id, &[path]).await
    }

    /// Chooses several files in a file field together.
    ///
    /// # Errors
    /// If there is no such field.
    pub async fn choose_files<P: AsRef<Path>>(&self, id: &str, paths: &[P]) -> Result<()> {
        let field = self.element(id).await?;
        let paths = paths.iter().map(|path| path.as_ref().display().to_string());
        field
            .send_keys(&Vec::from_iter(paths).join("\n"))
            .await
            .with_context(|| format!("{}: choosing files in {id}", self.name))
    }

    /// Saves what the page looks like to `target/screenshots/NAME-STATE.png`.
    ///
    /// # Errors
    /// If the browser is gone or the file cannot be written.
    pub async fn screenshot(&self, state: &str) -> Result<()> {
        let folder = in_checkout("target/screenshots");
        fs::create_dir_all(&folder).context("target/screenshots could not be made")?;
        let path = folder.join(format!("{}-{state}.png", self.name));
        fs::write(&path, self.client.screenshot().await?)
            .with_context(|| format!("{} could not be written", path.display()))
    }

    /// Takes the page's window out of sight.
    ///
    /// # Errors
    /// If the browser does not.
    pub async fn minimise(&self) -> Result<()> {
        Ok(self.client.minimize_window().await?)
    }

    /// Loads the page again, as a person does who presses F5.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn reload(&self) -> Result<()> {
        let reloaded = self.client.refresh().await;
        reloaded.with_context(|| format!("{} does not load again", self.name))
    }

    /// Tells the browser something by its tools for developers.
    ///
    /// # Errors
    /// If it does not know the command.
    pub async fn tell(&self, command: &'static str, parameters: Value) -> Result<()> {
        let command = devtools::Command {
            command,
            parameters,
        };
        let told = self.client.issue_cmd(command).await;
        told.with_context(|| format!("{}: the browser was told something", self.name))?;
        Ok(())
    }

    /// Stops all of the browser for a while, as a computer does that sleeps.
    ///
    /// # Errors
    /// If its process is not found or cannot be stopped.
    pub async fn sleep(&self, time: Duration) -> Result<()> {
        let profile = self.profile.path().display().to_string();
        let list = Command::new("ps")
            .args(["-A", "-ww", "-o", "pid=,ppid=,args="])
            .output()?;
        let list = String::from_utf8_lossy(&list.stdout);
        let mut processes = Vec::new();
        for line in list.lines() {
            let mut words = line.split_whitespace();
            let (Some(process), Some(parent)) = (words.next(), words.next()) else {
                continue;
            };
            // The browser itself, and whatever it started: parents are listed first.
            let first = line.contains(&profile) && !line.contains("--type=");
            if first || processes.contains(&parent) {
                processes.push(process);
            }
        }
        let signal = |signal| {
            let status = Command::new("kill").arg(signal).args(&processes).status()?;
            ensure!(status.success(), "the browser takes no {signal}");
            Ok(())
        };
        signal("-STOP")?;
        tokio::time::sleep(time).await;
        signal("-CONT")
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// If it is gone already.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    /// What the page says, for the message of a failed test. Also takes a picture of it.
    async fn state(&self) -> String {
        // The message is about another failure: what cannot be read is left out of it.
        let _ = self.screenshot("failure").await;
        let status = self.text("status").await.unwrap_or_default();
        let error = self.text("error").await.unwrap_or_default();
        format!("the page's status is {status:?} and its error {error:?}")
    }
}
