//! Asks the server what it is before anything is judged.

use std::collections::BTreeSet;

use super::{
    bench::Bench,
    client::{Refusal, command, complete, greeting, send},
    login::log_in,
};
use crate::{
    imap::{Kind, Node},
    net::Link,
    scenario::{
        evaluate::Segment,
        program::{Protocol, Requirement},
    },
    session::EndStatus,
};

/// What the server told of itself.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    imap: BTreeSet<String>,
    pop3: BTreeSet<String>,
    /// The hierarchy delimiter; `None` for a flat server.
    pub separator: Option<Vec<u8>>,
    /// The prefix of the personal namespace.
    pub prefix: Vec<u8>,
    /// What it calls itself: the fields of ID, and POP3's IMPLEMENTATION.
    pub identity: Vec<(String, String)>,
}

impl Facts {
    /// Is this capability advertised, before login or behind it?
    #[must_use]
    pub fn advertises(&self, protocol: Protocol, capability: &str) -> bool {
        match protocol {
            Protocol::Imap => self.imap.contains(capability),
            Protocol::Pop3 => self.pop3.contains(capability),
        }
    }

    /// What is advertised, in the order of the alphabet.
    pub fn advertised(&self, protocol: Protocol) -> impl Iterator<Item = &str> {
        let known = match protocol {
            Protocol::Imap => &self.imap,
            Protocol::Pop3 => &self.pop3,
        };
        known.iter().map(String::as_str)
    }

    /// The first requirement that is not met.
    #[must_use]
    pub fn lacks<'r>(&self, protocol: Protocol, requires: &'r [Requirement]) -> Option<&'r Requirement> {
        requires.iter().find(|wanted| self.advertises(protocol, &wanted.capability) == wanted.negated)
    }
}

/// Asks an IMAP server for its capabilities, its namespace and its hierarchy delimiter.
///
/// # Errors
/// If it can't be talked to.
pub(crate) async fn imap(bench: &Bench, facts: &mut Facts) -> Result<(), Refusal> {
    let mut link = connect(bench, Protocol::Imap).await?;
    command(bench, &mut link, "CAPABILITY").await?;
    let learn = |link: &Link, known: &mut BTreeSet<String>| {
        known.extend(link.session().capabilities().unwrap_or_default().iter().cloned());
    };
    learn(&link, &mut facts.imap);
    log_in(bench, &mut link, bench.account(0)).await?;
    command(bench, &mut link, "CAPABILITY").await?;
    learn(&link, &mut facts.imap);
    let before = link.session().lines().len();
    let mut found = None;
    if facts.imap.contains("NAMESPACE") {
        command(bench, &mut link, "NAMESPACE").await?;
        found = link.session().lines()[before..]
            .iter()
            .find_map(|line| personal_namespace(line.imap()?, &line.octets));
    }
    if found.is_none() {
        command(bench, &mut link, "LIST \"\" \"\"").await?;
        found = link.session().lines()[before..].iter().find_map(|line| match &line.imap()?.kind {
            Kind::List(list) => Some((Vec::new(), string(&list.delimiter, &line.octets))),
            _ => None,
        });
    }
    (facts.prefix, facts.separator) = found.unwrap_or_default();
    if facts.imap.contains("ID") {
        let before = link.session().lines().len();
        // Only reports show it, so that a refusal costs nothing.
        if command(bench, &mut link, "ID NIL").await.is_ok() {
            let lines = &link.session().lines()[before..];
            facts.identity =
                lines.iter().find_map(|line| identity(line.imap()?, &line.octets)).unwrap_or_default();
        }
    }
    // In good order, but nothing depends on it.
    let _ = command(bench, &mut link, "LOGOUT").await;
    Ok(())
}

/// The prefix and delimiter of `* NAMESPACE (("" "/")) …` (RFC 2342 section 5).
fn personal_namespace(response: &crate::imap::Response, octets: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let Kind::Other { name, nodes, .. } = &response.kind else { return None };
    if !name.of(octets).eq_ignore_ascii_case(b"NAMESPACE") {
        return None;
    }
    let [prefix, separator, ..] = nodes.first()?.list()?.first()?.list()? else { return None };
    Some((string(prefix, octets)?, string(separator, octets)))
}

/// The fields of `* ID ("name" "x" "version" "1")` (RFC 2971 section 3.2), as far as they fit on a page.
fn identity(response: &crate::imap::Response, octets: &[u8]) -> Option<Vec<(String, String)>> {
    let Kind::Other { name, nodes, .. } = &response.kind else { return None };
    if !name.of(octets).eq_ignore_ascii_case(b"ID") {
        return None;
    }
    let text = |node: &Node| {
        let text = string(node, octets)?;
        Some(String::from_utf8_lossy(&text).chars().take(FIELD_LENGTH).collect::<String>())
    };
    let fields = nodes.first()?.list()?.chunks_exact(2);
    Some(
        fields
            .filter_map(|pair| Some((text(&pair[0])?.to_lowercase(), text(&pair[1])?)))
            .take(FIELDS)
            .collect(),
    )
}

/// RFC 2971 section 3.3 allows 30 fields.
const FIELDS: usize = 30;
/// Characters that are kept of a field.
const FIELD_LENGTH: usize = 200;

fn string(node: &Node, octets: &[u8]) -> Option<Vec<u8>> {
    (!node.is_nil()).then(|| node.text(octets).into_owned())
}

/// Asks a POP3 server what it can do: by CAPA, and where that is missing by trying.
///
/// # Errors
/// If it can't be talked to.
pub(crate) async fn pop3(bench: &Bench, facts: &mut Facts) -> Result<(), Refusal> {
    let mut link = connect(bench, Protocol::Pop3).await?;
    if has_timestamp(link.session().lines()[0].text()) {
        facts.pop3.insert("APOP".into());
    }
    let has_capa = accepted(bench, &mut link, "CAPA").await?;
    learn_capa(&link, &mut facts.pop3);
    // CAPA announces itself by its answer.
    facts.pop3.insert(if has_capa { "CAPA" } else { "USER" }.into());
    log_in(bench, &mut link, bench.account(0)).await?;
    if has_capa {
        accepted(bench, &mut link, "CAPA").await?;
        learn_capa(&link, &mut facts.pop3);
        let told = link.session().capabilities().unwrap_or_default().iter();
        let implementation = told.filter_map(|line| line.strip_prefix("IMPLEMENTATION "));
        facts.identity.extend(implementation.map(|value| ("implementation".to_owned(), value.to_owned())));
    } else {
        if accepted(bench, &mut link, "UIDL").await? {
            facts.pop3.insert("UIDL".into());
        }
        // Of an empty maildrop TOP is refused as well, but in other words than a command that does not exist.
        if accepted(bench, &mut link, "TOP 1 0").await? || {
            let top = last_text(&link);
            accepted(bench, &mut link, "XTOP 1 0").await?;
            top != last_text(&link)
        } {
            facts.pop3.insert("TOP".into());
        }
    }
    let _ = command(bench, &mut link, "QUIT").await;
    Ok(())
}

async fn connect(bench: &Bench, protocol: Protocol) -> Result<Link, Refusal> {
    let transcript = std::sync::Arc::default();
    let link = bench.connect(protocol, "", &transcript).await;
    let mut link = link.map_err(|error| Refusal::NotConnected(error.to_string()))?;
    greeting(bench, &mut link).await?;
    Ok(link)
}

async fn accepted(bench: &Bench, link: &mut Link, text: &str) -> Result<bool, Refusal> {
    let exchange = send(bench, link, &[Segment::Octets(text.as_bytes().to_vec())], None, &[]).await?;
    Ok(complete(bench, link, exchange).await? == EndStatus::Ok)
}

fn last_text(link: &Link) -> Vec<u8> {
    link.session().lines().last().map_or_else(Vec::new, |line| line.text().to_vec())
}

/// `SASL PLAIN CRAM-MD5` stands for `SASL`, `SASL PLAIN` and `SASL CRAM-MD5`.
fn learn_capa(link: &Link, known: &mut BTreeSet<String>) {
    for line in link.session().capabilities().unwrap_or_default() {
        let mut words = line.split(' ');
        let keyword = words.next().unwrap_or_default();
        known.insert(keyword.to_owned());
        known.extend(words.map(|argument| format!("{keyword} {argument}")));
    }
}

/// A greeting with a timestamp offers APOP (RFC 1939 section 7).
fn has_timestamp(greeting: &[u8]) -> bool {
    let Some(start) = memchr::memchr(b'<', greeting) else { return false };
    let rest = &greeting[start..];
    memchr::memchr(b'@', rest).is_some_and(|at| memchr::memchr(b'>', &rest[at..]).is_some())
}
