//! The sentences that the crates of a browser tab can say, as they stand in the sources: what a page in
//! another language than English needs a translation of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::in_checkout;

/// The crates that run in a tab.
const CRATES: [&str; 6] = ["mpc", "model", "parties", "session", "member", "wasm"];

/// Files and folders in them whose texts reach a person as they stand, or as a part of an error's
/// text. Of the others only the texts of errors do.
const SPEAKING: [&str; 19] = [
    "member/src/compute_party.rs",
    "member/src/data_owner.rs",
    "member/src/helper.rs",
    "member/src/inspection.rs",
    "member/src/line",
    "member/src/member.rs",
    "member/src/model_owner",
    "member/src/naming.rs",
    "member/src/note.rs",
    "member/src/plan_view.rs",
    "model/src/network",
    "model/src/onnx",
    "model/src/plan/check.rs",
    "parties/src/abort.rs",
    "parties/src/glimpse.rs",
    "parties/src/party.rs",
    "session/src/connection.rs",
    "session/src/room.rs",
    "wasm/src",
];

/// What is in them, or has errors of its own, and never runs in a tab.
const ELSEWHERE: [&str; 7] = [
    "model/src/card.rs",
    "model/src/data_set",
    "model/src/evaluate/float",
    "model/src/idx.rs",
    "model/src/onnx/export",
    "model/src/onnx/tests",
    "model/src/picture/file",
];

/// Files in which single words reach a person, too.
const WORDS: [&str; 2] = ["member/src/plan_view.rs", "parties/src/glimpse.rs"];

/// Texts that no page shows.
const UNSEEN: [&str; 12] = [
    // It names what a hash is of.
    "blindsight 2026 room of a place key",
    // It stands between two parts that have a translation each.
    " and ",
    // The command line waits for these.
    "the model owner to join",
    "a helper to join",
    "the model owner's answer",
    "a bundle from the helper",
    "the compute parties to join",
    "the compute parties' answers",
    "a bundle from the compute parties",
    // An assertion of the compiler.
    "who is let in can be served",
    // For people who look for errors in the program.
    "FullyConnected({inputs} -> {outputs})",
    "Convolution({inputs} -> {outputs}, {rows} x {columns}, {groups} groups)",
];

/// The texts in the sources, with holes as in `format!`.
#[derive(Default)]
pub struct Sentences {
    /// Those that a person may read, as a sentence or a part of one, and the file of each.
    pub said: BTreeMap<String, String>,
    /// All.
    pub written: BTreeSet<String>,
}

impl Sentences {
    /// Reads the sources of all crates that run in a tab.
    ///
    /// # Errors
    /// If a file cannot be read, or is no Rust.
    pub fn read() -> Result<Self> {
        let mut found = Self::default();
        for name in CRATES {
            let folder = in_checkout("crates").join(name).join("src");
            found.collect(&folder, &format!("{name}/src"))?;
        }
        Ok(found)
    }

    fn collect(&mut self, folder: &Path, name: &str) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{name}/{file}");
            let is_in = |list: &[&str]| list.iter().any(|other| name.starts_with(other));
            if is_in(&ELSEWHERE) {
                continue;
            }
            if path.is_dir() {
                self.collect(&path, &name)?;
            } else if name.ends_with(".rs") {
                let source = fs::read_to_string(&path)?;
                let tokens: TokenStream = source
                    .parse()
                    .map_err(|error| anyhow!("{}: {error}", path.display()))?;
                let mut texts = Texts::default();
                texts.walk(tokens, false);
                let prose = |text: &&String| is_prose(text) || is_in(&WORDS) && is_word(text);
                let others = texts.others.iter().filter(|_| is_in(&SPEAKING));
                let said = texts.errors.iter().chain(others).filter(prose);
                let said = said.filter(|text| !UNSEEN.contains(&text.as_str()));
                self.said
                    .extend(said.map(|text| (text.clone(), name.clone())));
                self.written.extend(texts.errors);
                self.written.extend(texts.others);
            }
        }
        Ok(())
    }
}

/// The texts of a file, but for those of its tests.
#[derive(Default)]
struct Texts {
    errors: Vec<String>,
    others: Vec<String>,
}

impl Texts {
    fn walk(&mut self, tokens: TokenStream, error: bool) {
        let mut tokens = tokens.into_iter().peekable();
        // Whether what follows is for tests only.
        let mut test = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ';' => test = false,
                TokenTree::Punct(sign) if sign.as_char() == '#' => {
                    let is_bang = |next: &TokenTree| next.to_string() == "!";
                    tokens.next_if(is_bang);
                    let Some(TokenTree::Group(attribute)) = tokens.next() else {
                        continue;
                    };
                    let mut inner = attribute.stream().into_iter();
                    let name = inner.next().map(|name| name.to_string());
                    let rest = inner.collect::<TokenStream>();
                    match name.as_deref() {
                        Some("error") => self.walk(rest, true),
                        Some("cfg") => test |= rest.to_string() == "(test)",
                        _ => {}
                    }
                }
                TokenTree::Group(group) if test && group.delimiter() == Delimiter::Brace => {
                    test = false;
                }
                TokenTree::Group(group) => self.walk(group.stream(), error),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        let texts = match error {
                            true => &mut self.errors,
                            false => &mut self.others,
                        };
                        texts.push(text.value());
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a text says something beside its holes: several words, of which one is no name, or a whole
/// sentence.
fn is_prose(text: &str) -> bool {
    let is_word = |word: &str| {
        let outside = word.split('{').map(|part| match part.split_once('}') {
            Some((_, behind)) => behind,
            None => part,
        });
        let letters = outside.flat_map(str::bytes);
        letters.filter(u8::is_ascii_lowercase).count() > 1
    };
    text.ends_with('.') && is_word(text) || text.contains(' ') && text.split(' ').any(is_word)
}

/// Whether a text is a word or two in small letters.
fn is_word(text: &str) -> bool {
    text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}
