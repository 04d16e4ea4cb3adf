//! A certificate that is replaced while the program runs.

use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{self, ChildStderr};
use tokio::time::timeout;

use crate::client::Relay;
use crate::transport::{certify, connect};

#[tokio::test]
async fn a_hang_up_has_the_certificate_read_again_and_what_is_open_stays() {
    let folder = tempfile::tempdir().unwrap();
    let first = certify(folder.path());
    let mut program = process::Command::new(env!("CARGO_BIN_EXE_blindsight-relay"))
        .args([
            "--listen",
            "127.0.0.1:0",
            "--json",
            "--tls-cert",
            "cert.pem",
        ])
        .args(["--tls-key", "key.pem"])
        .current_dir(folder.path())
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
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
    let hang_up = || {
        let process = program.id().unwrap().to_string();
        let mut kill = Command::new("kill");
        let sent = kill.args(["-HUP", &process]).status();
        assert!(sent.unwrap().success());
    };
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
