//! The directives that only workloads have: `repeat` a number of times, `for each`, `choose`, `think`.

use super::{
    directive::{Arguments, Command, Word, duration},
    mistake::{Parsed, Trouble},
    scope::Scope,
    text::is_capture,
};
use crate::scenario::{
    expression::{Expression, Function, Term},
    program::{Place, Protocol},
    workload::{Items, Rounds, Spread},
};

/// The directives of a workload.
pub(super) const WORDS: [&str; 10] =
    ["tls", "drop", "think", "if", "else", "choose", "or", "repeat", "for", "end"];

/// Why a directive does not belong to this kind of file.
pub(super) fn out_of_place(word: &str, workload: bool) -> Option<&'static str> {
    match word {
        "think" | "choose" | "for" if !workload => Some("for load"),
        "wait" if workload => Some("write `-- think`"),
        "restart" | "kill" | "deliver" | "reconnect" | "pace" | "pause" | "either" | "closed" if workload => {
            Some("for check")
        }
        _ => None,
    }
}

/// `5s`, `1s..5s`, `~5s`
pub(super) fn spread(arguments: &mut Arguments<'_, '_>) -> Parsed<Spread> {
    let word = arguments.next("how long: `5s`, `1s..5s` or `~5s`")?;
    if let Some(mean) = word.text.strip_prefix('~') {
        return Ok(Spread::Exponential(duration(mean, word.place)?));
    }
    let (low, high) = word.text.split_once("..").unwrap_or((word.text, word.text));
    let (low, high) = (duration(low, word.place)?, duration(high, word.place)?);
    if low > high {
        return Err(backwards(word.place));
    }
    Ok(Spread::Uniform(low, high))
}

/// `70`, a share in relation to the other branches.
pub(super) fn weight(arguments: &mut Arguments<'_, '_>) -> Parsed<u32> {
    let word = arguments.next("a weight")?;
    match word.text.trim_end_matches('%').parse() {
        Ok(weight @ 1..=1_000_000) => Ok(weight),
        _ => Err(Trouble::new(word.place, "a weight is a number from 1", "not a weight")
            .hint("as in `-- choose 70` and `-- or 30`: the branch is taken 70 times in 100")),
    }
}

/// `10`, `5..20`, `always`
pub(super) fn rounds(arguments: &mut Arguments<'_, '_>) -> Parsed<Rounds> {
    let word = arguments.next("how often: `10`, `5..20` or `always`")?;
    if word.text == "always" {
        return Ok(Rounds::Always);
    }
    let (low, high) = word.text.split_once("..").unwrap_or((word.text, word.text));
    match (low.parse(), high.parse()) {
        (Ok(low), Ok(high)) if low <= high => Ok(Rounds::Between(low, high)),
        (Ok::<u32, _>(_), Ok::<u32, _>(_)) => Err(backwards(word.place)),
        _ => Err(Trouble::new(word.place, "this is not a number of rounds", "not a number")
            .hint("as in `-- repeat 10`, `-- repeat 5..20`, `-- repeat always`")),
    }
}

fn backwards(place: Place) -> Trouble {
    Trouble::new(place, "the range ends before it begins", "backwards")
}

/// `each $n in 1..$count`, `each $uid in $uids`
pub(super) fn for_each(arguments: &mut Arguments<'_, '_>, scope: &mut Scope<'_>) -> Parsed<Command> {
    const FORM: &str = "for each $n in 1..$count";
    arguments.literal("each", FORM)?;
    let name = arguments.next("a name such as `$n`")?;
    let bare = name.text.strip_prefix('$').filter(|bare| is_capture(bare));
    let Some(bare) = bare.filter(|bare| !scope.names.contains_key(*bare)) else {
        return Err(Trouble::new(name.place, "a new name is wanted here", "not a free name")
            .hint(format!("as in `-- {FORM}`")));
    };
    if scope.may_be_set(bare) {
        return Err(Trouble::new(name.place, format!("`${bare}` is set already"), "not a free name"));
    }
    arguments.literal("in", FORM)?;
    let word = arguments.next("a range or a list")?;
    let items = match word.text.split_once("..") {
        Some((from, to)) => Items::Range(end(from, word, scope)?, end(to, word, scope)?),
        None if word.text.starts_with('$') => Items::Words(end(word.text, word, scope)?),
        None => {
            return Err(Trouble::new(word.place, "neither a range nor a list", "not a list")
                .hint("as in `1..5`, `1..$count`, `1..exists`, or `$uids`, a capture of words"));
        }
    };
    let slot = scope.declare(bare, name.place)?;
    Ok(Command::ForEach { slot, items })
}

/// One end of a range.
fn end(text: &str, word: &Word<'_>, scope: &mut Scope<'_>) -> Parsed<Expression> {
    let place = word.place;
    let term = match text {
        "exists" if scope.protocol == Protocol::Imap => Term::Call(Function::Exists, Vec::new()),
        text => match (text.parse(), text.strip_prefix('$')) {
            (Ok(number), _) => Term::Number(number),
            (_, Some(name)) if is_capture(name) => Term::Capture(scope.read(name, place)?),
            _ => {
                return Err(Trouble::new(place, "a range is between two numbers", "not a range")
                    .hint("as in `1..5`, `1..$count`, `1..exists`"));
            }
        },
    };
    Ok(Expression { place, term })
}
