//! Functions of expressions: their names, arguments and results.

use super::{
    expression::{Type, Typed, check, or},
    mistake::{Parsed, Trouble},
    scope::Scope,
    text::{Cursor, in_capture},
};
use crate::oracle::Key;
use crate::scenario::{
    expression::{Expression, Function, Term},
    program::{Place, Protocol},
};

struct Signature {
    name: &'static str,
    function: Function,
    /// `None`: one or more of octets.
    arguments: Option<&'static [Type]>,
    result: Type,
    imap_only: bool,
}

const fn signature(
    name: &'static str,
    function: Function,
    arguments: &'static [Type],
    result: Type,
    imap_only: bool,
) -> Signature {
    Signature { name, function, arguments: Some(arguments), result, imap_only }
}

const OCTETS: &[Type] = &[Type::Octets];
const SCRAM: &[Type] = &[Type::Octets, Type::Octets, Type::Octets];
const NUMBERS: &[Type] = &[Type::Number, Type::Number];
const MESSAGE: &[Type] = &[Type::Message];

/// All functions; those without arguments are written without parentheses.
const FUNCTIONS: [Signature; 30] = [
    signature("octets", Function::OctetCount, OCTETS, Type::Number, false),
    Signature {
        name: "concat",
        function: Function::Concat,
        arguments: None,
        result: Type::Octets,
        imap_only: false,
    },
    signature("upper", Function::Upper, OCTETS, Type::Octets, false),
    signature("lower", Function::Lower, OCTETS, Type::Octets, false),
    signature("repeat", Function::Repeat, &[Type::Octets, Type::Number], Type::Octets, false),
    signature("base64", Function::Base64, OCTETS, Type::Octets, false),
    signature("unbase64", Function::Unbase64, OCTETS, Type::Octets, false),
    signature("md5", Function::Md5, OCTETS, Type::Octets, false),
    signature("hmac_md5", Function::HmacMd5, &[Type::Octets, Type::Octets], Type::Octets, false),
    signature("scram_final", Function::ScramFinal, SCRAM, Type::Octets, false),
    signature("scram_server_final", Function::ScramServerFinal, SCRAM, Type::Octets, false),
    signature("hits", Function::Hits, OCTETS, Type::Numbers, true),
    signature("uidhits", Function::UidHits, OCTETS, Type::Numbers, true),
    signature("exists", Function::Exists, &[], Type::Number, true),
    signature("recent", Function::Recent, &[], Type::Number, true),
    signature("uidvalidity", Function::UidValidity, &[], Type::Number, true),
    signature("uidnext", Function::UidNext, &[], Type::Number, true),
    signature("read_only", Function::ReadOnly, &[], Type::Truth, true),
    signature("open", Function::Open, &[], Type::Truth, false),
    signature("state", Function::State, &[], Type::Octets, false),
    signature("gone", Function::Gone, MESSAGE, Type::Truth, true),
    signature("known", Function::Known, MESSAGE, Type::Truth, true),
    signature("flags", Function::Flags, MESSAGE, Type::Flags, true),
    signature("uid", Function::Uid, MESSAGE, Type::Number, true),
    signature("capability", Function::Capability, OCTETS, Type::Truth, false),
    signature("quoted", Function::Quoted, OCTETS, Type::Octets, false),
    signature("words", Function::Words, OCTETS, Type::Octets, false),
    signature("instant", Function::Instant, OCTETS, Type::Number, true),
    signature("now", Function::Now, &[], Type::Number, false),
    signature("random", Function::Random, NUMBERS, Type::Number, false),
];

/// `f(a, b)`, `exists`
pub(super) fn call(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    let start = cursor.at;
    let name = cursor.take_while(in_capture);
    let name_place = cursor.since(start);
    let Some(signature) = FUNCTIONS.iter().find(|known| known.name == name) else {
        let trouble = Trouble::new(name_place, format!("there is no function `{name}`"), "unknown function");
        return Err(trouble.suggest(name, FUNCTIONS.iter().map(|known| known.name)));
    };
    if signature.imap_only && scope.protocol == Protocol::Pop3 {
        return Err(Trouble::new(name_place, format!("POP3 has no `{name}`"), "IMAP only"));
    }
    if signature.function == Function::Random && !scope.workload {
        let trouble = Trouble::new(name_place, "only a workload has `random`", "for load");
        return Err(trouble.hint("what a scenario checks is the same in each run"));
    }
    let mut arguments: Vec<Typed> = Vec::new();
    if cursor.eat("(") {
        loop {
            cursor.skip_spaces();
            if arguments.is_empty() && cursor.eat(")") {
                break;
            }
            arguments.push(or(cursor, scope, depth + 1)?);
            cursor.skip_spaces();
            if cursor.eat(")") {
                break;
            }
            if !cursor.eat(",") {
                return Err(if cursor.is_end() {
                    Trouble::new(cursor.since(start), "this parenthesis is never closed", "opened here")
                } else {
                    Trouble::new(cursor.ahead(), "a comma or a parenthesis is missing", "before this")
                });
            }
        }
    }
    check_arguments(signature, &arguments, cursor.since(start))?;
    let arguments: Vec<Expression> = arguments.into_iter().map(|(argument, _)| argument).collect();
    if let (Function::Hits | Function::UidHits, [keys]) = (signature.function, arguments.as_slice()) {
        check_keys(keys, scope)?;
    }
    let place = cursor.since(start);
    Ok((Expression { place, term: Term::Call(signature.function, arguments) }, signature.result))
}

/// Keys that are known before anything connects must be some that the oracle can answer.
fn check_keys(argument: &Expression, scope: &Scope<'_>) -> Parsed<()> {
    let (keys, hint) = match &argument.term {
        Term::Octets(keys) => (keys, None),
        // A column that a row lacks is told elsewhere, and stands empty here.
        Term::Capture(slot) => {
            match scope.presets.iter().find(|(preset, keys)| preset == slot && !keys.is_empty()) {
                Some((_, keys)) => {
                    let (row, column) = (scope.row.unwrap_or_default(), &scope.captures[usize::from(slot.0)]);
                    let value = String::from_utf8_lossy(keys);
                    (keys, Some(format!("in row `{row}`, `${column}` is `{value}`")))
                }
                None => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    Key::parse(keys).map(drop).map_err(|error| {
        let trouble = Trouble::new(argument.place, error.to_string(), "these can't be searched for");
        match hint {
            Some(hint) => trouble.hint(hint),
            None => trouble,
        }
    })
}

fn check_arguments(signature: &Signature, arguments: &[Typed], place: Place) -> Parsed<()> {
    let name = signature.name;
    let count = |wanted: String| {
        let message = format!("`{name}` takes {wanted}");
        Err(Trouble::new(place, message, format!("{} given", arguments.len())))
    };
    let Some(wanted) = signature.arguments else {
        if arguments.is_empty() {
            return count("one argument or more".to_owned());
        }
        // Numbers are put in decimal.
        let unfit = arguments
            .iter()
            .find(|argument| !argument.1.fits(Type::Octets) && !argument.1.fits(Type::Number));
        return unfit.map_or(Ok(()), |argument| check(argument, Type::Octets, "`concat` takes octets"));
    };
    if wanted.len() != arguments.len() {
        return count(match wanted.len() {
            0 => "no argument".to_owned(),
            1 => "one argument".to_owned(),
            more => format!("{more} arguments"),
        });
    }
    for (argument, wanted) in arguments.iter().zip(wanted) {
        check(argument, *wanted, &format!("`{name}` takes {}", wanted.describe()))?;
    }
    Ok(())
}
