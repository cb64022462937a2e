//! The parser on its own, fed as a session feeds it.

use super::{Segment, State, Stop, parse, tag};
use crate::imap::extension::Extensions;

/// Parses the first command of `octets` in every state.
pub(in crate::imap) fn fuzz(octets: &[u8]) {
    for state in [State::NotAuthenticated, State::Authenticated, State::Selected] {
        let (line, mut rest) = line(octets);
        let mut segments = vec![line];
        let _ = tag(&segments);
        while let Err(Stop::Literal { size, .. }) = parse(&segments, state, &Extensions::default()) {
            let Some((literal, after)) =
                usize::try_from(size).ok().and_then(|size| rest.split_at_checked(size))
            else {
                break;
            };
            let (next, after) = self::line(after);
            segments.extend([Segment::Literal(literal.to_vec()), next]);
            rest = after;
        }
    }
}

/// The first line of `octets`, and what follows it.
fn line(octets: &[u8]) -> (Segment, &[u8]) {
    let end = octets.iter().position(|octet| *octet == b'\n');
    let (line, rest) = end.map_or((octets, &[][..]), |end| (&octets[..end], &octets[end + 1..]));
    (Segment::Line(line.strip_suffix(b"\r").unwrap_or(line).to_vec()), rest)
}
