use super::{stage::Stage, *};
use crate::scenario::{
    expression::Name,
    program::{Place, Slot},
    template::{Piece, Template},
};

fn e(term: Term) -> Expression {
    Expression { place: Place::default(), term }
}

fn text(text: &str) -> Expression {
    e(Term::Octets(text.into()))
}

fn number(value: u64) -> Expression {
    e(Term::Number(value))
}

fn capture(slot: u16) -> Expression {
    e(Term::Capture(Slot(slot)))
}

fn call(function: Function, arguments: Vec<Expression>) -> Expression {
    e(Term::Call(function, arguments))
}

fn binary(operator: Operator, left: Expression, right: Expression) -> Expression {
    e(Term::Binary(operator, Box::new(left), Box::new(right)))
}

fn not(inner: Expression) -> Expression {
    e(Term::Not(Box::new(inner)))
}

fn flags(flags: &[&str]) -> Expression {
    e(Term::Flags(flags.iter().map(ToString::to_string).collect()))
}

fn given(number: u32) -> Expression {
    e(Term::MessageNumber(number))
}

/// `$old` is 12, `$word` is abc, `$unset` is not set.
fn captures() -> Captures {
    let mut captures = Captures::named(vec!["old".into(), "word".into(), "unset".into()]);
    captures.set(Slot(0), b"12".to_vec());
    captures.set(Slot(1), b"abc".to_vec());
    captures
}

fn stage() -> Stage {
    Stage { exists: Some(2), flags: Some(vec!["\\Seen".into(), "$Work".into()]), gone: None }
}

const SCRAM_FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

#[test]
fn values() {
    use Function as F;
    let octets = |text: &str| Value::Octets(text.into());
    let table = [
        (number(12), Value::Number(12)),
        (capture(0), octets("12")),
        (given(2), Value::Number(2)),
        (e(Term::Uid(2)), Value::Number(12)),
        (e(Term::Name(Name::User)), octets("ann")),
        (call(F::OctetCount, vec![text("abc")]), Value::Number(3)),
        (call(F::Concat, vec![text("a"), number(1), capture(1)]), octets("a1abc")),
        (call(F::Upper, vec![text("aé")]), octets("Aé")),
        (call(F::Lower, vec![text("ABC")]), octets("abc")),
        (call(F::Repeat, vec![text("ab"), number(3)]), octets("ababab")),
        (call(F::Base64, vec![text("a b")]), octets("YSBi")),
        (call(F::Quoted, vec![text("a\"b\\c")]), octets("\"a\\\"b\\\\c\"")),
        (call(F::Words, vec![text(" b AA  B a")]), octets("A AA B")),
        (call(F::Instant, vec![text(" 7-Feb-1994 21:52:25 -0800")]), Value::Number(760_686_745)),
        (call(F::Now, vec![]), Value::Number(800_000_000)),
        (call(F::Unbase64, vec![text("YSBi")]), octets("a b")),
        (call(F::Unbase64, vec![text("YSBi\r\nYSBi\r\n")]), octets("a ba b")),
        // RFC 1939 section 7.
        (
            call(F::Md5, vec![text("<1896.697170952@dbc.mtview.ca.us>tanstaaf")]),
            octets("c4c9334bac560ecc979e58001b3e22fb"),
        ),
        // RFC 2195 section 2.
        (
            call(
                F::HmacMd5,
                vec![text("tanstaaftanstaaf"), text("<1896.697170952@postoffice.reston.mci.net>")],
            ),
            octets("b913a602c7eda7a495b4e6e7334d3890"),
        ),
        // RFC 7677 section 3.
        (
            call(
                F::ScramFinal,
                vec![text("pencil"), text("n=user,r=rOprNGfwEbeRWgbNEkqO"), text(SCRAM_FIRST)],
            ),
            octets(
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            ),
        ),
        (
            call(
                F::ScramServerFinal,
                vec![text("pencil"), text("n=user,r=rOprNGfwEbeRWgbNEkqO"), text(SCRAM_FIRST)],
            ),
            octets("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
        ),
        (call(F::Hits, vec![text("ALL")]), Value::Numbers(vec![1, 2])),
        (call(F::UidHits, vec![text("ALL")]), Value::Numbers(vec![11, 12])),
        (call(F::Exists, vec![]), Value::Number(2)),
        (call(F::State, vec![]), octets("selected")),
        (call(F::Uid, vec![given(1)]), Value::Number(11)),
        (binary(Operator::Plus, call(F::Exists, vec![]), number(1)), Value::Number(3)),
        (binary(Operator::Minus, capture(0), number(2)), Value::Number(10)),
    ];
    for (expression, expected) in table {
        assert_eq!(evaluate(&expression, &stage(), &captures()), Ok(expected), "{expression:?}");
    }
}

#[test]
fn truths() {
    use Function as F;
    use Operator as O;
    let seen = || call(F::Flags, vec![given(1)]);
    let unset = || binary(O::Equal, capture(2), number(1));
    let table = [
        (binary(O::Equal, capture(0), number(12)), true),
        (binary(O::Equal, capture(1), number(12)), false),
        (binary(O::NotEqual, capture(0), capture(1)), true),
        (binary(O::Equal, call(F::State, vec![]), text("selected")), true),
        (binary(O::Less, number(1), capture(0)), true),
        (binary(O::LessOrEqual, number(13), capture(0)), false),
        (binary(O::Greater, number(13), capture(0)), true),
        (binary(O::GreaterOrEqual, number(11), capture(0)), false),
        (binary(O::Equal, seen(), flags(&["$work", "\\SEEN"])), true),
        (binary(O::Equal, seen(), flags(&["\\Seen"])), false),
        (binary(O::Has, seen(), flags(&["\\seen"])), true),
        (binary(O::Has, seen(), flags(&["\\Seen", "\\Draft"])), false),
        (binary(O::Lacks, seen(), flags(&["\\Draft"])), true),
        (binary(O::Lacks, seen(), flags(&["\\Draft", "\\Seen"])), false),
        (not(call(F::ReadOnly, vec![])), true),
        (call(F::Known, vec![given(2)]), false),
        (call(F::Capability, vec![text("idle")]), true),
        (call(F::Open, vec![]), true),
        // One side decides, even where the other is unknown.
        (binary(O::Or, unset(), call(F::Open, vec![])), true),
        (binary(O::And, unset(), not(call(F::Open, vec![]))), false),
        (binary(O::And, call(F::Open, vec![]), call(F::Known, vec![given(1)])), true),
        (binary(O::Or, call(F::ReadOnly, vec![]), call(F::Known, vec![given(2)])), false),
    ];
    for (expression, expected) in table {
        assert_eq!(holds(&expression, &stage(), &captures()), Ok(expected), "{expression:?}");
    }
}

#[test]
fn what_is_not_known_says_so() {
    use Function as F;
    use Operator as O;
    let table = [
        (capture(2), "$unset was never captured"),
        (given(9), "#9 has no message sequence number in this session now"),
        (e(Term::Uid(9)), "the UID of given message 9 is not known"),
        (e(Term::Name(Name::Separator)), "$sep is not known"),
        (call(F::Recent, vec![]), "the session was never told recent"),
        (call(F::Gone, vec![given(2)]), "the session was never told gone(#2)"),
        (call(F::Gone, vec![number(2)]), "gone(2) needs a given message, as #1"),
        (
            binary(O::Or, call(F::Gone, vec![given(2)]), call(F::ReadOnly, vec![])),
            "the session was never told gone(#2)",
        ),
        (binary(O::Minus, number(1), number(2)), "1 - 2 is below zero"),
        (binary(O::Plus, number(u64::MAX), number(2)), "18446744073709551615 + 2 is too large"),
        (binary(O::Less, capture(1), number(2)), "$word is no number: \"abc\""),
        (binary(O::Less, e(Term::Name(Name::Password)), number(2)), "$password is no number"),
        (not(number(1)), "1 is no truth"),
        (call(F::Hits, vec![text("FOO")]), "no such key"),
        (
            call(F::Repeat, vec![text("ab"), number(u64::MAX)]),
            "a value of 18446744073709551615 octets is larger than the 67108864 allowed",
        ),
        (call(F::Unbase64, vec![text("*")]), "not base64: Invalid symbol 42, offset 0."),
        (call(F::Upper, vec![]), "upper lacks an argument"),
        (call(F::Instant, vec![text("yesterday")]), "not a date-time, or one before 1970"),
    ];
    for (expression, expected) in table {
        let error = evaluate(&expression, &stage(), &captures()).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn failed_assertions_are_explained() {
    use Function as F;
    use Operator as O;
    let table = [
        (
            binary(
                O::Or,
                binary(O::NotEqual, capture(0), number(12)),
                binary(O::Greater, capture(2), capture(0)),
            ),
            "$old != 12 or $unset > $old: $old = 12, $unset was never captured",
        ),
        (
            binary(
                O::And,
                call(F::Gone, vec![given(2)]),
                binary(O::Equal, call(F::Exists, vec![]), number(3)),
            ),
            "gone(#2) and exists == 3: the session was never told gone(#2), exists = 2",
        ),
        (
            not(binary(
                O::Or,
                call(F::Open, vec![]),
                binary(O::Has, call(F::Flags, vec![given(1)]), flags(&["\\Seen"])),
            )),
            "not (open or flags(#1) has (\\Seen)): open = true, flags(#1) = (\\Seen $Work)",
        ),
        (
            binary(O::Equal, call(F::Base64, vec![e(Term::Name(Name::Password))]), capture(1)),
            "base64($password) == $word: base64($password) = ***, $password = ***, $word = \"abc\"",
        ),
        (
            binary(O::Equal, binary(O::Minus, capture(0), binary(O::Plus, number(1), number(2))), number(3)),
            "$old - (1 + 2) == 3: $old - (1 + 2) = 9, $old = 12, 1 + 2 = 3",
        ),
    ];
    for (expression, expected) in table {
        assert_eq!(explain(&expression, &stage(), &captures()), expected);
    }
}

#[test]
fn templates() {
    let octets = |text: &str| Segment::Octets(text.into());
    let literal = |value: &str, synchronizing| Piece::Literal { value: text(value), synchronizing };
    let table = [
        (vec![Piece::Octets(b"FETCH ".to_vec()), Piece::Value(given(2))], vec![octets("FETCH 2")]),
        (vec![Piece::Value(call(Function::Hits, vec![text("ALL")]))], vec![octets("1,2")]),
        (
            vec![Piece::Octets(b"A ".to_vec()), literal("xyz", true), Piece::Octets(b" B".to_vec())],
            vec![octets("A "), Segment::SynchronizingLiteral(b"xyz".to_vec()), octets(" B")],
        ),
        (vec![literal("xyz", false), Piece::Octets(b" B".to_vec())], vec![octets("{3+}\r\nxyz B")]),
        (vec![Piece::Tag, Piece::Octets(b" NOOP".to_vec())], vec![Segment::Tag, octets(" NOOP")]),
        (vec![Piece::Astring(text("a]b+&-/"))], vec![octets("a]b+&-/")]),
        (vec![Piece::Astring(number(7))], vec![octets("7")]),
        (vec![Piece::Astring(text(""))], vec![octets("\"\"")]),
        (vec![Piece::Astring(text("nil"))], vec![octets("\"nil\"")]),
        (vec![Piece::Astring(text("a b"))], vec![octets("\"a b\"")]),
        (vec![Piece::Astring(text("a\"\\%*"))], vec![octets("\"a\\\"\\\\%*\"")]),
        (vec![Piece::Astring(text("é"))], vec![Segment::SynchronizingLiteral("é".into())]),
        (vec![Piece::Astring(text("a\nb"))], vec![Segment::SynchronizingLiteral(b"a\nb".to_vec())]),
        (vec![Piece::QuotedValue(text("a\"b\\"))], vec![octets("a\\\"b\\\\")]),
        (vec![], vec![]),
    ];
    for (pieces, expected) in table {
        let template = Template { pieces };
        assert_eq!(render(&template, &stage(), &captures()), Ok(expected), "{template:?}");
    }
    for bad in [capture(2), call(Function::Open, vec![])] {
        let template = Template { pieces: vec![Piece::Value(bad)] };
        assert!(render(&template, &stage(), &captures()).is_err());
    }
}
