//! The strict rules of RFC 1939 and RFC 2449 about replies, each with the clause that it enforces.

mod clauses;

pub use clauses::CLAUSES;

use super::frame::Frame;
use super::reply::{Indicator, Line, Reply};
use crate::fault::{Fault, Span};

/// What a positive reply must look like, by the command that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Any text: the reply to NOOP, DELE, QUIT and most others.
    Text,
    /// The first line of a connection.
    Greeting,
    /// STAT: a drop listing.
    Stat,
    /// LIST with a message-number.
    ScanListing,
    /// LIST without.
    ScanListings,
    /// UIDL with a message-number.
    UniqueId,
    /// UIDL without.
    UniqueIds,
    /// RETR and TOP.
    Message,
    /// CAPA.
    Capabilities,
}

impl Form {
    /// The form of the positive reply to the command `name` (in upper case) with these arguments.
    #[must_use]
    pub fn answering(name: &str, arguments: &[u8]) -> Self {
        match (name, arguments.is_empty()) {
            ("STAT", true) => Self::Stat,
            ("LIST", true) => Self::ScanListings,
            ("LIST", false) => Self::ScanListing,
            ("UIDL", true) => Self::UniqueIds,
            ("UIDL", false) => Self::UniqueId,
            ("RETR" | "TOP", false) => Self::Message,
            ("CAPA", true) => Self::Capabilities,
            _ => Self::Text,
        }
    }
}

/// Appends to `reply.faults` every breach of the grammar in it. `frame` is the one that it was parsed from.
pub fn check(frame: &Frame<'_>, reply: &mut Reply, form: Form) {
    let mut faults = std::mem::take(&mut reply.faults);
    let mut rules = Rules { frame, octets: frame.octets, faults: &mut faults };
    rules.line_ends();
    rules.status_line(reply);
    rules.stuffing(reply);
    if reply.indicator == Indicator::Ok {
        match form {
            Form::Text | Form::Message => {}
            Form::Greeting => rules.greeting(reply.text),
            Form::Stat => rules.pair(reply.text, &STAT),
            Form::ScanListing => rules.pair(reply.text, &SCAN_LISTING),
            Form::ScanListings => {
                rules.each_line(reply, |rules, line| rules.pair(line.content, &SCAN_LISTINGS));
            }
            Form::UniqueId => rules.unique_id(reply.text, "rfc1939-7-UIDL-01"),
            Form::UniqueIds => {
                rules.each_line(reply, |rules, line| rules.unique_id(line.content, "rfc1939-7-UIDL-03"));
            }
            Form::Capabilities => rules.each_line(reply, Rules::capability),
        }
    }
    reply.faults = faults;
}

/// Appends the fault of a text that begins with a bracket and is no response code (RFC 2449 section 8). To be asked only
/// where the server lists RESP-CODES: elsewhere the bracket means nothing.
pub fn check_response_code(frame: &Frame<'_>, reply: &mut Reply) {
    if !matches!(reply.indicator, Indicator::Ok | Indicator::Err)
        || !reply.text.of(frame.octets).starts_with(b"[")
    {
        return;
    }
    let level = |level: &[u8]| !level.is_empty() && level.iter().all(|octet| matches!(octet, 0x21..=0x7E));
    let fits = reply.code.is_some_and(|code| code.of(frame.octets).split(|&octet| octet == b'/').all(level));
    if !fits {
        reply.faults.push(Fault::new("rfc2449-6.4-01", reply.text, "not a well-formed response code"));
    }
}

struct Rules<'a> {
    frame: &'a Frame<'a>,
    octets: &'a [u8],
    faults: &'a mut Vec<Fault>,
}

/// A number, a space, a size: which clause owns that, and which one what follows.
struct Pair {
    form: &'static str,
    message: &'static str,
    /// The first number is a message-number, so above zero.
    numbers_a_message: bool,
    more: &'static str,
}

const STAT: Pair = Pair {
    form: "rfc1939-5-STAT-02",
    message: "not \"+OK\", a message count and a size, each after one space",
    numbers_a_message: false,
    more: "rfc1939-5-STAT-06",
};
const SCAN_LISTING: Pair = Pair {
    form: "rfc1939-5-LIST-01",
    message: "not \"+OK\", a message-number and a size, each after one space",
    numbers_a_message: true,
    more: "rfc1939-5-LIST-06",
};
const SCAN_LISTINGS: Pair = Pair {
    form: "rfc1939-5-LIST-04",
    message: "not a message-number, one space and a size",
    numbers_a_message: true,
    more: "rfc1939-5-LIST-06",
};

/// The longest status line and the longest line of CAPA, with line end.
const LINE: usize = 512;

/// Of faults that may repeat in every line of a long reply, so many are told.
const SAME_FAULTS: usize = 8;

impl Rules<'_> {
    fn fault(&mut self, clause: &'static str, span: Span, message: &'static str) {
        // A fault in an empty place is shown at the octet before it.
        let span = if span.is_empty() {
            Span { start: span.start.saturating_sub(1), end: span.end.max(1) }
        } else {
            span
        };
        self.faults.push(Fault::new(clause, span, message));
    }

    fn line_ends(&mut self) {
        let Some(feed) = self.frame.bare_line_feed else { return };
        let clause = if feed == self.frame.status.end {
            "rfc1939-3-07"
        } else if self.frame.body.is_some_and(|body| feed >= body.end) {
            "rfc1939-3-12"
        } else {
            "rfc1939-3-11"
        };
        let feed = feed as usize;
        self.fault(clause, Span::new(feed, feed + 1), "a line feed without a carriage return");
    }

    fn status_line(&mut self, reply: &Reply) {
        let status = self.frame.status;
        let line = status.of(self.octets);
        if let Some(at) = memchr::memchr(b'\r', line) {
            self.fault("rfc1939-3-07", Span::new(at, at + 1), "a carriage return without a line feed");
        }
        let expected: &[u8] = match reply.indicator {
            Indicator::Ok => b"+OK",
            Indicator::Err => b"-ERR",
            // A challenge may be of any length (RFC 5034 section 4).
            Indicator::Continue => return,
            Indicator::Garbage => {
                self.fault("rfc1939-3-10", status, "neither +OK nor -ERR");
                return;
            }
        };
        if !line.starts_with(expected) {
            self.fault("rfc1939-3-09", Span::new(0, expected.len()), "a status indicator is in upper case");
        }
        if line.len() + 2 > LINE {
            self.fault(
                "rfc1939-3-08",
                Span::new(LINE - 2, line.len()),
                "a status line of more than 512 octets",
            );
        }
    }

    /// What begins with a dot, begins with two.
    fn stuffing(&mut self, reply: &Reply) {
        let Some(body) = reply.body else { return };
        let octets = body.of(self.octets);
        let starts = memchr::memmem::find_iter(octets, b"\n.").map(|feed| feed + 1);
        let starts = (octets.first() == Some(&b'.')).then_some(0).into_iter().chain(starts);
        for at in starts.filter(|&at| octets.get(at + 1) != Some(&b'.')).take(SAME_FAULTS) {
            let at = body.start as usize + at;
            self.fault("rfc1939-3-13", Span::new(at, at + 1), "a line that begins with a single dot");
        }
    }

    fn each_line(&mut self, reply: &Reply, mut judge: impl FnMut(&mut Self, &Line)) {
        let before = self.faults.len();
        for line in reply.lines(self.octets) {
            judge(self, &line);
            if self.faults.len() >= before + SAME_FAULTS {
                return;
            }
        }
    }

    fn greeting(&mut self, text: Span) {
        let octets = text.of(self.octets);
        let Some(open) = memchr::memchr(b'<', octets) else { return };
        if let Some(second) = memchr::memchr(b'<', &octets[open + 1..]) {
            let at = text.start as usize + open + 1 + second;
            self.fault("rfc2449-3-08", Span::new(at, at + 1), "a second \"<\" in the greeting");
            return;
        }
        let close = memchr::memchr(b'>', &octets[open..]).map(|length| open + length);
        let inner = close.map(|close| &octets[open + 1..close]);
        let is_message_id = inner.is_some_and(|inner| {
            let mut halves = inner.splitn(2, |&octet| octet == b'@');
            let mut half =
                || halves.next().is_some_and(|h| !h.is_empty() && h.iter().all(u8::is_ascii_graphic));
            half() && half()
        });
        if !is_message_id {
            let start = text.start as usize;
            let span = Span::new(start + open, start + close.map_or(octets.len(), |close| close + 1));
            self.fault("rfc1939-7-APOP-02", span, "the timestamp has not the form of a message-id");
        }
    }

    fn pair(&mut self, span: Span, pair: &Pair) {
        let octets = span.of(self.octets);
        let Some(first) = number(octets) else { return self.fault(pair.form, span, pair.message) };
        let rest = octets.get(first + 1..).unwrap_or_default();
        let second = number(rest).filter(|_| octets[first] == b' ');
        let zero = pair.numbers_a_message && octets[..first].iter().all(|&digit| digit == b'0');
        let Some(second) = second.filter(|_| !zero) else { return self.fault(pair.form, span, pair.message) };
        let end = span.start as usize + first + 1 + second;
        match rest.get(second) {
            None => {}
            Some(b' ') => self.fault(pair.more, Span::new(end, span.end as usize), "more than the size"),
            Some(_) => self.fault(pair.form, span, pair.message),
        }
    }

    fn unique_id(&mut self, span: Span, form: &'static str) {
        const MESSAGE: &str = "not a message-number, one space and a unique-id";
        let octets = span.of(self.octets);
        let first = number(octets).filter(|&first| octets[..first].iter().any(|&digit| digit != b'0'));
        let Some(first) = first.filter(|&first| octets.get(first) == Some(&b' ')) else {
            return self.fault(form, span, MESSAGE);
        };
        let id = &octets[first + 1..];
        let id_span = Span { start: span.start + Span::new(0, first + 1).end, end: span.end };
        if memchr::memchr2(b' ', b'\t', id).is_some() {
            self.fault(form, id_span, "a space before or after the unique-id");
        } else if id.is_empty() || id.len() > 70 || !id.iter().all(u8::is_ascii_graphic) {
            self.fault("rfc1939-7-UIDL-04", id_span, "a unique-id has 1 to 70 characters from 0x21 to 0x7E");
        }
    }

    fn capability(&mut self, line: &Line) {
        let octets = line.content.of(self.octets);
        if line.raw.len() + 2 > LINE {
            self.fault("rfc2449-3-04", line.raw, "a line of more than 512 octets");
        }
        let mut words = octets.split(|&octet| octet == b' ');
        let name = words.next().unwrap_or_default();
        let parameters: Vec<&[u8]> = words.collect();
        let name_span = Span { end: line.content.start + Span::new(0, name.len()).end, ..line.content };
        if name.is_empty() || !name.iter().all(|&octet| matches!(octet, 0x21..=0x7F) && octet != b'.') {
            let clause = if name.contains(&b'\t') { SPACING } else { "rfc2449-3-03" };
            self.fault(clause, name_span, "a capability name is made of visible characters other than a dot");
            return;
        }
        if parameters.iter().any(|parameter| parameter.is_empty() || parameter.contains(&b'\t')) {
            self.fault(SPACING, line.content, "parameters follow after one space each");
            return;
        }
        let upper = name.to_ascii_uppercase();
        let with_user = |limit: bool| match parameters.as_slice() {
            [_] => limit,
            [_, user] => limit && user.eq_ignore_ascii_case(b"USER"),
            _ => false,
        };
        let digits = parameters.first().is_some_and(|first| number(first) == Some(first.len()));
        let never = parameters.first().is_some_and(|first| first.eq_ignore_ascii_case(b"NEVER"));
        match upper.as_slice() {
            b"LOGIN-DELAY" if !with_user(digits) => {
                self.fault(
                    "rfc2449-6.5-02",
                    line.content,
                    "LOGIN-DELAY has a number of seconds, and may have USER",
                );
            }
            b"EXPIRE" if !with_user(digits || never) => {
                self.fault(
                    "rfc2449-6.7-08",
                    line.content,
                    "EXPIRE has a number of days or NEVER, and may have USER",
                );
            }
            b"IMPLEMENTATION" if parameters.is_empty() => {
                self.fault("rfc2449-6.9-01", line.content, "IMPLEMENTATION has an argument");
            }
            _ => {
                let glued = upper.strip_prefix(b"EXPIRE").or_else(|| upper.strip_prefix(b"LOGIN-DELAY"));
                if glued.is_some_and(|rest| {
                    rest == b"NEVER" || (!rest.is_empty() && number(rest) == Some(rest.len()))
                }) {
                    self.fault(SPACING, name_span, "a space is missing before the parameter");
                }
            }
        }
    }
}

/// Capability parameters follow the name after one space and are separated by single spaces.
const SPACING: &str = "rfc2449-5-08";

/// How many digits stand in front.
fn number(octets: &[u8]) -> Option<usize> {
    let digits = octets.iter().take_while(|octet| octet.is_ascii_digit()).count();
    (digits > 0).then_some(digits)
}

#[cfg(test)]
mod tests;
