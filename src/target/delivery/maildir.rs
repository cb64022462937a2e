//! Delivery into a Maildir: written below `tmp`, then renamed to `new`, so that no reader sees half a message.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::io::AsyncWriteExt;

use super::DeliveryError;

/// Tells apart what one process delivers within one second.
static DELIVERIES: AtomicU64 = AtomicU64::new(0);

/// Delivers `message` to the Maildir of `user`: `path` with the name in the place of `{user}`.
pub(super) async fn deliver(path: &str, user: &str, message: &[u8]) -> Result<(), DeliveryError> {
    if user.is_empty() || user.starts_with('.') || user.contains(['/', '\\', '\0']) {
        return Err(DeliveryError::User { user: user.to_owned(), place: "a path" });
    }
    let maildir = PathBuf::from(path.replace("{user}", user));
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let number = DELIVERIES.fetch_add(1, Ordering::Relaxed);
    let name = format!("{seconds}.P{}Q{number}.mailspec", std::process::id());
    for folder in ["tmp", "new", "cur"] {
        let folder = maildir.join(folder);
        tokio::fs::create_dir_all(&folder).await.map_err(failed(&folder))?;
    }
    let (written, delivered) = (maildir.join("tmp").join(&name), maildir.join("new").join(&name));
    let result = write(&written, message).await;
    let result = match result {
        Ok(()) => tokio::fs::rename(&written, &delivered).await,
        Err(error) => Err(error),
    };
    if result.is_err() {
        // Nothing half written stays behind, as far as we can help it.
        let _ = tokio::fs::remove_file(&written).await;
    }
    result.map_err(failed(&delivered))
}

async fn write(path: &Path, message: &[u8]) -> std::io::Result<()> {
    let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(path).await?;
    file.write_all(message).await?;
    file.sync_all().await
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> DeliveryError + use<> {
    let path = path.to_owned();
    |source| DeliveryError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_arrives_whole_in_new() {
        let directory = tempfile::tempdir().unwrap();
        let path = format!("{}/{{user}}/Maildir", directory.path().display());
        for message in [&b"one\r\n"[..], b"two\0\xFF"] {
            deliver(&path, "u1", message).await.unwrap();
        }
        let maildir = directory.path().join("u1/Maildir");
        let list = |folder: &str| {
            std::fs::read_dir(maildir.join(folder)).unwrap().map(|entry| entry.unwrap().path())
        };
        let mut messages: Vec<_> = list("new").map(|path| std::fs::read(path).unwrap()).collect();
        messages.sort();
        assert_eq!(messages, [&b"one\r\n"[..], b"two\0\xFF"]);
        assert_eq!((list("tmp").count(), list("cur").count()), (0, 0));
    }

    #[tokio::test]
    async fn a_name_that_leads_elsewhere_is_refused() {
        for user in ["", "..", "../u2", "a/b", ".hidden"] {
            let result = deliver("/nonexistent/{user}", user, b"").await;
            assert!(matches!(result, Err(DeliveryError::User { .. })), "{user:?}: {result:?}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = format!("{}/{{user}}", file.path().display());
        let error = deliver(&path, "u1", b"").await.unwrap_err().to_string();
        assert!(error.contains("u1/tmp: "), "{error}");
    }
}
