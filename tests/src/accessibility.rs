//! What keeps people from using a page, as far as a program can tell: axe-core looks for it.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::browser::Page;
use crate::required;

/// Nothing is found on the page as it is now. `state` is for the message.
///
/// # Errors
/// If something is found; the message names the rules and the elements.
pub async fn check(page: &Page, state: &str) -> Result<()> {
    let path = required("BLINDSIGHT_AXE")?;
    let script = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    page.execute(&format!("if (!window.axe) {{ {script} }}"))
        .await?;
    let found = page
        .execute_async(
            "const done = arguments[arguments.length - 1];
             const found = ({ violations }) => violations.flatMap(({ id, help, nodes }) =>
               nodes.map(({ target, failureSummary }) =>
                 `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`));
             axe.run(document, { resultTypes: ['violations'] })
               .then((results) => done(found(results)), (error) => done([String(error)]))",
        )
        .await?;
    let found: Vec<&str> = found
        .as_array()
        .context("axe-core gives no list")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    ensure!(
        found.is_empty(),
        "{state}: {} hindrances:\n{}",
        found.len(),
        found.join("\n")
    );
    Ok(())
}
