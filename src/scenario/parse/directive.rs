//! `--` lines: directives, and the heads of blocks.

use std::{sync::Arc, time::Duration};

use super::{
    mistake::{Parsed, Trouble},
    pacing,
    scope::Scope,
    text::{Cursor, is_capture, is_name},
};
use crate::scenario::{
    program::{Condition, Directive, GivenState, Lease, Pace, Place, Protocol, Question, Slot},
    workload::{Items, Rounds},
};

/// A `--` line.
#[derive(Debug)]
pub(super) enum Command {
    Direct(Directive),
    If(Condition),
    Else,
    Either { name: String },
    Or { name: String, nonstrict: bool },
    Repeat(Duration),
    Loop(Rounds),
    ForEach { slot: Slot, items: Items },
    Choose(u32),
    OrWeight(u32),
    End,
}

/// What a directive may depend on beside the scope.
pub(super) struct Facts<'a> {
    pub(super) lease: Lease,
    /// The row that is compiled, and all rows.
    pub(super) row: Option<&'a str>,
    pub(super) rows: &'a [&'a str],
}

pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) place: Place,
}

const WORDS: [&str; 16] = [
    "tls",
    "drop",
    "reconnect",
    "closed",
    "wait",
    "pace",
    "pause",
    "deliver",
    "restart",
    "kill",
    "if",
    "else",
    "either",
    "or",
    "repeat",
    "end",
];

/// Reads the whole line; `place` is that of the line, for claims.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    facts: &Facts<'_>,
    place: Place,
) -> Parsed<Command> {
    let mut words = Vec::new();
    loop {
        cursor.skip_spaces();
        let start = cursor.at;
        let text = cursor.take_while(|character| character != ' ');
        // A comment may stand behind.
        if text.is_empty() || text == "#" {
            break;
        }
        words.push(Word { text, place: cursor.since(start) });
    }
    let known: &[&str] = if scope.workload { &pacing::WORDS } else { &WORDS };
    let Some((head, arguments)) = words.split_first() else {
        let trouble = Trouble::new(place, "a directive is missing", "behind `--`");
        return Err(trouble.suggest("", known.iter().copied()));
    };
    let mut arguments = Arguments { words: arguments, head };
    if let Some(why) = pacing::out_of_place(head.text, scope.workload) {
        let message = format!(
            "`-- {}` has no place in a {}",
            head.text,
            if scope.workload { "workload" } else { "scenario" }
        );
        return Err(Trouble::new(head.place, message, why));
    }
    let command = match head.text {
        "think" => Command::Direct(Directive::Think(pacing::spread(&mut arguments)?)),
        "choose" => Command::Choose(pacing::weight(&mut arguments)?),
        "or" if arguments
            .words
            .first()
            .is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit())) =>
        {
            Command::OrWeight(pacing::weight(&mut arguments)?)
        }
        "for" => pacing::for_each(&mut arguments, scope)?,
        "repeat" if scope.workload => Command::Loop(pacing::rounds(&mut arguments)?),
        "tls" => Command::Direct(Directive::Tls),
        "drop" => Command::Direct(Directive::Drop),
        "reconnect" => Command::Direct(Directive::Reconnect(arguments.state(scope)?)),
        "closed" => {
            let clause: Arc<str> = scope.claim(place);
            Command::Direct(Directive::Closed(clause))
        }
        "wait" => Command::Direct(Directive::Wait(arguments.duration()?)),
        "pace" => Command::Direct(Directive::Pace(arguments.pace()?)),
        "pause" => {
            arguments.literal("reading", "pause reading 5s")?;
            Command::Direct(Directive::PauseReading(arguments.duration()?))
        }
        "deliver" => {
            let fixture = arguments.next("the name of a fixture")?;
            if scope.fixtures.get(fixture.text).is_none() {
                let trouble = Trouble::new(
                    fixture.place,
                    format!("there is no fixture `{}`", fixture.text),
                    "unknown fixture",
                );
                return Err(trouble.suggest(fixture.text, scope.fixtures.names()));
            }
            needs_lease(facts, Lease::Account, head, "a delivery goes to INBOX")?;
            Command::Direct(Directive::Deliver(fixture.text.to_owned()))
        }
        "restart" | "kill" => {
            needs_lease(facts, Lease::Target, head, "this concerns every session of the server")?;
            Command::Direct(if head.text == "kill" { Directive::Kill } else { Directive::Restart })
        }
        "if" => Command::If(arguments.condition(scope, facts)?),
        "else" => Command::Else,
        "either" => Command::Either { name: arguments.name()? },
        "or" => {
            let name = arguments.name()?;
            let nonstrict = !arguments.words.is_empty();
            if nonstrict {
                arguments.literal("nonstrict", "or NAME nonstrict")?;
            }
            Command::Or { name, nonstrict }
        }
        "repeat" => Command::Repeat(arguments.duration()?),
        "end" => Command::End,
        unknown => {
            let trouble =
                Trouble::new(head.place, format!("there is no directive `{unknown}`"), "unknown directive");
            return Err(trouble.suggest(unknown, known.iter().copied()));
        }
    };
    match arguments.words {
        [] => Ok(command),
        [extra, ..] => Err(Trouble::new(
            extra.place,
            format!("`-- {}` takes no more than this", head.text),
            "unexpected",
        )),
    }
}

fn needs_lease(facts: &Facts<'_>, needed: Lease, head: &Word<'_>, why: &str) -> Parsed<()> {
    if facts.lease >= needed {
        return Ok(());
    }
    let lease = if needed == Lease::Target { "target" } else { "account" };
    let trouble = Trouble::new(head.place, format!("`-- {}` needs `lease: {lease}`", head.text), why);
    Err(trouble.hint(format!("add `lease: {lease}` to the scenario")))
}

pub(super) struct Arguments<'w, 't> {
    words: &'w [Word<'t>],
    pub(super) head: &'w Word<'t>,
}

impl<'w, 't> Arguments<'w, 't> {
    pub(super) fn next(&mut self, what: &str) -> Parsed<&'w Word<'t>> {
        let Some((first, rest)) = self.words.split_first() else {
            let message = format!("`-- {}` needs {what}", self.head.text);
            return Err(Trouble::new(self.head.place, message, "behind this"));
        };
        self.words = rest;
        Ok(first)
    }

    pub(super) fn literal(&mut self, wanted: &str, form: &str) -> Parsed<()> {
        let word = self.next(&format!("`{wanted}`"))?;
        if word.text == wanted {
            return Ok(());
        }
        Err(Trouble::new(word.place, format!("`{wanted}` is wanted here"), "something else")
            .hint(format!("as in `-- {form}`")))
    }

    fn name(&mut self) -> Parsed<String> {
        let word = self.next("the name of the branch")?;
        if is_name(word.text) {
            return Ok(word.text.to_owned());
        }
        Err(Trouble::new(word.place, "the name of a branch is a lower-case word", "not a name"))
    }

    fn duration(&mut self) -> Parsed<Duration> {
        let word = self.next("a duration")?;
        duration(word.text, word.place)
    }

    fn pace(&mut self) -> Parsed<Option<Pace>> {
        let word = self.next("a number of octets, or `off`")?;
        if word.text == "off" {
            return Ok(None);
        }
        let octets = word.text.parse().ok().filter(|octets| *octets > 0);
        let Some(octets) = octets else {
            return Err(Trouble::new(
                word.place,
                "a number of octets is wanted here, or `off`",
                "not a number",
            )
            .hint("as in `-- pace 1 every 5ms`"));
        };
        self.literal("every", "pace 1 every 5ms")?;
        Ok(Some(Pace { octets, every: self.duration()? }))
    }

    fn state(&mut self, scope: &Scope<'_>) -> Parsed<Option<GivenState>> {
        if self.words.is_empty() {
            return Ok(None);
        }
        let word = self.next("a state")?;
        state(word.text, word.place, scope.protocol).map(Some)
    }

    fn condition(&mut self, scope: &mut Scope<'_>, facts: &Facts<'_>) -> Parsed<Condition> {
        const FORM: &str = "a capability, a capture `$x`, a row, `open` or `tls`";
        let mut word = self.next(FORM)?;
        let negated = word.text == "not";
        if negated {
            word = self.next(FORM)?;
        }
        let question = match word.text {
            "open" => Question::Open,
            "tls" => Question::Tls,
            text if text.strip_prefix('$').is_some_and(is_capture) => {
                let name = text.trim_start_matches('$');
                if !scope.may_be_set(name) {
                    scope.read(name, word.place)?;
                }
                let slot = scope.slot(name);
                Question::Captured(slot)
            }
            text if facts.rows.contains(&text) => Question::Row(facts.row == Some(text)),
            text if is_name(text) => {
                let trouble = Trouble::new(word.place, format!("there is no row `{text}`"), "unknown row");
                let capability = format!("did you mean the capability `{}`?", text.to_ascii_uppercase());
                let rows = facts.rows.iter().copied().chain(["open", "tls"]);
                return Err(trouble.hint(capability).near(text, rows));
            }
            text => {
                let mut capability = text.to_ascii_uppercase();
                // `SASL CRAM-MD5` of POP3 is two words.
                while let [next, rest @ ..] = self.words {
                    capability = format!("{capability} {}", next.text.to_ascii_uppercase());
                    self.words = rest;
                }
                Question::Capability(capability)
            }
        };
        Ok(Condition { negated, question })
    }
}

/// `50ms`, `2s`, `30m`
pub(super) fn duration(text: &str, place: Place) -> Parsed<Duration> {
    const LONGEST: Duration = Duration::from_secs(3600);
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let number = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|octet| octet.is_ascii_digit()));
    let duration = match (number, &text[digits.len()..]) {
        (Some(number), "ms") => Some(Duration::from_millis(number)),
        (Some(number), "s") => Some(Duration::from_secs(number)),
        (Some(number), "m") => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    };
    match duration {
        Some(duration) if duration <= LONGEST => Ok(duration),
        Some(_) => Err(Trouble::new(place, "this is longer than an hour", "too long")),
        None => {
            Err(Trouble::new(place, "this is not a duration", "not a duration")
                .hint("as in `50ms`, `2s`, `30m`"))
        }
    }
}

/// A state of a session, as its protocol has it.
pub(super) fn state(word: &str, place: Place, protocol: Protocol) -> Parsed<GivenState> {
    let known: &[(&str, GivenState)] = match protocol {
        Protocol::Imap => &[
            ("connected", GivenState::Connected),
            ("authenticated", GivenState::Authenticated),
            ("selected", GivenState::Selected),
            ("examined", GivenState::Examined),
        ],
        Protocol::Pop3 => &[("connected", GivenState::Connected), ("transaction", GivenState::Authenticated)],
    };
    known.iter().find(|(name, _)| *name == word).map(|(_, state)| *state).ok_or_else(|| {
        let protocol = if protocol == Protocol::Imap { "IMAP" } else { "POP3" };
        Trouble::new(place, format!("{protocol} has no state `{word}`"), "unknown state")
            .suggest(word, known.iter().map(|(name, _)| *name))
    })
}
