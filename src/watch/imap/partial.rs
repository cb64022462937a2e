//! Answers to partial fetches (RFC 3501 sections 6.4.5 and 7.4.2).

use crate::{
    imap::{FetchItem, Kind},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "partial-answer",
    &["rfc3501-6.4.5-26", "rfc3501-6.4.5-29", "rfc3501-7.4.2-05"],
    "A partial fetch, and nothing else, is answered with its origin and with no more octets than were asked for",
);

pub(super) struct Partial;

impl Rule for Partial {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::Fetch { items, .. }) = seen.line.imap().map(|response| &response.kind) else { return };
        let octets = &seen.line.octets;
        let is_section =
            |item: &&FetchItem| item.section.is_some() && item.name.of(octets).eq_ignore_ascii_case(b"BODY");
        if !items.iter().any(|item| is_section(&item)) {
            return;
        }
        let Some(asked) = asked(seen) else { return };
        for item in items.iter().filter(is_section) {
            judge(seen, item, &asked, found);
        }
    }
}

fn judge(seen: &Seen<'_>, item: &FetchItem, asked: &[Asked], found: &mut Findings) {
    let octets = &seen.line.octets;
    let section = plain(item.section.unwrap_or_default().of(octets));
    let same = || asked.iter().filter(|asked| asked.section == section);
    let Some(origin) = item.origin else {
        if same().next().is_some() && same().all(|asked| asked.partial.is_some()) {
            let message = "the answer to a partial fetch does not name its origin octet";
            found.at(RULE, "rfc3501-6.4.5-29", seen.line, item.name, message);
        }
        return;
    };
    let from_here = |asked: &&Asked| asked.partial.is_some_and(|(from, _)| from == origin);
    if !asked.iter().any(|asked| from_here(&asked)) {
        let message = format!("no partial fetch from octet {origin} was asked for");
        found.at(RULE, "rfc3501-7.4.2-05", seen.line, item.name, message);
        return;
    }
    let most = same().filter(from_here).filter_map(|asked| asked.partial).map(|(_, count)| count).max();
    let length = item.value.text(octets).len() as u64;
    if let Some(most) = most.filter(|&most| length > most) {
        let message = format!("{length} octets, where {most} were asked for");
        found.at(RULE, "rfc3501-6.4.5-26", seen.line, item.name, message);
    }
}

/// A section that a FETCH has asked for.
struct Asked {
    section: Vec<u8>,
    /// Origin and count.
    partial: Option<(u64, u64)>,
}

/// The sections that the open commands have asked for; `None` where that can't be told.
fn asked(seen: &Seen<'_>) -> Option<Vec<Asked>> {
    let mut all = Vec::new();
    for open in seen.session.open_exchanges() {
        let command = &seen.session.exchange(open).command;
        if !matches!(command.name.as_str(), "FETCH" | "UID FETCH") || command.arguments.contains(&b'{') {
            return None;
        }
        sections(&command.arguments, &mut all);
    }
    (!all.is_empty()).then_some(all)
}

fn sections(arguments: &[u8], all: &mut Vec<Asked>) {
    let upper = arguments.to_ascii_uppercase();
    let mut rest = &upper[..];
    while let Some(open) = memchr::memchr(b'[', rest) {
        let is_body = rest[..open].ends_with(b"BODY") || rest[..open].ends_with(b"BODY.PEEK");
        rest = &rest[open + 1..];
        let Some(close) = memchr::memchr(b']', rest) else { return };
        let section = plain(&rest[..close]);
        rest = &rest[close + 1..];
        if is_body {
            all.push(Asked { section, partial: partial(rest) });
        }
    }
}

/// `<origin.count>`
fn partial(octets: &[u8]) -> Option<(u64, u64)> {
    let inner = octets.strip_prefix(b"<")?;
    let inner = std::str::from_utf8(&inner[..memchr::memchr(b'>', inner)?]).ok()?;
    let (origin, count) = inner.split_once('.')?;
    Some((origin.parse().ok()?, count.parse().ok()?))
}

/// In upper case and without quotes, in which field names may or may not stand.
fn plain(section: &[u8]) -> Vec<u8> {
    section.iter().filter(|&&octet| octet != b'"').map(u8::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn partial_fetches() {
        talk::selected(&[
            ("C: FETCH 1 body.peek[]<2.3>\nS: * 1 FETCH (BODY[]<2> \"cde\")\nS: a2 OK x", &[]),
            ("C: FETCH 1 (BODY[1] BODY[1]<0.2>)\nS: * 1 FETCH (BODY[1] \"abc\" BODY[1]<0> \"ab\")", &[]),
            (
                "C: FETCH 1 BODY[HEADER.FIELDS (\"To\")]<0.9>\nS: * 1 FETCH (BODY[HEADER.FIELDS (To)]<0> \"ab\")",
                &[],
            ),
            ("C: FETCH 1 BODY[]<2.3>\nC: NOOP\nS: * 1 FETCH (BODY[] \"cde\")", &[]),
            ("C: FETCH 1 BODY[]<2.3>\nS: * 1 FETCH (BODY[] \"cde\")", &["partial-answer rfc3501-6.4.5-29"]),
            (
                "C: FETCH 1 BODY[]<0.3>\nS: * 1 FETCH (BODY[]<0> \"abcd\")",
                &["partial-answer rfc3501-6.4.5-26"],
            ),
            ("C: FETCH 1 BODY[]\nS: * 1 FETCH (BODY[]<0> \"abcd\")", &["partial-answer rfc3501-7.4.2-05"]),
        ]);
    }
}
