//! BODY and BODYSTRUCTURE (RFC 3501 sections 7.4.2 and 9).

use super::Rules;
use super::envelope::is_unfollowed;
use super::words::visible;
use crate::fault::Span;
use crate::imap::node::Node;

impl Rules<'_> {
    /// `body`; `extensible` tells BODYSTRUCTURE from BODY.
    pub(super) fn body(&mut self, value: &Node, extensible: bool) {
        if is_unfollowed(value, self.octets) {
            return;
        }
        let Some(fields) = value.list() else {
            self.fault(BODY, visible(value.span), "a body structure is a list");
            return;
        };
        let extension_at = match fields.first() {
            Some(first) if first.list().is_some() || is_unfollowed(first, self.octets) => {
                self.multipart(value.span, fields, extensible)
            }
            Some(first) if first.is_nil() => {
                self.fault("rfc3501-7.4.2-27", first.span, "neither parts nor a media type");
                return;
            }
            Some(subtype) if fields.len() == 1 => {
                self.fault("rfc3501-7.4.2-27", subtype.span, "a multipart without any part");
                return;
            }
            Some(_) => self.single_part(value.span, fields, extensible),
            None => {
                self.fault(BODY, value.span, "a body structure is never empty");
                return;
            }
        };
        if let Some(first) = extension_at.and_then(|at| fields.get(at))
            && !extensible
        {
            self.fault("rfc3501-6.4.5-08", first.span, "extension data in BODY");
        }
    }

    /// `body-type-mpart`; returns where extension data begin.
    fn multipart(&mut self, whole: Span, fields: &[Node], extensible: bool) -> Option<usize> {
        let octets = self.octets;
        let count = fields.iter().take_while(|f| f.list().is_some() || is_unfollowed(f, octets)).count();
        let (parts, rest) = fields.split_at(count);
        self.adjacent(parts);
        for part in parts {
            self.body(part, extensible);
        }
        let Some((subtype, extension)) = rest.split_first() else {
            self.fault("rfc3501-7.4.2-11", whole, "no subtype behind the parts");
            return None;
        };
        self.string(subtype, "rfc3501-7.4.2-11", "the subtype of a multipart is a string");
        if let Some((parameters, extension)) = extension.split_first() {
            self.parameters(parameters);
            self.extension(extension);
        }
        Some(count + 1)
    }

    /// `body-type-1part`; returns where extension data begin.
    fn single_part(&mut self, whole: Span, fields: &[Node], extensible: bool) -> Option<usize> {
        let octets = self.octets;
        let [kind, subtype, parameters, id, description, encoding, size, rest @ ..] = fields else {
            self.fault(FIELDS, whole, "a part has at least seven fields");
            return None;
        };
        self.string(kind, FIELDS, "a media type is a string");
        self.string(subtype, FIELDS, "a media subtype is a string");
        self.parameters(parameters);
        self.nstring(id, FIELDS, "a content id is a string or NIL");
        self.nstring(description, FIELDS, "a description is a string or NIL");
        self.string(encoding, "rfc3501-9-18", "an encoding is a string");
        self.number(size, "a size is a number below 4294967296");

        let is = |node: &Node, name: &str| node.text(octets).eq_ignore_ascii_case(name.as_bytes());
        let text = is(kind, "TEXT");
        // RFC 6532 made message/global, which newer servers describe like message/rfc822, and others like any other part.
        let global = is(subtype, "GLOBAL") && matches!(rest, [first, ..] if first.list().is_some());
        let message = is(kind, "MESSAGE") && (is(subtype, "RFC822") || global);
        let mut at = 7;
        if text {
            match rest.first() {
                Some(lines) if lines.number().is_some() => {
                    self.number(lines, "a count of lines is a number below 4294967296");
                }
                _ => {
                    let place = rest.first().map_or(whole, |node| node.span);
                    self.fault("rfc3501-7.4.2-22", place, "a text part has a count of lines here");
                    return None;
                }
            }
            at += 1;
        } else if message {
            let [envelope, body, lines, ..] = rest else {
                self.fault(
                    MESSAGE,
                    whole,
                    "an enclosed message has an envelope, a body structure and a count of lines",
                );
                return None;
            };
            if envelope.list().is_none() && !is_unfollowed(envelope, octets) {
                self.fault(MESSAGE, envelope.span, "the envelope of an enclosed message stands here");
                return None;
            }
            self.envelope(envelope);
            self.body(body, extensible);
            self.number(lines, "a count of lines is a number below 4294967296");
            self.separated(&rest[..2]);
            at += 3;
        }
        if let Some((md5, extension)) = fields.get(at..).and_then(<[Node]>::split_first) {
            // Where something else stands, what follows it would be blamed for the wrong field.
            if self.nstring(md5, "rfc3501-7.4.2-23", "an MD5 value is a string or NIL") {
                self.extension(extension);
            }
        }
        Some(at)
    }

    /// What follows the first extension field: disposition, language, location, and what no standard defines.
    fn extension(&mut self, fields: &[Node]) {
        self.separated(fields);
        if let Some(disposition) = fields.first() {
            self.disposition(disposition);
        }
        if let Some(language) = fields.get(1) {
            self.language(language);
        }
        if let Some(location) = fields.get(2) {
            self.nstring(location, "rfc3501-7.4.2-16", "a location is a string or NIL");
        }
        if let Some(more) = fields.get(3) {
            self.fault("rfc3501-7.4.2-17", more.span, "extension data that no standard defines");
        }
    }

    fn disposition(&mut self, node: &Node) {
        match node.list() {
            _ if node.is_nil() || is_unfollowed(node, self.octets) => {}
            Some([kind, parameters]) => {
                self.string(kind, DISPOSITION, "a disposition type is a string");
                self.parameters(parameters);
            }
            _ => self.fault(DISPOSITION, node.span, "a disposition is NIL or a list of type and parameters"),
        }
    }

    fn language(&mut self, node: &Node) {
        match node.list() {
            Some(languages) if !languages.is_empty() => {
                for language in languages {
                    self.string(language, LANGUAGE, "a language is a string");
                }
            }
            None if node.is_nil() || node.is_string() || is_unfollowed(node, self.octets) => {}
            _ => self.fault(LANGUAGE, node.span, "a language is NIL, a string or a list of strings"),
        }
    }

    /// `body-fld-param`
    fn parameters(&mut self, node: &Node) {
        match node.list() {
            _ if node.is_nil() || is_unfollowed(node, self.octets) => {}
            Some(parameters) if !parameters.is_empty() && parameters.len() % 2 == 0 => {
                for part in parameters {
                    self.string(part, PARAMETERS, "names and values of parameters are strings");
                }
            }
            _ => self.fault(PARAMETERS, visible(node.span), "parameters are NIL or a list of pairs"),
        }
    }
}

/// BODY and BODYSTRUCTURE answers fit the body grammar.
const BODY: &str = "rfc3501-9-13";
/// The basic fields of a single part come in the order laid down.
const FIELDS: &str = "rfc3501-7.4.2-18";
/// A message/rfc822 part is described with envelope, structure and lines of the enclosed message.
const MESSAGE: &str = "rfc3501-7.4.2-21";
const DISPOSITION: &str = "rfc3501-7.4.2-14";
const LANGUAGE: &str = "rfc3501-7.4.2-15";
const PARAMETERS: &str = "rfc3501-9-20";
