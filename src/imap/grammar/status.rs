//! Status responses, response codes and capabilities (RFC 3501 sections 7.1, 7.2.1 and 7.5).

use super::words::{Place, is_astring_char, is_atom_char, is_set, upper, visible};
use super::{CODE, Rules, SPACING, SYNTAX};
use crate::fault::{Severity, Span};
use crate::imap::node::Node;
use crate::imap::response::{Code, Status, Text};

impl Rules<'_> {
    pub(super) fn continuation(&mut self, text: &Text) {
        if self.octets.get(1) != Some(&b' ') {
            self.note("rfc3501-7.5-01", Span::new(0, 1), "a plus sign without a space behind it");
        }
        if let Some(code) = &text.code {
            self.code(code);
        }
    }

    pub(super) fn tagged(&mut self, tag: Span, status: Status, text: &Text) {
        self.only(tag, "an octet that no tag may hold", |octet| is_astring_char(octet) && octet != b'+');
        if matches!(status, Status::Preauth | Status::Bye) {
            self.fault("rfc3501-2.2.2-04", tag, "a tagged result is OK, NO or BAD");
        }
        self.text(text);
        if status == Status::No {
            self.misplaced_code(text.text);
        }
    }

    pub(super) fn untagged_status(&mut self, _status: Status, text: &Text) {
        self.text(text);
    }

    fn text(&mut self, text: &Text) {
        if text.text.is_empty() {
            self.fault("rfc3501-7.1.1-03", visible(text.text), "no text in a status response");
        }
        let Some(code) = &text.code else { return };
        if code.span.end == text.text.start && !text.text.is_empty() {
            let at = text.text.start as usize;
            self.fault(SPACING, Span::new(at, at + 1), "a space is missing after the response code");
        }
        self.code(code);
    }

    /// `NO APPEND [TRYCREATE] failed`: fits the grammar as text, and is surely meant as a code.
    fn misplaced_code(&mut self, text: Span) {
        let octets = text.of(self.octets);
        if let Some(found) = memchr::memmem::find(octets, b"[TRYCREATE]")
            && found > 0
        {
            let at = text.start as usize + found;
            self.note(
                CODE,
                Span::new(at, at + 11),
                "a response code that does not stand in front of the text",
            );
        }
    }

    fn code(&mut self, code: &Code) {
        if !self.atom(&code.name, "the name of a response code is an atom") {
            return;
        }
        let arguments = &code.arguments[..];
        match upper(code.name.raw(self.octets), &mut [0; 16]) {
            b"ALERT" | b"PARSE" | b"READ-ONLY" | b"READ-WRITE" | b"TRYCREATE" => {
                if let Some(first) = arguments.first() {
                    self.note(CODE, first.span, "this response code has no arguments");
                }
            }
            b"BADCHARSET" => self.badcharset(code),
            b"CAPABILITY" => self.capabilities(arguments, code.name.span, "rfc3501-7.1-05"),
            b"PERMANENTFLAGS" => self.permanent_flags(code),
            b"UIDNEXT" => self.one_number(code, "rfc3501-6.3.1-07"),
            b"UIDVALIDITY" => self.one_number(code, "rfc3501-6.3.1-08"),
            b"UNSEEN" => self.one_number(code, CODE),
            b"APPENDUID" => self.uids(code, 1),
            b"COPYUID" => self.uids(code, 2),
            b"MODIFIED" => self.modified(code),
            b"HIGHESTMODSEQ" => match arguments {
                [value] if value.number().is_some() => {}
                _ => self.fault(CODE, code.span, "HIGHESTMODSEQ has one number"),
            },
            _ => {}
        }
    }

    fn badcharset(&mut self, code: &Code) {
        match &code.arguments[..] {
            [] => {}
            [list] if list.list().is_some_and(|names| !names.is_empty()) => {
                for name in list.list().unwrap_or_default() {
                    self.astring(name, "a charset name is an atom or a string");
                }
            }
            _ => self.fault(CODE, code.span, "BADCHARSET has one list of charset names, or nothing"),
        }
    }

    fn permanent_flags(&mut self, code: &Code) {
        let flags = match &code.arguments[..] {
            [list] => list.list(),
            _ => None,
        };
        match flags {
            Some(flags) => flags.iter().for_each(|flag| self.flag(flag, Place::PermanentFlags)),
            None => self.fault(CODE, code.span, "PERMANENTFLAGS has one list of flags"),
        }
    }

    fn one_number(&mut self, code: &Code, clause: &'static str) {
        match &code.arguments[..] {
            [number] => {
                self.nz_number(number, clause, "not a number from 1 to 4294967295");
            }
            _ => self.fault(CODE, code.span, "this response code has one number"),
        }
    }

    /// The UIDVALIDITY and the sets of APPENDUID and COPYUID (RFC 4315 section 3).
    fn uids(&mut self, code: &Code, sets: usize) {
        let Some((validity, uids)) = code.arguments.split_first() else {
            self.fault(CODE, code.span, "a UIDVALIDITY and UIDs are missing");
            return;
        };
        self.nz_number(validity, CODE, "a UIDVALIDITY is a number from 1 to 4294967295");
        if uids.len() != sets {
            self.fault(CODE, code.span, "APPENDUID has one set of UIDs, COPYUID two");
        }
        for set in uids {
            self.set(set);
        }
    }

    fn modified(&mut self, code: &Code) {
        match &code.arguments[..] {
            [set] => self.set(set),
            _ => self.fault(CODE, code.span, "MODIFIED has one set of messages"),
        }
    }

    fn set(&mut self, set: &Node) {
        if !is_set(set.raw(self.octets)) {
            self.fault(CODE, visible(set.span), "not a set of numbers from 1 to 4294967295");
        }
    }

    pub(super) fn capability_response(&mut self, names: &[Node]) {
        for fault in self.faults.iter_mut().filter(|fault| fault.clause == SPACING) {
            fault.clause = "rfc3501-7.2.1-08a";
        }
        self.capabilities(names, Span::new(2, 12), "rfc3501-6.1.1-02");
    }

    fn capabilities(&mut self, names: &[Node], place: Span, lacks_imap4rev1: &'static str) {
        let octets = self.octets;
        let mut seen: Vec<Vec<u8>> = Vec::with_capacity(names.len());
        for name in names {
            if !self.atom(name, "a capability name is an atom") {
                continue;
            }
            let upper = name.raw(octets).to_ascii_uppercase();
            if let Some(mechanism) = upper.strip_prefix(b"AUTH=") {
                let fits = (1..=20).contains(&mechanism.len())
                    && mechanism
                        .iter()
                        .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
                if !fits {
                    self.fault("rfc3501-6.1.1-09", name.span, "not the name of a SASL mechanism");
                }
            }
            if !upper.iter().any(u8::is_ascii_alphanumeric) {
                self.fault("rfc3501-7.2.1-05", name.span, "no capability has such a name");
            }
            seen.push(upper);
        }
        if !seen.iter().any(|name| name == b"IMAP4REV1") {
            self.fault(lacks_imap4rev1, place, "IMAP4rev1 is not among the capabilities");
        }
        let total = seen.len();
        seen.sort_unstable();
        seen.dedup();
        if seen.len() < total {
            self.fault("rfc3501-7.2.1-08b", place, "a capability is listed twice");
        }
    }

    pub(super) fn other(&mut self, number: Option<u64>, name: Span, nodes: &[Node]) {
        let word = name.of(self.octets);
        let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()));
        if !word.first().is_some_and(u8::is_ascii_alphabetic) {
            let signed = matches!(word, [b'-' | b'+', b'0'..=b'9', ..]);
            let clause = if signed { super::NUMBER } else { SYNTAX };
            self.fault(clause, visible(name), "no response begins like this");
        } else if !self.only(name, "an octet that no response's name may hold", is_atom_char) {
            // Told just now.
        } else if is(&["EXISTS", "RECENT", "EXPUNGE", "FETCH"]) {
            self.fault(SYNTAX, name, "the number in front of this response is missing");
        } else if number.is_some() && is(&NUMBERLESS) {
            self.fault(SYNTAX, name, "a number in front of a response that has none");
        } else if !is(&EXTENSIONS) {
            // Nothing is known of the form of what no standard defines, but that its lines end.
            self.faults.retain(|fault| !matches!(fault.clause, SPACING | SYNTAX | "rfc3501-9-59"));
        } else {
            // RFC 3501 leaves their spaces to the extensions: Dovecot's `* THREAD ` with nothing behind hurts nobody.
            for fault in self.faults.iter_mut().filter(|fault| fault.clause == SPACING) {
                fault.severity = Severity::Note;
            }
            if is(&["ENABLED"]) {
                for name in nodes {
                    self.atom(name, "a capability name is an atom");
                }
            } else if is(&["SORT"]) {
                self.sort_response(nodes);
            } else if is(&["THREAD"]) {
                self.thread_response(nodes);
            }
        }
    }
}

/// Responses of the base protocol that no number precedes.
const NUMBERLESS: [&str; 11] =
    ["OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "FLAGS", "LIST", "LSUB", "STATUS", "SEARCH"];

/// Responses of published extensions, all made of the data formats of RFC 3501 section 4.
const EXTENSIONS: [&str; 20] = [
    "ACL",
    "COMPARATOR",
    "ENABLED",
    "ESEARCH",
    "GENURLAUTH",
    "ID",
    "LANGUAGE",
    "LISTRIGHTS",
    "METADATA",
    "MYRIGHTS",
    "NAMESPACE",
    "QUOTA",
    "QUOTAROOT",
    "SORT",
    "THREAD",
    "UIDBATCHES",
    "URLFETCH",
    "VANISHED",
    "XLIST",
    "CONVERSION",
];
