//! Delivery by a program that reads the message from its standard input.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

use super::DeliveryError;

/// The most that a delivery may take.
const TIME: Duration = Duration::from_secs(60);
/// Octets of its standard error that are shown.
const MAX_COMPLAINT: usize = 1000;

/// Runs the program `run` for `user` and gives it `message`; success is exit code 0.
pub(super) async fn deliver(run: &[String], user: &str, message: &[u8]) -> Result<(), DeliveryError> {
    let words: Vec<String> = run.iter().map(|word| word.replace("{user}", user)).collect();
    let Some((program, arguments)) = words.split_first() else {
        return Err(DeliveryError::Command {
            command: String::new(),
            problem: "the command is empty".to_owned(),
        });
    };
    let failed = |problem: String| DeliveryError::Command { command: program.clone(), problem };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A program that does not read to the end tells by its exit code whether that is a failure.
            let _ = stdin.write_all(message).await;
        }
    };
    let listen = async move {
        let mut complaint = Vec::new();
        if let Some(mut stderr) = stderr {
            let mut piece = [0; 1024];
            while let Ok(length @ 1..) = stderr.read(&mut piece).await {
                complaint.extend_from_slice(&piece[..length]);
                let surplus = complaint.len().saturating_sub(MAX_COMPLAINT);
                complaint.drain(..surplus);
            }
        }
        complaint
    };
    let all = async { tokio::join!(feed, listen, child.wait()) };
    let ((), complaint, status) = timeout(TIME, all)
        .await
        .map_err(|_| DeliveryError::Timeout { awaited: program.clone(), seconds: TIME.as_secs() })?;
    let status = status.map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&complaint);
    Err(failed(match complaint.trim() {
        "" => status.to_string(),
        complaint => format!("{status}: {complaint}"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, more: &[&str]) -> Vec<String> {
        ["sh", "-c", script, "sh"].iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    #[tokio::test]
    async fn the_message_comes_on_standard_input() {
        let directory = tempfile::tempdir().unwrap();
        let file = format!("{}/{{user}}", directory.path().display());
        deliver(&shell("cat >\"$1\"", &[&file]), "u1", b"one\r\n\0\xFF").await.unwrap();
        assert_eq!(std::fs::read(directory.path().join("u1")).unwrap(), b"one\r\n\0\xFF");
    }

    #[tokio::test]
    async fn failure_is_told_with_what_the_program_says() {
        let error =
            deliver(&shell("echo no such user $1 >&2; exit 67", &["{user}"]), "u9", b"x").await.unwrap_err();
        assert_eq!(error.to_string(), "sh: exit status: 67: no such user u9");
        let large = vec![b'x'; 1 << 20];
        deliver(&shell("exit 0", &[]), "u1", &large).await.unwrap();
        let error = deliver(&["/no/such/program".to_owned()], "u1", b"").await.unwrap_err();
        assert!(error.to_string().starts_with("/no/such/program: "), "{error}");
    }
}
