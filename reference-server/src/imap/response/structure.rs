//! The body structure (RFC 3501 section 7.4.2, BODY and BODYSTRUCTURE).

use super::string::{nstring, string};
use super::{envelope, put, separated};
use crate::message::{Content, Envelope, Parameter, Part};

/// Writes the structure of a part, with extension data if it is `extensible`.
pub(super) fn write(octets: &[u8], part: &Part, extensible: bool, out: &mut Vec<u8>) {
    put(out, "(");
    if let Content::Multipart(parts) = &part.content {
        for part in parts {
            write(octets, part, extensible, out);
        }
        put(out, " ");
        string(&part.media.subtype, out);
        if extensible {
            put(out, " ");
            parameters(&part.media.parameters, out);
        }
    } else {
        basic(octets, part, extensible, out);
        if extensible {
            put(out, " ");
            nstring(part.md5.as_deref(), out);
        }
    }
    if extensible {
        extension(part, out);
    }
    put(out, ")");
}

/// The basic fields of a part that is no multipart, and those of its type.
fn basic(octets: &[u8], part: &Part, extensible: bool, out: &mut Vec<u8>) {
    string(&part.media.kind, out);
    put(out, " ");
    string(&part.media.subtype, out);
    put(out, " ");
    parameters(&part.media.parameters, out);
    put(out, " ");
    nstring(part.id.as_deref(), out);
    put(out, " ");
    nstring(part.description.as_deref(), out);
    put(out, " ");
    string(&part.encoding, out);
    put(out, &format!(" {}", part.body.len()));
    if let Content::Message(enclosed) = &part.content {
        put(out, " ");
        envelope::write(&Envelope::of(octets, &enclosed.header), out);
        put(out, " ");
        write(octets, enclosed, extensible, out);
    }
    if matches!(part.content, Content::Message(_)) || part.media.is_kind("text") {
        let lines = octets[part.body.clone()].iter().filter(|octet| **octet == b'\n').count();
        put(out, &format!(" {lines}"));
    }
}

/// Disposition, language and location.
fn extension(part: &Part, out: &mut Vec<u8>) {
    put(out, " ");
    match &part.disposition {
        Some(disposition) => {
            put(out, "(");
            string(&disposition.kind, out);
            put(out, " ");
            parameters(&disposition.parameters, out);
            put(out, ")");
        }
        None => put(out, "NIL"),
    }
    put(out, " ");
    match part.languages.as_slice() {
        [] => put(out, "NIL"),
        [language] => string(language, out),
        languages => {
            put(out, "(");
            separated(out, languages, |language, out| string(language, out));
            put(out, ")");
        }
    }
    put(out, " ");
    nstring(part.location.as_deref(), out);
}

fn parameters(parameters: &[Parameter], out: &mut Vec<u8>) {
    if parameters.is_empty() {
        put(out, "NIL");
        return;
    }
    put(out, "(");
    separated(out, parameters, |(name, value), out| {
        string(name, out);
        put(out, " ");
        string(value, out);
    });
    put(out, ")");
}
