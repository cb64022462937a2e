//! Properties of reading: what is written is read, nothing panics, and work is linear.

use proptest::prelude::*;

use super::*;
use crate::imap::command::quoted;
use crate::imap::frame::{Framer, Limits};
use crate::imap::grammar;
use crate::imap::response::{Kind, Response};

/// A value, and what must come out when it was written and read again.
#[derive(Clone, Debug)]
enum Value {
    Atom(String),
    Number(u32),
    Nil,
    Quoted(String),
    Literal(Vec<u8>),
    List(Vec<Value>),
}

impl Value {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Atom(text) => to.extend(text.bytes()),
            Self::Number(number) => to.extend(number.to_string().bytes()),
            Self::Nil => to.extend(b"nil"),
            Self::Quoted(text) => to.extend(quoted(text.as_bytes()).unwrap()),
            Self::Literal(octets) => {
                to.extend(format!("{{{}}}\r\n", octets.len()).bytes());
                to.extend(octets);
            }
            Self::List(values) => {
                to.push(b'(');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        to.push(b' ');
                    }
                    value.write(to);
                }
                to.push(b')');
            }
        }
    }

    fn is(&self, node: &Node, octets: &[u8]) -> bool {
        match self {
            Self::Atom(text) => node.kind == NodeKind::Atom && node.text(octets) == text.as_bytes(),
            Self::Number(number) => node.number() == Some(u64::from(*number)),
            Self::Nil => node.is_nil(),
            Self::Quoted(text) => node.is_string() && node.text(octets) == text.as_bytes(),
            Self::Literal(content) => node.is_string() && node.text(octets) == content.as_slice(),
            Self::List(values) => node.list().is_some_and(|nodes| {
                nodes.len() == values.len()
                    && values.iter().zip(nodes).all(|(value, node)| value.is(node, octets))
            }),
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[A-Za-z$.:,_-][A-Za-z0-9.:,\\[\\]_-]{3,9}".prop_map(Value::Atom),
        any::<u32>().prop_map(Value::Number),
        Just(Value::Nil),
        "[ -~\t]{0,12}".prop_map(Value::Quoted),
        prop::collection::vec(1u8.., 0..12).prop_map(Value::Literal),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| prop::collection::vec(inner, 0..6).prop_map(Value::List))
}

proptest! {
    #[test]
    fn what_is_written_is_read(values in prop::collection::vec(value(), 1..6)) {
        let mut octets = b"* ESEARCH".to_vec();
        for value in &values {
            octets.push(b' ');
            value.write(&mut octets);
        }
        octets.extend(b"\r\n");
        let mut framer = Framer::new(Limits::default());
        framer.push(&octets);
        let frame = framer.next().unwrap().unwrap();
        prop_assert_eq!(frame.octets, &octets);
        let mut response = Response::parse(&frame);
        grammar::check(&frame, &mut response);
        prop_assert_eq!(&response.faults, &Vec::new());
        let Kind::Other { nodes, .. } = &response.kind else { panic!("{response:?}") };
        prop_assert_eq!(nodes.len(), values.len());
        prop_assert!(values.iter().zip(nodes).all(|(value, node)| value.is(node, &octets)));
    }

    #[test]
    fn nothing_panics_and_spans_stay_inside(
        start in prop_oneof![
            Just("* "), Just("* 1 FETCH ("), Just("* OK ["), Just("* LIST ("), Just("* STATUS "), Just("* SEARCH "),
            Just("* 1 FETCH (ENVELOPE ("), Just("* 1 FETCH (BODYSTRUCTURE ("), Just("a OK "), Just("+"), Just(""),
            Just("* CAPABILITY "), Just("* FLAGS "), Just("* NO [BADCHARSET ("), Just("* 1 FETCH (BODY["),
        ],
        octets in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "([ ()\\[\\]<>\"\\\\{}~0-9.*+\r\n]|NIL|BODY|UID|\\{3\\}\r\n){0,40}".prop_map(String::into_bytes),
        ],
    ) {
        let stream = [start.as_bytes(), &octets, b"\r\n"].concat();
        let mut framer = Framer::new(Limits::default());
        framer.push(&stream);
        while let Ok(Some(frame)) = framer.next() {
            let mut response = Response::parse(&frame);
            grammar::check(&frame, &mut response);
            for fault in &response.faults {
                prop_assert!(fault.span.end as usize <= frame.octets.len(), "{:?}", fault);
                prop_assert!(!fault.span.is_empty(), "{:?}", fault);
                prop_assert!(!fault.render(frame.octets).is_empty());
            }
        }
    }
}

#[test]
fn hostile_shapes_are_read_once() {
    // Quadratic work over any of these would not end within the patience of whoever runs the tests.
    let repeated = |head: &str, part: &str| format!("{head}{}\r\n", part.repeat(200_000));
    let lines = [
        repeated("* X ", "("),
        repeated("* X ", ")"),
        repeated("* X ", "( "),
        repeated("* 1 FETCH ", "("),
        repeated("* 1 FETCH (", "BODY[( "),
        repeated("* 1 FETCH (", "BODY[\""),
        repeated("* 1 FETCH (", "BODY[] "),
        repeated("* 1 FETCH (BODY ", "("),
        repeated("* ESEARCH ", "\""),
        repeated("* ESEARCH ", "\"\\"),
        repeated("* ESEARCH ", "{3}"),
        repeated("* SEARCH ", "0 "),
        repeated("* OK ", "["),
        repeated("* OK [X ", "\""),
        repeated("* OK [BADCHARSET ", "("),
        repeated("* CAPABILITY ", "A  "),
        repeated("a ", " "),
    ];
    for line in &lines {
        let frame = Frame::line(line.as_bytes());
        let mut response = Response::parse(&frame);
        grammar::check(&frame, &mut response);
        assert!(response.faults.len() <= MAX_FAULTS);
    }
    let literals = format!("* ESEARCH{}\r\n", " {1}\r\nx \"open{0}\r\n".repeat(20_000));
    let mut framer = Framer::new(Limits::default());
    framer.push(literals.as_bytes());
    let frame = framer.next().unwrap().unwrap();
    let response = Response::parse(&frame);
    assert!(!response.faults.is_empty());
}

#[test]
fn lists_are_followed_as_deep_as_the_limits_say_and_no_deeper_than_the_stack_allows() {
    fn depth(node: &Node) -> usize {
        node.list().map_or(0, |nodes| 1 + nodes.iter().map(depth).max().unwrap_or(0))
    }
    for (nesting, followed) in [(1, 1), (20, 20), (MAX_NESTING, MAX_NESTING), (usize::MAX, MAX_NESTING)] {
        for head in ["* X ", "* 1 FETCH (BODY ", "* 1 FETCH (BODYSTRUCTURE ", "* 1 FETCH (ENVELOPE "] {
            let line = format!("{head}{}{})\r\n", "(".repeat(5000), ")".repeat(5000));
            let mut framer = Framer::new(Limits { nesting, ..Limits::default() });
            framer.push(line.as_bytes());
            let frame = framer.next().unwrap().unwrap();
            let mut response = Response::parse(&frame);
            grammar::check(&frame, &mut response);
            if let Kind::Other { nodes, .. } = &response.kind {
                assert_eq!(nodes.iter().map(depth).max(), Some(followed), "{nesting}");
            }
            drop(response.clone());
        }
    }
}
