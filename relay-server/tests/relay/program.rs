//! The program itself.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blindsight-relay"));
    command
        .env_remove("BLINDSIGHT_LISTEN")
        .env_remove("RUST_LOG");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn it_says_where_it_listens_and_a_second_one_says_what_to_do() {
    let mut first = program()
        .args(["--listen", "127.0.0.1:0", "--json"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(first.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = line["address"].as_str().unwrap();

    let second = program()
        .env("BLINDSIGHT_LISTEN", address)
        .output()
        .unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(
        said.contains(address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_wrong_address_is_explained() {
    let output = program().args(["--listen", "nonsense"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("nonsense") && said.contains("127.0.0.1:8080"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn it_stops_in_good_order() {
    let mut relay = program().args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(relay.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("The relay is at http://127.0.0.1:"),
        "{line}"
    );
    let killed = Command::new("kill")
        .arg(relay.id().to_string())
        .status()
        .unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(relay.wait().unwrap().code(), Some(0), "{rest}");
}
