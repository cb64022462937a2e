//! Keeps passwords out of what is reported.
//!
//! What a client sends is masked where it is sent. A server may say a password again, in an error or a log that it quotes, plain or
//! as SASL carries it; so everything that a result tells is gone over once more before any sink sees it.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use memchr::memmem;

use super::verdict::Outcome;
use crate::{session::transcript, target::Account};

/// The passwords of a target, in each form in which a session may carry them; the longest first.
pub(crate) struct Secrets {
    forms: Vec<String>,
}

/// What stands for a secret.
const MASK: &str = "***";
/// Shorter passwords would blot out half a transcript, and keep nothing secret.
const SHORTEST: usize = 3;

impl Secrets {
    /// The secrets of these accounts.
    pub(crate) fn of(accounts: &[Account]) -> Self {
        let accounts = accounts.iter().filter(|account| account.password.reveal().len() >= SHORTEST);
        let mut forms: Vec<String> = accounts
            .flat_map(|Account { user, password }| {
                let password = password.reveal();
                [
                    // PLAIN (RFC 4616) without and with an authorization identity, LOGIN, and the password itself.
                    BASE64_STANDARD.encode(format!("\0{user}\0{password}")),
                    BASE64_STANDARD.encode(format!("{user}\0{user}\0{password}")),
                    BASE64_STANDARD.encode(password),
                    password.to_owned(),
                    // As a quoted string has it (RFC 3501 section 4.3).
                    password.replace('\\', "\\\\").replace('"', "\\\""),
                ]
            })
            .collect();
        forms.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms }
    }

    /// Masks all that an outcome tells.
    pub(crate) fn mask(&self, outcome: &mut Outcome) {
        for text in outcome.reason.iter_mut().chain(&mut outcome.notes) {
            self.mask_text(text);
        }
        for broken in &mut outcome.broken {
            self.mask_text(&mut broken.expected);
            self.mask_text(&mut broken.came);
        }
        for finding in &mut outcome.findings {
            self.mask_text(&mut finding.message);
        }
        for event in outcome.transcript.events_mut() {
            self.mask_event(event);
        }
    }

    /// Masks all that an entry of a transcript tells.
    pub(crate) fn mask_event(&self, event: &mut transcript::Event) {
        match event {
            transcript::Event::Received(excerpt) if is_signature(&excerpt.octets) => {
                excerpt.octets = format!("+ {MASK}\r\n").into();
            }
            transcript::Event::Sent(excerpt) | transcript::Event::Received(excerpt) => {
                if let Cow::Owned(masked) = self.masked(&excerpt.octets) {
                    excerpt.octets = masked;
                }
            }
            transcript::Event::Note(note) => self.mask_text(note),
        }
    }

    /// Masks what a text tells.
    pub(crate) fn mask_text(&self, text: &mut String) {
        for form in &self.forms {
            if text.contains(form.as_str()) {
                *text = text.replace(form.as_str(), MASK);
            }
        }
    }

    fn masked<'a>(&self, octets: &'a [u8]) -> Cow<'a, [u8]> {
        let mut shown = Cow::Borrowed(octets);
        for form in &self.forms {
            let mut from = 0;
            while let Some(found) = memmem::find(&shown[from..], form.as_bytes()) {
                let at = from + found;
                shown.to_mut().splice(at..at + form.len(), MASK.bytes());
                from = at + MASK.len();
            }
        }
        shown
    }
}

/// Is it the last message of a SCRAM server, `+ base64("v=...")` (RFC 5802 section 7)? Who knows it can try passwords out.
fn is_signature(line: &[u8]) -> bool {
    let challenge = line.strip_prefix(b"+ ").map(<[u8]>::trim_ascii_end);
    challenge.and_then(|text| BASE64_STANDARD.decode(text).ok()).is_some_and(|said| said.starts_with(b"v="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_in_every_form() {
        let secrets = Secrets::of(&[Account::new("u1", "hunter2"), Account::new("u2", "hunter22")]);
        let plain = BASE64_STANDARD.encode("\0u1\0hunter2");
        let login = BASE64_STANDARD.encode("hunter22");
        for (said, shown) in [
            (
                "a1 NO user u1 may not use hunter2 or hunter22",
                "a1 NO user u1 may not use *** or ***".to_owned(),
            ),
            (&format!("BAD {plain}!"), "BAD ***!".to_owned()),
            (&login, "***".to_owned()),
            ("nothing of the kind", "nothing of the kind".to_owned()),
        ] {
            assert_eq!(String::from_utf8_lossy(&secrets.masked(said.as_bytes())), shown);
            let mut text = said.to_owned();
            secrets.mask_text(&mut text);
            assert_eq!(text, shown);
        }
    }

    #[test]
    fn what_passwords_can_be_tried_out_with_is_masked() {
        let secrets = Secrets::of(&[Account::new("u1", "a\"b\\c")]);
        let received = |text: &str| {
            let mut event = transcript::Event::Received(transcript::Excerpt::of(text.as_bytes()));
            secrets.mask_event(&mut event);
            let transcript::Event::Received(excerpt) = event else { unreachable!() };
            String::from_utf8(excerpt.octets).unwrap()
        };
        let signature = format!("+ {}\r\n", BASE64_STANDARD.encode("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
        assert_eq!(received(&signature), "+ ***\r\n");
        let challenge = format!("+ {}\r\n", BASE64_STANDARD.encode("r=abc,s=QSXCR+Q6sek8bf92,i=4096"));
        assert_eq!(received(&challenge), challenge);
        assert_eq!(received("* BAD LOGIN u1 \"a\\\"b\\\\c\"\r\n"), "* BAD LOGIN u1 \"***\"\r\n");
    }

    #[test]
    fn a_password_too_short_to_be_one_leaves_the_text_alone() {
        let secrets = Secrets::of(&[Account::new("u", "a")]);
        assert_eq!(secrets.masked(b"a1 NO a banana"), b"a1 NO a banana".as_slice());
    }
}
