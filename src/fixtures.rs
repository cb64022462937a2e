//! The messages that scenarios give, append and deliver: `fixtures/mail/*.eml`, listed in its README.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use crate::embedded::{Files, FilesError};
use crate::nearest::nearest;

/// Messages by name, as octets with CRLF line ends.
#[derive(Debug, Clone, Default)]
pub struct Fixtures {
    messages: BTreeMap<String, Vec<u8>>,
}

/// No fixture has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fixture {name}{}", .nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
pub struct UnknownFixture {
    /// The name that was asked for.
    pub name: String,
    /// A known name that may have been meant.
    pub nearest: Option<String>,
}

static BUILT_IN: LazyLock<Fixtures> = LazyLock::new(|| {
    // Built-in files can always be read; in a debug build, which reads the source tree, a missing tree means no fixtures,
    // and whoever asks for one is told so.
    Fixtures::read(&Files::mail()).unwrap_or_default()
});

/// The octets of the built-in message called `name`.
pub fn fixture(name: &str) -> Option<&'static [u8]> {
    BUILT_IN.get(name)
}

/// The names of the built-in messages, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.names()
}

impl Fixtures {
    /// The built-in messages, and those of `directory`, which stand in for built-in ones of the same name.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn load(directory: Option<&Path>) -> Result<Self, FilesError> {
        let mut fixtures = Self::read(&Files::mail())?;
        if let Some(directory) = directory {
            fixtures.messages.extend(Self::read(&Files::directory(directory))?.messages);
        }
        Ok(fixtures)
    }

    fn read(files: &Files) -> Result<Self, FilesError> {
        let mut messages = BTreeMap::new();
        for file in files.names()? {
            if let Some(name) = file.strip_suffix(".eml") {
                messages.insert(name.to_owned(), files.read(&file)?.into_owned());
            }
        }
        Ok(Self { messages })
    }

    /// The octets of the message called `name`.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.messages.get(name).map(Vec::as_slice)
    }

    /// The octets of the message called `name`.
    ///
    /// # Errors
    /// If there is none, with the name that may have been meant.
    pub fn require(&self, name: &str) -> Result<&[u8], UnknownFixture> {
        self.get(name).ok_or_else(|| UnknownFixture {
            name: name.to_owned(),
            nearest: nearest(name, self.names()).map(str::to_owned),
        })
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.messages.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../fixtures/mail/README.md");

    /// Name and number of octets in each row of the index.
    fn index() -> Vec<(&'static str, usize)> {
        let rows = INDEX.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
        rows.map(|row| row.split(" | ").collect::<Vec<_>>())
            .filter_map(|cells| Some((*cells.first()?, cells.last()?.parse().ok()?)))
            .collect()
    }

    #[test]
    fn the_index_lists_each_message_with_its_octets() {
        let mut listed = index();
        listed.sort_unstable();
        let present: Vec<(&str, usize)> = names().map(|name| (name, fixture(name).unwrap().len())).collect();
        assert_eq!(listed, present);
        assert!(present.len() >= 26, "{}", present.len());
    }

    #[test]
    fn line_ends_are_crlf_and_no_octet_is_nul() {
        for name in names() {
            let message = fixture(name).unwrap();
            for (at, &octet) in message.iter().enumerate() {
                let fine = match octet {
                    b'\n' => at > 0 && message[at - 1] == b'\r',
                    b'\r' => message.get(at + 1) == Some(&b'\n'),
                    0 => false,
                    _ => true,
                };
                assert!(fine, "{name}: octet {octet:#04x} at {at}");
            }
        }
    }

    #[test]
    fn messages_can_be_told_apart() {
        for field in ["From", "Subject", "Date", "Message-ID"] {
            let mut seen = BTreeMap::new();
            for name in names() {
                let message = mail_parser::MessageParser::new().parse(fixture(name).unwrap()).unwrap();
                let Some(value) = message.header_raw(field) else { continue };
                if let Some(other) = seen.insert(value.trim().to_owned(), name) {
                    panic!("{name} and {other} have the same {field}: {value}");
                }
            }
            assert!(seen.len() >= names().count() - 3, "{field}: {}", seen.len());
        }
    }

    #[test]
    fn messages_serve_their_purpose() {
        let message = |name| fixture(name).unwrap();
        let body = |name| {
            let octets = message(name);
            let blank = octets.windows(4).position(|window| window == b"\r\n\r\n");
            blank.map(|at| &octets[at + 4..])
        };
        assert!(message("dots").ends_with(b"\r\n."));
        for line in [&b"\r\n.\r\n"[..], b"\r\n..\r\n", b"\r\n.x\r\n", b"\r\n...y\r\n"] {
            assert!(message("dots").windows(line.len()).any(|window| window == line), "{line:?}");
        }
        assert!(!message("nonl").ends_with(b"\n"));
        assert_eq!(body("emptybody"), Some(&b""[..]));
        assert_eq!(body("headeronly"), None);
        assert!(message("noheader").starts_with(b"\r\n"));
        assert_eq!(body("big").map(<[u8]>::len), Some(1 << 20));
        for octet in (1..=255).filter(|octet| !b"\r\n".contains(octet)) {
            assert!(message("binaryish").contains(&octet), "{octet}");
        }
        let longest =
            |name| message(name).split(|&octet| octet == b'\n').map(|line| line.trim_ascii_end().len()).max();
        assert_eq!(longest("longheader"), Some(4096));
        assert_eq!(longest("longline"), Some(10_000));
        for at in [512, 1024, 2047, 3073, 4096, 8192, 16383, 32767, 65536] {
            assert_eq!(&message("boundarydots")[at - 2..=at], b"\r\n.", "{at}");
        }
    }

    #[test]
    fn a_directory_adds_and_replaces() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("plain.eml"), "Subject: mine\r\n\r\n").unwrap();
        std::fs::write(directory.path().join("own.eml"), "Subject: own\r\n\r\n").unwrap();
        std::fs::write(directory.path().join("README.md"), "not a message").unwrap();
        let fixtures = Fixtures::load(Some(directory.path())).unwrap();
        assert_eq!(fixtures.get("plain").unwrap(), b"Subject: mine\r\n\r\n");
        assert_eq!(fixtures.get("own").unwrap(), b"Subject: own\r\n\r\n");
        assert_eq!(fixtures.get("html"), fixture("html"));
        assert_eq!(fixtures.names().count(), names().count() + 1);
    }

    #[test]
    fn an_unknown_name_is_reported_with_the_one_that_was_meant() {
        let fixtures = Fixtures::load(None).unwrap();
        let error = fixtures.require("plian").unwrap_err();
        assert_eq!(error.to_string(), "there is no fixture plian; did you mean plain?");
    }
}
