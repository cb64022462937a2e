//! The parser against anything.

use proptest::prelude::*;

use super::*;

/// A line that looks enough like a command to get past its name.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "SEARCH",
        "FETCH",
        "STORE",
        "APPEND",
        "LIST",
        "UID",
        "LOGIN",
        "STATUS",
        "ID",
        "ENABLE",
        "RETURN",
        "SAVE",
        "MIN",
        "SORT",
        "THREAD",
        "REFERENCES",
        "REVERSE",
        "SUBJECT",
        "UTF-8",
        "BINARY.PEEK[",
        "~",
        "SUBSCRIBED",
        "RECURSIVEMATCH",
        "SIZE",
        "SELECT x (QRESYNC (1 2",
        "(CHANGEDSINCE 1 VANISHED)",
        "(UNCHANGEDSINCE 0)",
        "MODSEQ",
        "\"/flags/x\" all",
        "HIGHESTMODSEQ",
        "$",
        "COPY",
        "1:*",
        "(",
        ")",
        "\"",
        "{3}",
        "{3+}",
        "BODY[",
        "]",
        "<0.1>",
        "HEADER.FIELDS",
        "NOT",
        "OR",
        "FLAGS",
        "\\Seen",
        " ",
        "x",
        "1",
        ",",
        "\\",
        "1-Jan-2000",
        "\"1-Jan-2000 00:00:00 +0000\"",
    ]);
    let piece = prop_oneof![8 => word.prop_map(|word| word.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| [b"a ".to_vec(), pieces.concat()].concat())
}

proptest! {
    #[test]
    fn nothing_makes_the_parser_panic(
        first in line(),
        more in prop::collection::vec((any::<Vec<u8>>(), line()), 0..3),
        state in prop::sample::select(vec![State::NotAuthenticated, State::Authenticated, State::Selected]),
    ) {
        let mut segments = vec![Segment::Line(first)];
        for (literal, line) in more {
            segments.extend([Segment::Literal(literal), Segment::Line(line)]);
        }
        let _ = parse(&segments, state, &Extensions::default());
        let _ = tag(&segments);
    }
}

#[test]
fn a_literal_is_asked_for_only_where_one_may_stand() {
    let extensions = Extensions::default();
    let stop = |line: &str| {
        parse(&[Segment::Line(line.into())], State::Selected, &extensions).map(|_| ()).unwrap_err()
    };
    let literal = |size, synchronizing, append_to: Option<&str>| Stop::Literal {
        size,
        synchronizing,
        append_to: append_to.map(str::to_owned),
    };
    assert_eq!(stop("a SELECT {3}"), literal(3, true, None));
    assert_eq!(stop("a SELECT {3+}"), literal(3, false, None));
    assert_eq!(stop("a APPEND x (\\Seen) {3}"), literal(3, true, Some("x")));
    assert_eq!(stop("a FETCH 1 BODY[HEADER.FIELDS ({7}"), literal(7, true, None));
    for line in
        ["a NOOP {3}", "a FETCH {3}", "a APPEND x (\\Nonsense) {3}", "a SELECT x{3}", "a SELECT \"{3}"]
    {
        assert!(matches!(stop(line), Stop::Syntax(_)), "{line}");
    }
}

#[test]
fn no_password_is_ever_shown() {
    for line in ["a LOGIN alice hunter2", "a LOGIN alice \"hunter2\"", "a AUTHENTICATE PLAIN aHVudGVyMg=="] {
        let segments = [Segment::Line(line.into())];
        let (_, command) = parse(&segments, State::NotAuthenticated, &Extensions::default()).unwrap();
        let shown = format!("{segments:?} {command:?}");
        assert!(shown.contains("***") && !shown.contains("hunter2") && !shown.contains("aHVud"), "{shown}");
    }
}
