//! Any octets have a structure.

use std::ops::Range;

use proptest::prelude::*;

use super::*;

fn octets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        "--",
        "--b",
        "--b--",
        "b",
        ": ",
        "Content-Type: ",
        "multipart/mixed",
        "multipart/digest",
        "message/rfc822",
        "; boundary=b",
        "; boundary=\"b",
        "\"",
        "(",
        ")",
        "<",
        ">",
        "@",
        ",",
        ";",
        ":",
        "\\",
        " ",
        "From: ",
        "To: ",
        "Subject: =?utf-8?q?",
        "?=",
        "=?x?b?",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "=",
        "\u{fc}",
        "\0",
        "text/plain; charset=utf-7",
    ]);
    let piece = prop_oneof![9 => piece.prop_map(|piece| piece.as_bytes().to_vec()), 1 => any::<Vec<u8>>()];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn check(part: &Part, within: &Range<usize>) {
    assert_eq!((part.header.fields.start, part.body.end), (within.start, within.end));
    assert_eq!(part.header.fields.end, part.header.blank.start);
    assert_eq!(part.header.blank.end, part.body.start);
    match &part.content {
        Content::Leaf => {}
        Content::Message(enclosed) => check(enclosed, &part.body),
        Content::Multipart(parts) => {
            assert!(!parts.is_empty());
            let mut at = part.body.start;
            for inner in parts {
                let range = inner.header.fields.start..inner.body.end;
                assert!(at <= range.start && range.end <= part.body.end);
                check(inner, &range);
                at = range.end;
            }
        }
    }
}

proptest! {
    #[test]
    fn parts_lie_within_each_other_in_order(octets in octets()) {
        let message = Part::of_message(&octets);
        check(&message, &(0..octets.len()));
        let _ = body_contains(&octets, &message, "needle");
        for field in message.header.fields(&octets) {
            let _ = field_contains(&field, "needle");
            let _ = day_of_header(&field.text());
        }
    }

    #[test]
    fn addresses_mark_groups_in_pairs(octets in octets()) {
        let mut open = false;
        for address in addresses(&octets) {
            if address.host.is_none() {
                prop_assert_eq!(open, address.mailbox.is_none());
                open = !open;
            }
        }
        prop_assert!(!open);
        let _ = Envelope::of(&octets, &Header::scan(&octets, 0..octets.len()));
    }
}
