//! ESEARCH responses agree with their command and with themselves (RFC 4731 section 3.1).

use crate::{
    imap::{Kind, Node, sequence_set},
    session::{Command, Exchange, Session},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const COMMAND: &RuleInfo = &RuleInfo::imap(
    "esearch-command",
    &["rfc4731-3.1-06", "rfc4731-3.1-08"],
    "ESEARCH names the tag of a command, and has the UID indicator just when that is a UID command",
);

pub(super) const ITEMS: &RuleInfo = &RuleInfo::imap(
    "esearch-items",
    &["rfc4731-3.1-04", "rfc4731-3.1-11"],
    "ESEARCH holds only the items that were asked for, and COUNT if it was",
);

pub(super) const NUMBERS: &RuleInfo = &RuleInfo::imap(
    "esearch-numbers",
    &["rfc4731-3.1-01", "rfc4731-3.1-02", "rfc4731-3.1-03", "rfc4731-3.1-09", "rfc4731-3.1-10"],
    "MIN, MAX, ALL and COUNT of one ESEARCH response agree with one another",
);

pub(super) struct Esearch;

impl Rule for Esearch {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let octets = &seen.line.octets;
        let Some(Kind::Other { number: None, name, nodes }) = seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        if !name.of(octets).eq_ignore_ascii_case(b"ESEARCH") {
            return;
        }
        let result = Result::of(nodes, octets);
        let Some(exchange) = exchange(seen, &result, found) else { return };
        // The items of an extended SORT (RFC 5267) mean other things: its MIN is what sorts first.
        let plain = match exchange.command.name.as_str() {
            "SEARCH" | "SORT" if result.uid => {
                let message = format!("the UID indicator, and {} is no UID command", exchange.command.name);
                found.at(COMMAND, "rfc4731-3.1-06", seen.line, seen.whole(), message);
                return;
            }
            "UID SEARCH" | "UID SORT" if !result.uid => {
                let message = format!("no UID indicator in the answer to {}", exchange.command.name);
                found.at(COMMAND, "rfc4731-3.1-06", seen.line, seen.whole(), message);
                return;
            }
            "SEARCH" | "UID SEARCH" => true,
            "SORT" | "UID SORT" => false,
            _ => return,
        };
        items(seen, &result, &exchange.command, found);
        if plain {
            numbers(seen, &result, found);
        }
    }
}

/// What an ESEARCH response holds.
struct Result<'a> {
    tag: Option<std::borrow::Cow<'a, [u8]>>,
    uid: bool,
    items: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Result<'a> {
    fn of(nodes: &[Node], octets: &'a [u8]) -> Self {
        let (tag, nodes) = match nodes.split_first() {
            Some((first, rest)) => match first.list() {
                Some([word, tag, ..]) if word.is("TAG", octets) => (Some(tag.text(octets)), rest),
                Some(_) => (None, rest),
                None => (None, nodes),
            },
            None => (None, nodes),
        };
        let (uid, nodes) = match nodes.split_first() {
            Some((first, rest)) if first.is("UID", octets) => (true, rest),
            _ => (false, nodes),
        };
        let pairs = nodes.chunks_exact(2).map(|pair| (pair[0].raw(octets), pair[1].raw(octets)));
        Self { tag, uid, items: pairs.collect() }
    }

    fn item(&self, name: &str) -> Option<&'a [u8]> {
        let found = self.items.iter().find(|(item, _)| item.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| *value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        std::str::from_utf8(self.item(name)?).ok()?.parse().ok()
    }
}

/// The exchange that the response answers.
fn exchange<'a>(seen: &Seen<'a>, result: &Result<'_>, found: &mut Findings) -> Option<&'a Exchange> {
    let session: &'a Session = seen.session;
    let Some(tag) = &result.tag else {
        let open = session.exchange(seen.only_open()?);
        if is_search(&open.command.name) && options(&open.command).is_some() {
            let message = "no tag in the answer to a command with RETURN";
            found.at(COMMAND, "rfc4731-3.1-08", seen.line, seen.whole(), message);
        }
        return None;
    };
    let named = session.exchanges().iter().rev().find(|exchange| exchange.tag.as_bytes() == tag.as_ref());
    // Also one that has ended: CONTEXT (RFC 5267) sends updates later.
    if named.is_none() && !session.is_raw_tag(tag) && !session.scribe().has_sent(|sent| sent.starts_with(tag))
    {
        let message = format!("no command had the tag {}", tag.escape_ascii());
        found.at(COMMAND, "rfc4731-3.1-08", seen.line, seen.whole(), message);
    }
    named
}

fn is_search(name: &str) -> bool {
    matches!(name, "SEARCH" | "UID SEARCH" | "SORT" | "UID SORT")
}

/// The result options in upper case; none: ALL.
fn options(command: &Command) -> Option<Vec<String>> {
    let upper = command.arguments.to_ascii_uppercase();
    let list = upper.strip_prefix(b"RETURN ")?.trim_ascii_start().strip_prefix(b"(")?;
    let list = &list[..memchr::memchr(b')', list)?];
    let words: Vec<String> =
        String::from_utf8_lossy(list).split_ascii_whitespace().map(str::to_owned).collect();
    Some(if words.is_empty() { vec!["ALL".to_owned()] } else { words })
}

fn items(seen: &Seen<'_>, result: &Result<'_>, command: &Command, found: &mut Findings) {
    let known = ["MIN", "MAX", "ALL", "COUNT"];
    let Some(options) = options(command) else { return };
    // What other options bring is theirs to say.
    if options.iter().any(|option| !known.contains(&option.as_str()) && option != "SAVE") {
        return;
    }
    let asked = |item: &str| options.iter().any(|option| option == item);
    if let Some(item) = known.into_iter().find(|item| result.item(item).is_some() && !asked(item)) {
        let message = format!("{item} was not asked for");
        found.at(ITEMS, "rfc4731-3.1-11", seen.line, seen.whole(), message);
    } else if asked("COUNT") && result.item("COUNT").is_none() {
        let message = "COUNT was asked for, and is not there";
        found.at(ITEMS, "rfc4731-3.1-04", seen.line, seen.whole(), message);
    }
}

fn numbers(seen: &Seen<'_>, result: &Result<'_>, found: &mut Findings) {
    let (count, least, most) = (result.number("COUNT"), result.number("MIN"), result.number("MAX"));
    let all = result.item("ALL").and_then(Members::of);
    let broken = if count == Some(0) && least.is_some() {
        Some(("rfc4731-3.1-01", "MIN, though COUNT is 0".to_owned()))
    } else if count == Some(0) && most.is_some() {
        Some(("rfc4731-3.1-02", "MAX, though COUNT is 0".to_owned()))
    } else if count == Some(0) && all.is_some() {
        Some(("rfc4731-3.1-03", "ALL, though COUNT is 0".to_owned()))
    } else if let Some((least, most)) = least.zip(most).filter(|(least, most)| least > most) {
        Some(("rfc4731-3.1-09", format!("MIN {least} is above MAX {most}")))
    } else if let Some(all) = all {
        let differs = |item: Option<u64>, member| item.filter(|&item| item != member);
        if let Some(least) = differs(least, all.least) {
            Some(("rfc4731-3.1-09", format!("MIN is {least}, and ALL begins at {}", all.least)))
        } else if let Some(most) = differs(most, all.most) {
            Some(("rfc4731-3.1-09", format!("MAX is {most}, and ALL ends at {}", all.most)))
        } else {
            differs(count, all.count)
                .map(|count| ("rfc4731-3.1-10", format!("COUNT is {count}, and ALL names {}", all.count)))
        }
    } else {
        None
    };
    if let Some((clause, message)) = broken {
        found.at(NUMBERS, clause, seen.line, seen.whole(), message);
    }
}

/// The members of a sequence set, each counted once.
struct Members {
    least: u64,
    most: u64,
    count: u64,
}

impl Members {
    /// `None` for a set with `*`, or what is no set.
    fn of(set: &[u8]) -> Option<Self> {
        let mut ranges = sequence_set::ranges(set).collect::<Option<Vec<_>>>()?;
        ranges.sort_unstable();
        let least = ranges.first()?.0;
        let (mut count, mut most) = (0, 0);
        for (from, to) in ranges {
            // Without what the ranges before have counted.
            let from = if count > 0 { from.max(most + 1) } else { from };
            count += (to + 1).saturating_sub(from);
            most = most.max(to);
        }
        Some(Self { least, most, count })
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn extended_results() {
        let min_max = "C: SEARCH RETURN (MIN MAX COUNT) ALL\nS: * ESEARCH (TAG \"a2\")";
        let all = "C: UID SEARCH RETURN (ALL COUNT MIN MAX) ALL\nS: * ESEARCH (TAG \"a2\") UID";
        for (command, rest, findings) in [
            (min_max, " MIN 1 MAX 3 COUNT 2", &[][..]),
            (min_max, " COUNT 0", &[]),
            (min_max, " MIN 3 MAX 1 COUNT 2", &["esearch-numbers rfc4731-3.1-09"]),
            (min_max, " MIN 1 COUNT 0", &["esearch-numbers rfc4731-3.1-01"]),
            (min_max, " MAX 1 COUNT 0", &["esearch-numbers rfc4731-3.1-02"]),
            (min_max, " MIN 1 MAX 3", &["esearch-items rfc4731-3.1-04"]),
            (
                min_max,
                " COUNT 2 ALL 1:2",
                &["esearch-items rfc4731-3.1-11", "esearch-numbers rfc4731-3.1-10"][..1],
            ),
            (all, " ALL 9,3:5,4 COUNT 4 MIN 3 MAX 9", &[]),
            (all, " ALL 9,3:5 COUNT 5", &["esearch-numbers rfc4731-3.1-10"]),
            (all, " ALL 9,3:5 COUNT 4 MIN 4", &["esearch-numbers rfc4731-3.1-09"]),
            (all, " ALL 9,3:5 COUNT 4 MAX 10", &["esearch-numbers rfc4731-3.1-09"]),
            (all, " ALL 9 COUNT 0", &["esearch-numbers rfc4731-3.1-03"]),
            ("C: SEARCH RETURN () ALL", "\nS: * ESEARCH (TAG \"a2\") ALL 1:3", &[]),
            ("C: SEARCH RETURN (PARTIAL 1:2) ALL", "\nS: * ESEARCH (TAG \"a2\") PARTIAL (1:2 4)", &[]),
            (
                "C: UID SORT RETURN (MIN MAX) (SIZE) UTF-8 ALL",
                "\nS: * ESEARCH (TAG \"a2\") UID MIN 9 MAX 4",
                &[],
            ),
            (
                "C: SEARCH RETURN () ALL",
                "\nS: * ESEARCH (TAG \"b2\") ALL 1:3",
                &["esearch-command rfc4731-3.1-08"],
            ),
            ("C: SEARCH RETURN () ALL", "\nS: * ESEARCH ALL 1:3", &["esearch-command rfc4731-3.1-08"]),
            (
                "C: SEARCH RETURN () ALL",
                "\nS: * ESEARCH (TAG \"a2\") UID ALL 1:3",
                &["esearch-command rfc4731-3.1-06"],
            ),
            (
                "C: UID SEARCH RETURN () ALL",
                "\nS: * ESEARCH (TAG \"a2\") ALL 1:3",
                &["esearch-command rfc4731-3.1-06"],
            ),
        ] {
            talk::selected(&[(&[command, rest].concat(), findings)]);
        }
    }
}
