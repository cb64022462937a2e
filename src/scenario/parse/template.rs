//! What `C:`, `C>:` and `C~:` lines send.

use super::{
    expression::{self, Type},
    mistake::{Parsed, Trouble},
    octets, reference,
    scope::Scope,
    text::{Cursor, begins_name, in_capture},
};
use crate::scenario::{
    expression::{Expression, Term},
    program::Protocol,
    template::{Piece, Template},
};

/// Reads a command: the whole line of `C:` or `C>:`.
pub(super) fn command(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Template> {
    let imap = scope.protocol == Protocol::Imap;
    check_framing(cursor, imap)?;
    let mut builder = Builder::default();
    // Where the open quote stands.
    let mut quote: Option<usize> = None;
    while let Some(octet) = cursor.peek() {
        let start = cursor.at;
        match octet {
            b'"' if imap => {
                quote = if quote.is_some() { None } else { Some(start) };
                builder.take(cursor);
            }
            b'\\' if quote.is_some() => {
                builder.take(cursor);
                builder.take(cursor);
            }
            b'$' if value_begins(cursor) => {
                let begins_word = cursor.before().is_none_or(|before| matches!(before, b' ' | b'('));
                let expression = value(cursor, scope)?;
                let ends_word = cursor.peek().is_none_or(|next| matches!(next, b' ' | b')'));
                let name = matches!(expression.term, Term::Name(_));
                builder.push(match () {
                    () if quote.is_some() => Piece::QuotedValue(expression),
                    () if imap && name && begins_word && ends_word => Piece::Astring(expression),
                    () => Piece::Value(expression),
                });
            }
            b'#' | b'@' if quote.is_none() && message_begins(cursor) => {
                let (term, _) = expression::message(cursor, scope, octet)?;
                builder.push(Piece::Value(Expression { place: cursor.since(start), term }));
            }
            b'{' if quote.is_none() && imap && cursor.peek_at(1) == Some(b'$') && scope.workload => {
                cursor.eat("{");
                let value = value(cursor, scope)?;
                let plus = cursor.eat("+");
                if !cursor.eat("}") {
                    return Err(Trouble::new(
                        cursor.since(start),
                        "this brace is never closed",
                        "opened here",
                    ));
                }
                builder.push(Piece::Literal { value, synchronizing: !plus });
            }
            b'{' if quote.is_none() && reference::begins_octets(cursor) => {
                let braced = reference::braced(cursor, scope.fixtures)?;
                let place = cursor.since(start);
                if !imap {
                    return Err(Trouble::new(place, "POP3 has no literals", "IMAP only"));
                }
                let octets = braced.octets;
                let term = if braced.text { Term::Octets(octets) } else { Term::Fixture(octets) };
                builder
                    .push(Piece::Literal { value: Expression { place, term }, synchronizing: !braced.plus });
            }
            _ => builder.take(cursor),
        }
    }
    if let Some(quote) = quote {
        return Err(Trouble::new(
            cursor.text.place(quote, quote + 1),
            "this quote is never closed",
            "opened here",
        )
        .hint("to send it so, use `C~:`"));
    }
    builder.finish(cursor, "a command is missing")
}

/// A command is written without its tag and its CRLF: those are added.
fn check_framing(cursor: &Cursor<'_>, imap: bool) -> Parsed<()> {
    let line = cursor.rest();
    if let Some(text) = line.strip_suffix("\\r\\n") {
        let place = cursor.text.place(text.len(), line.len());
        return Err(Trouble::new(
            place,
            "`C:` and `C>:` add the CRLF themselves",
            "would be sent as written",
        )
        .hint("leave it out, or use `C~:` for raw octets"));
    }
    let mut words = line.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let digits = first.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let tag = digits.len() < first.len()
        && !digits.is_empty()
        && digits.bytes().all(|octet| octet.is_ascii_digit());
    if imap && tag && COMMANDS.iter().any(|command| command.eq_ignore_ascii_case(second)) {
        let place = cursor.text.place(0, first.len());
        return Err(Trouble::new(place, "`C:` and `C>:` add the tag themselves", "a tag")
            .hint("leave it out, or use `C~:` for raw octets"));
    }
    Ok(())
}

/// Commands that show that the word before them is meant as a tag.
const COMMANDS: [&str; 12] = [
    "NOOP",
    "CAPABILITY",
    "LOGOUT",
    "LOGIN",
    "SELECT",
    "EXAMINE",
    "FETCH",
    "STORE",
    "SEARCH",
    "UID",
    "EXPUNGE",
    "APPEND",
];

/// Reads raw octets: the whole line of `C~:`.
pub(super) fn raw(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Template> {
    let mut builder = Builder::default();
    let mut tagged = false;
    while let Some(octet) = cursor.peek() {
        let start = cursor.at;
        match octet {
            b'\\' => builder.octets.push(octets::escape(cursor)?),
            b'$' if is_tag(cursor) => {
                cursor.eat("$tag");
                if tagged {
                    return Err(Trouble::new(
                        cursor.since(start),
                        "a second `$tag` in one line",
                        "one line, one exchange",
                    )
                    .hint("write two `C~:` lines: they leave in one write"));
                }
                tagged = true;
                builder.push(Piece::Tag);
                if scope.protocol == Protocol::Pop3 {
                    // POP3 has no tags: it only says that a reply will come.
                    cursor.eat(" ");
                }
            }
            b'$' if value_begins(cursor) => {
                let expression = value(cursor, scope)?;
                builder.push(Piece::Value(expression));
            }
            b'{' if reference::begins_octets(cursor) => {
                let braced = reference::braced(cursor, scope.fixtures)?;
                let place = cursor.since(start);
                if braced.plus {
                    return Err(Trouble::new(place, "`C~:` adds nothing, also no literal", "a literal")
                        .hint("write `{$(octets({plain}))+}\\r\\n{plain}`"));
                }
                builder.push(Piece::Value(Expression { place, term: Term::Fixture(braced.octets) }));
            }
            _ => builder.take(cursor),
        }
    }
    builder.finish(cursor, "there is nothing to send")
}

/// The command that a template holds: in upper case, `UID` in front where it stands.
pub(super) fn command_name(template: &Template, protocol: Protocol, raw: bool) -> String {
    let mut pieces = template.pieces.as_slice();
    if raw {
        match pieces {
            [Piece::Tag, rest @ ..] => pieces = rest,
            // Octets that open no exchange.
            _ => return String::new(),
        }
    }
    let Some(Piece::Octets(octets)) = pieces.first() else { return String::new() };
    // A word that a value continues is not known here.
    let text = String::from_utf8_lossy(octets);
    let whole = pieces.len() == 1 || text.ends_with(' ');
    let mut words: Vec<String> = text.split_ascii_whitespace().map(str::to_ascii_uppercase).collect();
    if !whole {
        words.pop();
    }
    match words.as_slice() {
        [uid, command, ..] if uid == "UID" && protocol == Protocol::Imap => format!("UID {command}"),
        [command, ..] => command.clone(),
        [] => String::new(),
    }
}

#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    octets: Vec<u8>,
}

impl Builder {
    /// Takes the next character as it is.
    fn take(&mut self, cursor: &mut Cursor<'_>) {
        if let Some(character) = cursor.take_char() {
            self.octets.extend_from_slice(character.as_bytes());
        }
    }

    fn push(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn flush(&mut self) {
        if !self.octets.is_empty() {
            self.pieces.push(Piece::Octets(std::mem::take(&mut self.octets)));
        }
    }

    fn finish(mut self, cursor: &Cursor<'_>, missing: &str) -> Parsed<Template> {
        self.flush();
        if self.pieces.is_empty() {
            return Err(Trouble::new(cursor.end(), missing, "here"));
        }
        Ok(Template { pieces: self.pieces })
    }
}

/// `$x` or `$(`; a keyword such as `$Work` is plain text.
fn value_begins(cursor: &Cursor<'_>) -> bool {
    cursor.peek_at(1) == Some(b'(') || begins_name(cursor.peek_at(1))
}

/// `#2`, `@2` where a number may stand: not in `user@2.example`.
fn message_begins(cursor: &Cursor<'_>) -> bool {
    cursor.peek_at(1).is_some_and(|next| next.is_ascii_digit())
        && cursor.before().is_none_or(|before| matches!(before, b' ' | b'(' | b',' | b':'))
}

fn is_tag(cursor: &Cursor<'_>) -> bool {
    cursor.rest().strip_prefix("$tag").is_some_and(|rest| !rest.starts_with(in_capture))
}

fn value(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Expression> {
    let start = cursor.at;
    if cursor.peek_at(1) != Some(b'(') {
        let (term, _) = expression::capture(cursor, scope)?;
        return Ok(Expression { place: cursor.since(start), term });
    }
    let (expression, kind) = expression::embedded(cursor, scope)?;
    match kind {
        Type::Flags | Type::Numbers => {
            Err(Trouble::new(expression.place, "only octets and numbers are sent", "a list")
                .hint("write the flags or numbers out"))
        }
        _ => Ok(expression),
    }
}
