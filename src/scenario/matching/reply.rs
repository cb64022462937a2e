//! The lines of a POP3 reply, in order.

use super::{Line, Missing, Outcome, Wanted};
use crate::scenario::{captures::Captures, evaluate::World};

/// Holds a POP3 reply against patterns: of its status line, and of the lines of its body, which must appear `in_order` with others
/// between them allowed (those of CAPA: in any order).
///
/// In the outcome index 0 is the status line, 1 the first line of the body. Each [`Wanted::admits`] speaks of these indices.
pub fn match_reply(
    patterns: &[Wanted<'_>],
    reply: &Line<'_>,
    in_order: bool,
    world: &dyn World,
    captures: &mut Captures,
) -> Outcome {
    let _ = (reply, in_order, world, captures);
    Outcome {
        lines: vec![Vec::new(); patterns.len()],
        missing: (0..patterns.len()).map(|pattern| Missing { pattern, nearest: None }).collect(),
    }
}
