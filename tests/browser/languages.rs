//! The site in another language: nothing lacks a translation, and a German reader sees no English.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use blindsight_member::PlanView;
use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_model::onnx;
use blindsight_tests::accessibility;
use blindsight_tests::browser::{Driver, Page};
use blindsight_tests::in_checkout;
use blindsight_tests::roles::Relay;
use blindsight_tests::sentences::Sentences;
use serde_json::{Value, json};

use super::{is_link, looks::PHONE};

/// What makes a browser ask for German.
pub(super) const GERMAN: [&str; 1] = ["--accept-lang=de-AT,de,en"];

/// A script's function that compares the sentences of two languages, by what they are: a text, a
/// function with so many parameters, or more of these by name.
const FORM: &str = "
    const form = (value) => {
      if (typeof value === 'function') return value.length;
      if (typeof value !== 'object') return typeof value;
      const parts = Object.entries(value).map(([name, part]) => [name, form(part)]);
      return Object.fromEntries(parts.sort(([one], [other]) => (one < other ? -1 : 1)));
    };
    const formOf = ({ catalogue, ...strings }) => JSON.stringify(form(strings));";

#[tokio::test]
async fn every_language_has_every_sentence() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("languages", &relay.site()).await?;
    let names = page
        .execute("return Object.keys(pageLanguage.names)")
        .await?;
    // An English page is full of English, in the words of the HTML and of the scripts.
    page.wait_for("check-summary", |text| text.contains("needed"))
        .await?;
    let found = english(&page).await?.to_string();
    for text in ["Take a role", "All that is needed is here."] {
        ensure!(found.contains(text), "{text} is no English in {found}");
    }
    let others = names.as_array().context("no languages")?.iter();
    let others: Vec<&str> = others
        .filter_map(Value::as_str)
        .filter(|name| *name != "en")
        .collect();
    ensure!(others.contains(&"de"), "{names}");
    for language in others {
        check_forms(&page, language).await?;
        check_pages(&page, language).await?;
        check_sentences(&page, language).await?;
        check_models(&page, language).await?;
    }
    page.close().await
}

/// What scripts say has the same names, and takes the same parts, in both languages.
async fn check_forms(page: &Page, language: &str) -> Result<()> {
    for file in ["", "/parties"] {
        let script = format!(
            "{FORM}
             const files = ['en', '{language}'].map((name) => `strings/${{name}}{file}.js`);
             const [one, other] = await Promise.all(files.map((file) => import(at(file))));
             const {{ sentence, ...rest }} = one;
             const {{ sentence: own, ...others }} = other;
             return [formOf(rest), formOf(others)];"
        );
        let forms = ask(page, &script).await?;
        ensure!(forms[0] == forms[1], "{language}{file}: {forms:#}");
    }
    // The comparison notices what is missing.
    let script = format!(
        "{FORM}
         const {{ draw, ...others }} = await import(at('strings/en.js'));
         const {{ trips, ...less }} = draw;
         return [formOf({{ draw, ...others }}), formOf({{ draw: less, ...others }})];"
    );
    let forms = ask(page, &script).await?;
    ensure!(forms[0] != forms[1], "a missing sentence is not noticed");
    Ok(())
}

/// Each text of each page has a translation with the same elements in it, and no translation is left
/// over.
async fn check_pages(page: &Page, language: &str) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(in_checkout("web"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".html") {
            names.push(name);
        }
    }
    let script = format!(
        "const {{ translatePage }} = await import(at('translate-page.js'));
         const files = ['', '/parties', '/study'].map((file) => `strings/{language}${{file}}.js`);
         const all = await Promise.all(files.map((file) => import(at(file))));
         const pages = Object.assign({{}}, ...all.map(({{ catalogue }}) => catalogue.pages));
         const used = new Set();
         const wrong = [];
         for (const name of {}) {{
           const html = await (await fetch(`/${{name}}`)).text();
           const page = new DOMParser().parseFromString(html, 'text/html');
           for (const key of translatePage(page, pages)) {{
             used.add(key);
             if (!Object.hasOwn(pages, key)) wrong.push(`${{name}}: ${{key}}`);
           }}
         }}
         const marks = (text) => (text.match(/<\\d+\\/?>|<\\/\\d+>/g) ?? []).sort().join();
         for (const [key, own] of Object.entries(pages)) {{
           if (!used.has(key)) wrong.push(`on no page: ${{key}}`);
           if (marks(key) !== marks(own)) wrong.push(`other elements: ${{own}}`);
         }}
         return {{ count: used.size, wrong }};",
        json!(names)
    );
    let found = ask(page, &script).await?;
    ensure!(found["wrong"] == json!([]), "{language}: {found:#}");
    // If the pages could not be read, nothing would be wrong with them.
    ensure!(found["count"].as_u64() > Some(200), "{found:#}");
    Ok(())
}

/// Each sentence of the program in WebAssembly has a translation, with the same holes in it.
async fn check_sentences(page: &Page, language: &str) -> Result<()> {
    let Sentences { said, written } = Sentences::read()?;
    ensure!(said.len() > 300, "only {} sentences are found", said.len());
    let script = format!(
        "const files = ['', '/parties'].map((file) => `strings/{language}${{file}}.js`);
         const all = await Promise.all(files.map((file) => import(at(file))));
         const program = Object.assign({{}}, ...all.map(({{ catalogue }}) => catalogue.program));
         const said = {};
         const written = new Set({});
         const wrong = Object.keys(said).filter((text) => !Object.hasOwn(program, text))
           .map((text) => `${{said[text]}}: ${{text}}`);
         for (const text of Object.keys(program)) {{
           if (!written.has(text)) wrong.push(`nobody says: ${{text}}`);
         }}
         const holes = (text) => {{
           let unnamed = 0;
           const names = [...text.matchAll(/\\{{([^{{}}]*)\\}}/g)]
             .map(([, hole]) => hole.split(':')[0]);
           return names.map((name) => name || String(unnamed++)).sort().join();
         }};
         for (const [text, own] of Object.entries(program)) {{
           if (holes(text) !== holes(own)) wrong.push(`other holes: ${{own}}`);
         }}
         return wrong;",
        json!(said),
        json!(written),
    );
    let wrong = ask(page, &script).await?;
    ensure!(wrong == json!([]), "{language}: {wrong:#}");
    Ok(())
}

/// What the site says of its models, and their plans, is translated.
async fn check_models(page: &Page, language: &str) -> Result<()> {
    let mut words = Vec::new();
    for name in ["mnist-mlp", "mnist-cnn", "fashion-cnn-fast"] {
        let bytes = fs::read(in_checkout(&format!("data/models/{name}.onnx")))?;
        let network = onnx::import(&bytes, name)?;
        let view = PlanView::from(IntegerNetwork::from_float(&network)?.plan());
        for layer in view.layers {
            words.push(layer.kind);
            words.extend(layer.activation);
        }
    }
    words.sort();
    words.dedup();
    let script = format!(
        "const {{ sentence }} = await import(at('strings/{language}.js'));
         const models = await (await fetch(at('models/index.json'))).json();
         const named = models.flatMap(({{ title, architecture }}) =>
           [title, ...architecture.split(', ')]);
         const words = [...{}, ...named].filter((word) => word !== 'ReLU');
         return words.filter((word) => sentence(word) === undefined);",
        json!(words)
    );
    let lacking = ask(page, &script).await?;
    ensure!(lacking == json!([]), "{language}: {lacking}");
    Ok(())
}

/// Sentences that the program composes are put together again in German.
#[tokio::test]
async fn composed_sentences_are_german() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("composed", &relay.site()).await?;
    let cases = BTreeMap::from([
        (
            "Waiting for the model owner to join.",
            Some("Warten, bis der Modellinhaber beitritt."),
        ),
        (
            "The link with data owner 3 broke: a message was longer than it may be; check that all \
             parties run the same release.",
            Some(
                "Die Verbindung mit Dateninhaber 3 ist zerbrochen: eine Nachricht war länger, als \
                 sie sein darf; prüfen Sie, ob alle Parteien denselben Stand haben.",
            ),
        ),
        (
            "Stopped while dealing bundles with the helper: a limit was reached; wait a moment and \
             try again.",
            Some(
                "Abgebrochen beim Austeilen der Bündel mit dem Helfer: eine Grenze ist erreicht; \
                 warten Sie einen Moment und versuchen Sie es noch einmal.",
            ),
        ),
        (
            "Everybody else has left the room, so it was closed; open a new one to go on.",
            Some(
                "Alle anderen haben den Raum verlassen, daher wurde er geschlossen; öffnen Sie \
                 einen neuen, um weiterzumachen.",
            ),
        ),
        (
            "node \"conv one\" (Conv): its kernel is [3, 3]",
            Some("Knoten „conv one“ (Conv): sein Kern ist [3, 3]"),
        ),
        (
            "the file has too many weights: at most 100000000 are taken; use a smaller model",
            Some(
                "die Datei hat zu viele Gewichte: Höchstens 100.000.000 werden angenommen; nehmen \
                 Sie ein kleineres Modell",
            ),
        ),
        // Half a translation is none: the whole sentence stays in English.
        (
            "The link with the helper broke: a new kind of trouble.",
            None,
        ),
        ("Something that nobody foresaw happened.", None),
    ]);
    // German numbers need a German page.
    page.tell("Network.enable", json!({})).await?;
    page.execute("localStorage.setItem('blindsight.language', 'de')")
        .await?;
    page.reload().await?;
    let texts: Vec<&&str> = cases.keys().collect();
    let script = format!(
        "const {{ sentence }} = await import(at('strings/de.js'));
         return {}.map((text) => sentence(text) ?? null);",
        json!(texts)
    );
    let found = ask(&page, &script).await?;
    let expected: Vec<&Option<&str>> = cases.values().collect();
    ensure!(found == json!(expected), "{found:#}");

    // What there is no translation of is shown, and marked.
    let script = "
        const { put, sentence } = await import(at('strings.js'));
        return ['The rest.', 'Ready to classify.'].map((text) => {
          const { textContent, lang } = put(document.createElement('p'), sentence(text));
          return [textContent, lang];
        });";
    let found = ask(&page, script).await?;
    ensure!(found == json!([["The rest.", "en"], ["Bereit zum Klassifizieren.", ""]]));
    page.close().await
}

/// A German reader with a phone hosts, draws and reads the class.
#[tokio::test]
async fn a_german_reader_sees_no_english() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let german = GERMAN.map(str::to_owned);
    let host = driver
        .open_with("german-host", &relay.site(), &german)
        .await?;
    hold_a_phone(&host).await?;
    host.wait_for("check-summary", |text| text == "Alles Nötige ist da.")
        .await?;
    look(&host, "start").await?;
    for name in ["trust", "help", "draw", "party"] {
        host.goto(&format!("{}/{name}.html", relay.site())).await?;
        host.wait_for("build", |build| build.len() == 16).await?;
        look(&host, name).await?;
    }
    host.goto(&format!("{}/host.html", relay.site())).await?;
    host.wait_for("model-select", |model| !model.is_empty())
        .await?;
    host.wait_for("model-cost", |text| text.contains("bewiesen"))
        .await?;
    look(&host, "choose").await?;
    host.click("host-start").await?;
    let invite = host.wait_for("invite-data-owner", is_link).await?;

    let guest = driver
        .open_with("german-data-owner", &invite, &german)
        .await?;
    hold_a_phone(&guest).await?;
    guest.draw(7).await?;
    guest.click("classify").await?;
    let class = guest
        .wait_for("result-class", |text| !text.is_empty())
        .await?;
    ensure!(class == "7", "{class}");
    let details = "return document.getElementById('result-details').innerText";
    let details = guest.execute(details).await?;
    let details = details.as_str().context("no details")?;
    ensure!(details.contains("4 Umläufe · 5,5 kB"), "{details}");
    guest
        .wait_for("status", |text| text == "Bereit zum Klassifizieren.")
        .await?;
    guest
        .execute("for (const fold of document.querySelectorAll('details')) fold.open = true")
        .await?;
    look(&guest, "classified").await?;
    host.execute("document.querySelector('[data-testid=remove-1]').scrollIntoView()")
        .await?;
    look(&host, "hosting").await?;

    // A guest whom the model owner removes hears of it in German.
    host.click("remove-1").await?;
    host.click("ask-yes").await?;
    let error = guest.wait_for("error", |text| !text.is_empty()).await?;
    ensure!(
        error.contains("bitten Sie ihn um einen neuen Link"),
        "{error}"
    );
    look(&guest, "removed").await?;
    for page in [guest, host] {
        page.close().await?;
    }
    Ok(())
}

/// The language is the reader's choice, in the frames as well, and also where nothing is stored.
#[tokio::test]
async fn the_language_can_be_chosen() -> Result<()> {
    let (relay, driver) = (Relay::start()?, Driver::start()?);
    let page = driver.open("choice", &relay.site()).await?;
    ensure!(language(&page).await? == "en");
    let heading = "return document.getElementById('roles').innerText";
    ensure!(page.execute(heading).await? == "Take a role");
    page.click("language-de").await?;
    wait_for_language(&page, "de").await?;
    ensure!(page.execute(heading).await? == "Übernehmen Sie eine Rolle");
    let current = "return document.querySelector('.languages [aria-current]').lang";
    ensure!(page.execute(current).await? == "de");
    page.click("try").await?;
    for frame in ["frame-data-owner", "frame-model-owner", "frame-helper"] {
        page.element(frame).await?;
        page.enter(frame).await?;
        page.wait_for("status", |text| !text.is_empty()).await?;
        ensure!(language(&page).await? == "de", "{frame}");
        page.leave().await?;
    }
    page.wait_for("try-status", |text| text.contains("eingeladen"))
        .await?;
    page.screenshot("try").await?;

    // A page that hosts asks first, for it would leave its room.
    page.goto(&format!("{}/host.html", relay.site())).await?;
    page.click("host-start").await?;
    page.wait_for("invite-data-owner", is_link).await?;
    page.click("language-en").await?;
    page.click("ask-yes").await?;
    wait_for_language(&page, "en").await?;
    page.close().await?;

    let page = driver.open("choice-unstored", &relay.site()).await?;
    let script = "Object.defineProperty(window, 'localStorage', {
        get() { throw new DOMException('', 'SecurityError'); } })";
    page.tell(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": script }),
    )
    .await?;
    page.reload().await?;
    page.click("language-de").await?;
    wait_for_language(&page, "de").await?;
    page.click("role-draw").await?;
    page.wait_for("status", |text| text.starts_with("Zeichnen Sie"))
        .await?;
    page.close().await
}

async fn language(page: &Page) -> Result<Value> {
    page.execute("return document.documentElement.lang").await
}

/// The page is loaded again for another language, which takes a moment.
async fn wait_for_language(page: &Page, wanted: &str) -> Result<()> {
    let script = format!(
        "return document.readyState === 'complete' && document.documentElement.lang === '{wanted}'
           && !document.documentElement.classList.contains('translating')
           && document.querySelector('.languages') !== null"
    );
    for _ in 0..200 {
        // Between two pages there is none to ask.
        if page.execute(&script).await.is_ok_and(|is| is == true) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("the page is not in the language {wanted}")
}

pub(super) async fn hold_a_phone(page: &Page) -> Result<()> {
    let (width, height) = PHONE;
    let phone =
        json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": false });
    page.tell("Emulation.setDeviceMetricsOverride", phone).await
}

/// A German page fits the phone, keeps nobody from using it, and says nothing in English.
pub(super) async fn look(page: &Page, state: &str) -> Result<()> {
    page.screenshot(state).await?;
    accessibility::check(page, &format!("{state} in German")).await?;
    let wide = page
        .execute("return document.documentElement.scrollWidth")
        .await?;
    ensure!(
        wide.as_u64() <= Some(u64::from(PHONE.0)),
        "{state}: {wide} pixels wide"
    );
    // A box that scrolls sideways by itself hides what is pushed out of it.
    let hidden = page
        .execute(
            "return [...document.querySelectorAll('main *')]
               .filter((box) => box.checkVisibility() && box.querySelector('button, input, select, a')
                 && box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === 'auto')
               .map((box) => box.innerText)",
        )
        .await?;
    ensure!(hidden == json!([]), "{state}: out of sight: {hidden}");
    let english = english(page).await?;
    ensure!(english == json!([]), "{state}: {english:#}");
    Ok(())
}

/// What a German page says in English: what the catalogues know, and what looks like it.
async fn english(page: &Page) -> Result<Value> {
    let script = "
        const parties = await import(at('strings/de/parties.js'));
        const study = await import(at('strings/de/study.js'));
        const main = (await import(at('strings/de.js'))).catalogue;
        const pages = { ...main.pages, ...parties.catalogue.pages, ...study.catalogue.pages };
        const program = { ...main.program, ...parties.catalogue.program };
        const { bundled } = main;
        // What is the same in both languages is no English.
        const english = new Set(Object.entries({ ...program, ...bundled, ...pages })
          .flatMap(([key, own]) => (key === own ? [] : [key])));
        const collect = (value) => {
          if (typeof value === 'string') english.add(value);
          else if (value && typeof value === 'object') Object.values(value).forEach(collect);
        };
        const [en, de] = await Promise.all([import(at('strings/en.js')), import(at('strings/de.js'))]);
        collect({ ...en, catalogue: null });
        const same = (one, other) => {
          if (typeof one === 'string') { if (one === other) english.delete(one); }
          else if (one && typeof one === 'object')
            for (const [name, part] of Object.entries(one)) same(part, other?.[name]);
        };
        same({ ...en }, { ...de });
        const found = [];
        const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
          const hidden = node.parentElement.closest('noscript, script, .languages, .words');
          if (!hidden && english.has(node.data.trim())) found.push(node.data.trim());
        }
        const marked = [...document.querySelectorAll('[lang=en]:not(.languages *)')];
        // Words that are common in English and are none in German.
        const common = /\\b(the|and|of|with|you|your|is|not)\\b/i;
        // Safety words are English in all languages.
        const safe = new Set([...document.querySelectorAll('.words li')].map((li) => li.textContent));
        const shown = document.body.innerText.split('\\n')
          .filter((line) => common.test(line) && !safe.has(line.trim()));
        return [...found, ...shown, ...marked.map((element) => element.outerHTML)];";
    ask(page, script).await
}

/// What an asynchronous script on the page returns.
async fn ask(page: &Page, script: &str) -> Result<Value> {
    // What pages load lies in a folder that they name.
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const language = document.querySelector('script[src$=\"/language.js\"]').src;
         const at = (file) => new URL(file, language).href;
         (async () => {{ {script} }})().then(
           (value) => done({{ value }}), (error) => done({{ error: String(error) }}))"
    );
    let answer = page.execute_async(&script).await?;
    ensure!(answer["error"].is_null(), "{}", answer["error"]);
    Ok(answer["value"].clone())
}
