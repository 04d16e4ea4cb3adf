//! The program itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use blindsight_session::Refusal;

/// What the page for those who run a relay says.
const SELF_HOSTING: &str = include_str!("../../../docs/self-hosting.md");

/// What the page on the protocol says.
const PROTOCOL: &str = include_str!("../../../docs/relay-protocol.md");

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

/// Starts a relay on a socket that is handed over to it as systemd does. Returns it and its output
/// once it is ready.
#[cfg(unix)]
fn handed(listener: &std::net::TcpListener) -> (Child, BufReader<ChildStdout>) {
    let socket = std::os::fd::OwnedFd::from(listener.try_clone().unwrap());
    // Systemd puts the socket at number 3 and names the process.
    let script = "export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" --json 3<&0 0</dev/null";
    let mut relay = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_blindsight-relay")])
        .stdin(socket)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(relay.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert!(line.contains(&address), "{line}");
    (relay, out)
}

#[cfg(unix)]
#[test]
fn nobody_is_refused_while_one_relay_follows_another() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let ask = move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = b"GET /health HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n";
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    };
    let (mut first, _out) = handed(&listener);
    ask();
    let pid = first.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(first.wait().unwrap().code(), Some(0));
    // Nobody is there; whoever asks waits.
    let waiting = std::thread::spawn(ask);
    let (mut second, _out) = handed(&listener);
    waiting.join().unwrap();
    second.kill().unwrap();
    second.wait().unwrap();
}

#[test]
fn options_are_checked_without_starting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = program().arg("--check").arg("--config").arg(&file).output();
        let output = output.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let key = folder.path().join("key");
    let good = format!("max-rooms = 5\nhelper-key = {key:?}\n");
    assert_eq!(check(&good).0, Some(0));
    assert!(!key.exists(), "a check makes nothing");
    let (code, said) = check("max-romms = 5");
    assert!(code == Some(2) && said.contains("max-romms"), "{said}");
    let (code, said) = check("tls-cert = 'a'\ntls-key = 'b'");
    assert!(code == Some(1) && said.contains("--tls-cert"), "{said}");
    let (code, said) = check("listen = 'nonsense'");
    assert!(code == Some(1) && said.contains("nonsense"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_log_can_be_json_and_names_no_address() {
    let mut relay = program()
        .args([
            "--listen",
            "127.0.0.1:0",
            "--log",
            "trace",
            "--log-format",
            "json",
        ])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(relay.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let address = line.split('/').nth(2).unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let own = stream.local_addr().unwrap().to_string();
    let request = b"GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    let pid = relay.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    let output = relay.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.lines().count() > 1, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string(), "{line}");
    }
    assert!(!log.contains(&own), "{log}");
}

#[test]
fn every_option_stands_in_the_documentation_with_its_default() {
    let help = program().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut options = 0;
    let mut name = "";
    for line in help.lines() {
        let words = line.trim_start();
        if let Some(at) = words
            .find("--")
            .filter(|at| *at <= 4 && words.starts_with('-'))
        {
            name = words[at..].split([' ', '=']).next().unwrap();
            if !["--help", "--version", "--helper"].contains(&name) {
                options += 1;
                assert!(
                    SELF_HOSTING.contains(&format!("`{name}")),
                    "{name} is not in the table"
                );
            }
        }
        if let Some(default) = words.split("[default: ").nth(1) {
            let default = default.split(']').next().unwrap();
            let row = SELF_HOSTING
                .lines()
                .find(|row| row.starts_with(&format!("| `{name} ")));
            let row = row.unwrap_or_else(|| panic!("{name} has no row"));
            assert!(
                row.contains(default),
                "{name} has default {default}, not: {row}"
            );
        }
    }
    assert!(options > 20, "{help}");
}

#[test]
fn every_close_code_stands_in_the_documentation() {
    for refusal in Refusal::ALL {
        let row = format!("| {} | `{}` |", refusal.close_code(), refusal.name());
        assert!(PROTOCOL.contains(&row), "{row}");
    }
}
