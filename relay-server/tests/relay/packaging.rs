//! What is shipped beside the program fits it.

use std::io::Write as _;
use std::process::Command;

/// The file that comes with the package.
const SHIPPED: &str = include_str!("../../packaging/relay.toml");

/// The lines of the file that show a default.
fn defaults() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = SHIPPED
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once(" = "));
    // Where there is no default, the file shows an example.
    let example = |value: &str| {
        ["\"/", "\"nats:", "\"https:"]
            .iter()
            .any(|s| value.starts_with(s))
    };
    lines.filter(move |(_, value)| !example(value))
}

/// What makes no sense in a file: what names the file or asks for something else than a relay, what a
/// program that starts the relay asks for, and the opposite of `no-helper`.
const NOT_IN_A_FILE: [&str; 6] = ["config", "check", "help", "version", "json", "helper"];

fn relay(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_blindsight-relay"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn the_shipped_file_is_right_with_every_line_of_it() {
    let shown: Vec<_> = defaults()
        .map(|(name, value)| format!("{name} = {value}\n"))
        .collect();
    assert!(shown.len() > 20, "{shown:?}");
    for text in [SHIPPED.to_owned(), format!("{SHIPPED}{}", shown.concat())] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let (right, said) = relay(&["--check", "--config", file.path().to_str().unwrap()]);
        assert!(right, "{said}");
    }
}

#[test]
fn the_shipped_file_shows_every_option() {
    let (_, help) = relay(&["--help"]);
    // An option stands at the beginning of a line, behind its short form if it has one.
    let options: Vec<&str> = help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        .filter_map(|line| line.split("--").nth(1)?.split(' ').next())
        .collect();
    assert!(options.len() > 30, "{options:?}");
    for option in options {
        let shown = SHIPPED.lines().any(|line| {
            let line = line.strip_prefix("# ").unwrap_or(line);
            line.split_once(" = ")
                .is_some_and(|(name, _)| name == option)
        });
        assert_eq!(shown, !NOT_IN_A_FILE.contains(&option), "{option}");
    }
}

#[test]
fn the_shipped_file_shows_the_defaults() {
    let (_, help) = relay(&["--help"]);
    for (name, value) in defaults().filter(|&(_, value)| value != "false") {
        let (_, after) = help.split_once(&format!("--{name} <")).expect(name);
        let (_, default) = after.split_once("[default: ").expect(name);
        let (default, _) = default.split_once(']').expect(name);
        assert_eq!(value.trim_matches('"'), default, "{name}");
    }
}
