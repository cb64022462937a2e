//! The unique text in a POP3 greeting (RFC 1939 section 7, APOP) and in a CRAM-MD5 challenge (RFC 2195 section 2).

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many timestamps this process has made: two of one clock tick still differ.
static MADE: AtomicU64 = AtomicU64::new(0);

/// A timestamp in the syntax of a message-id, `<pid.clock.count.nonce@host>`, that is never made twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp(String);

impl Timestamp {
    /// A fresh timestamp. `host` is a domain name.
    #[must_use]
    pub fn fresh(host: &str) -> Self {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        // Nobody can have a client sign a text in advance if part of it cannot be foreseen.
        let nonce: u64 = rand::random();
        Self(format!("<{}.{clock}.{count}.{nonce}@{host}>", std::process::id()))
    }

    /// The text with its angle brackets, as digests cover it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn is_a_message_id() {
        let timestamp = Timestamp::fresh("mail.example");
        let inner =
            timestamp.as_str().strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).expect("brackets");
        let (local, domain) = inner.split_once('@').expect("one at sign");
        assert_eq!(domain, "mail.example");
        assert_eq!(
            local.split('.').filter(|atom| atom.bytes().all(|octet| octet.is_ascii_digit())).count(),
            4
        );
    }

    #[test]
    fn is_never_made_twice() {
        let made: BTreeSet<String> = (0..1000).map(|_| Timestamp::fresh("localhost").to_string()).collect();
        assert_eq!(made.len(), 1000);
    }
}
