//! What the program does at a signal.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{self, Child, ChildStderr};
use tokio::time::timeout;

use crate::client::{Relay, room};
use crate::transport::{certify, connect};

#[tokio::test]
async fn a_hang_up_has_the_certificate_read_again_and_what_is_open_stays() {
    let folder = tempfile::tempdir().unwrap();
    let first = certify(folder.path());
    let tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let (program, relay, mut log) = started(&tls, folder.path()).await;
    let hang_up = || tell(&program, "-HUP");
    let mut open = connect(&relay, &first, &[b"http/1.1"]).await.unwrap();

    let second = certify(folder.path());
    assert!(connect(&relay, &first, &[]).await.is_ok());
    hang_up();
    logged(&mut log, "the certificate was read again").await;
    assert!(connect(&relay, &second, &[]).await.is_ok());
    assert!(connect(&relay, &first, &[]).await.is_err());

    std::fs::write(folder.path().join("key.pem"), "nonsense").unwrap();
    hang_up();
    logged(&mut log, "the certificate from before stays").await;
    assert!(connect(&relay, &second, &[]).await.is_ok());

    let request = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    open.write_all(request).await.unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_second_word_to_stop_ends_a_slow_stop() {
    let folder = tempfile::tempdir().unwrap();
    let (mut program, relay, mut log) = started(&["--drain", "600"], folder.path()).await;
    let _first = relay.three(room(1)).await;
    let [mut owner, mut guest, _helper] = relay.three(room(2)).await;
    tell(&program, "-TERM");
    logged(&mut log, "stopping").await;
    // It is the second room's turn in five minutes.
    owner.send(guest.me(), b"still here").await;
    guest.expect_message(owner.me(), b"still here").await;
    tell(&program, "-TERM");
    logged(&mut log, "stopped at once").await;
    let ended = timeout(Duration::from_secs(10), program.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}

/// Starts the program itself. Gives it, the relay to connect to, and its log.
async fn started(
    arguments: &[&str],
    folder: &Path,
) -> (Child, Relay, Lines<BufReader<ChildStderr>>) {
    let mut program = process::Command::new(env!("CARGO_BIN_EXE_blindsight-relay"))
        .args(["--listen", "127.0.0.1:0", "--json"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(program.stdout.take().unwrap());
    out.read_line(&mut line).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let relay = Relay::at(line["address"].as_str().unwrap().parse().unwrap());
    let log = BufReader::new(program.stderr.take().unwrap()).lines();
    (program, relay, log)
}

/// Sends a program a signal.
fn tell(program: &Child, signal: &str) {
    let process = program.id().unwrap().to_string();
    let sent = Command::new("kill").args([signal, &process]).status();
    assert!(sent.unwrap().success());
}

/// Waits until the log of a program has a line with these words.
async fn logged(log: &mut Lines<BufReader<ChildStderr>>, words: &str) {
    let reading = async {
        while let Some(line) = log.next_line().await.unwrap() {
            if line.contains(words) {
                return;
            }
        }
        panic!("the log ends without: {words}");
    };
    let read = timeout(Duration::from_secs(10), reading).await;
    assert!(read.is_ok(), "the log does not say: {words}");
}
