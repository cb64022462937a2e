//! Message sequence numbers run from 1 to the count of messages (RFC 3501 sections 2.3.1.2, 5.2, 7.3.1 and 7.4.1).

use crate::{
    fault::Span,
    imap::{Kind, Node},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RANGE: &RuleInfo = &RuleInfo::imap(
    "number-within-exists",
    &["rfc3501-5.2-06"],
    "No FETCH, EXPUNGE, SEARCH, SORT, THREAD or ESEARCH line uses a message sequence number above the count told",
);

pub(super) const EXISTS: &RuleInfo = &RuleInfo::imap(
    "exists-never-falls",
    &["rfc3501-5.2-04"],
    "EXISTS never lowers the count of messages: only EXPUNGE does",
);

pub(super) struct Numbering;

impl Rule for Numbering {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Some(exists) = seen.session.mailbox().and_then(|mailbox| mailbox.exists) else { return };
        match &response.kind {
            Kind::Exists(count) if *count < exists => {
                let message =
                    format!("EXISTS falls to {count}: {exists} messages were there, and no EXPUNGE was told");
                found.at(EXISTS, "rfc3501-5.2-04", seen.line, leading_number(seen), message);
            }
            Kind::Fetch { number, .. } | Kind::Expunge(number) if !(1..=exists).contains(number) => {
                let message = format!("no message has number {number}: {exists} were announced");
                found.at(RANGE, "rfc3501-5.2-06", seen.line, leading_number(seen), message);
            }
            Kind::Search { numbers, .. } if is_search_alone(seen) => {
                if let Some(number) = numbers.iter().find(|&&number| number > exists) {
                    let message = format!("no message has number {number}: {exists} were announced");
                    found.at(RANGE, "rfc3501-5.2-06", seen.line, seen.whole(), message);
                }
            }
            Kind::Other { number: None, name, nodes } => {
                let octets = &seen.line.octets;
                let highest = if !is_search_alone(seen) {
                    None
                } else if ["SORT", "THREAD"]
                    .iter()
                    .any(|is| name.of(octets).eq_ignore_ascii_case(is.as_bytes()))
                {
                    highest(nodes)
                } else if name.of(octets).eq_ignore_ascii_case(b"ESEARCH") {
                    highest_of_esearch(nodes, octets)
                } else {
                    None
                };
                if let Some(number) = highest.filter(|&number| number > exists) {
                    let message = format!("no message has number {number}: {exists} were announced");
                    found.at(RANGE, "rfc3501-5.2-06", seen.line, seen.whole(), message);
                }
            }
            _ => {}
        }
    }
}

/// The highest number of a SORT or THREAD response, without its mod-sequence.
fn highest(nodes: &[Node]) -> Option<u64> {
    let within = |node: &Node| match node.list() {
        // A mod-sequence is a list that begins with its name.
        Some(nodes)
            if nodes.first().is_some_and(|first| first.list().is_none() && first.number().is_none()) =>
        {
            None
        }
        Some(nodes) => highest(nodes),
        None => node.number(),
    };
    nodes.iter().filter_map(within).max()
}

/// The higher of MAX and the last number of ALL, where no UIDs are meant.
fn highest_of_esearch(nodes: &[Node], octets: &[u8]) -> Option<u64> {
    if nodes.iter().any(|node| node.is("UID", octets)) {
        return None;
    }
    let items =
        nodes.windows(2).filter(|pair| ["MIN", "MAX", "ALL"].iter().any(|item| pair[0].is(item, octets)));
    let numbers = items.flat_map(|pair| pair[1].raw(octets).split(|octet| !octet.is_ascii_digit()));
    numbers.filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).max()
}

fn is_search_alone(seen: &Seen<'_>) -> bool {
    seen.only_open().is_some_and(|open| matches!(seen.command(open), "SEARCH" | "SORT" | "THREAD"))
}

fn leading_number(seen: &Seen<'_>) -> Span {
    let octets = &seen.line.octets;
    let start = octets.iter().position(u8::is_ascii_digit).unwrap_or(0);
    let digits = octets[start..].iter().take_while(|octet| octet.is_ascii_digit()).count();
    Span::new(start, start + digits)
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn numbers() {
        talk::selected(&[
            ("C: NOOP\nS: * 3 EXPUNGE\nS: * 2 EXISTS\nS: * 3 EXISTS\nS: a2 OK x", &[]),
            ("C: NOOP\nS: * 4 EXISTS\nS: * 4 FETCH (FLAGS ())\nS: a2 OK x", &[]),
            ("C: SEARCH ALL\nS: * SEARCH 1 2 3\nS: a2 OK x", &[]),
            ("C: UID SEARCH ALL\nS: * SEARCH 11 22 33\nS: a2 OK x", &[]),
            ("C: SELECT other\nS: * 1 EXISTS\nS: * 9 FETCH (FLAGS ())", &[]),
            ("C: NOOP\nC: SELECT other\nS: * 1 EXISTS\nS: * 9 FETCH (FLAGS ())", &[]),
            ("C: ENABLE QRESYNC\nS: a2 OK x\nC: NOOP\nS: * VANISHED 4\nS: * 2 EXISTS\nS: a3 OK x", &[]),
            ("C: NOOP\nS: * 2 EXISTS\nS: * 3 FETCH (FLAGS ())", &["exists-never-falls rfc3501-5.2-04"]),
            ("C: NOOP\nS: * 4 EXPUNGE\nS: * 4 EXPUNGE", &["number-within-exists rfc3501-5.2-06"]),
            ("C: FETCH 9 FLAGS\nS: * 9 FETCH (FLAGS ())", &["number-within-exists rfc3501-5.2-06"]),
            ("C: SORT (SIZE) UTF-8 ALL\nS: * SORT 3 1 (MODSEQ 17)\nS: a2 OK x", &[]),
            ("C: UID SORT (SIZE) UTF-8 ALL\nS: * SORT 33 11\nS: a2 OK x", &[]),
            ("C: SEARCH RETURN (ALL COUNT) ALL\nS: * ESEARCH (TAG \"a2\") ALL 1:3 COUNT 3\nS: a2 OK x", &[]),
            ("C: SORT (SIZE) UTF-8 ALL\nS: * SORT 4 1\nS: a2 OK x", &["number-within-exists rfc3501-5.2-06"]),
            (
                "C: THREAD REFERENCES UTF-8 ALL\nS: * THREAD (1)(2 (3)(4))\nS: a2 OK x",
                &["number-within-exists rfc3501-5.2-06"],
            ),
            (
                "C: SEARCH RETURN (MAX) ALL\nS: * ESEARCH (TAG \"a2\") MAX 4\nS: a2 OK x",
                &["number-within-exists rfc3501-5.2-06"],
            ),
            ("C: SEARCH ALL\nS: * SEARCH 1 7\nS: a2 OK x", &["number-within-exists rfc3501-5.2-06"]),
        ]);
    }
}
