//! The result options of SEARCH (ESEARCH, RFC 4731; SAVE, RFC 5182).

use super::command::{Numbering, ReturnOption};
use super::response::Data;
use crate::store::ModSequence;

/// The ESEARCH response for numbers in ascending order. No options at all ask for ALL; SAVE alone asks for no response.
pub(super) fn response(
    tag: &str,
    by: Numbering,
    options: &[ReturnOption],
    numbers: &[u32],
    mod_sequence: Option<ModSequence>,
) -> Option<Data> {
    let asked = |option| options.contains(&option);
    if !options.is_empty() && options.iter().all(|option| *option == ReturnOption::Save) {
        return None;
    }
    let all = asked(ReturnOption::All) || options.is_empty();
    Some(Data::Esearch {
        tag: tag.to_owned(),
        uid: by == Numbering::Uid,
        min: numbers.first().copied().filter(|_| asked(ReturnOption::Min)),
        max: numbers.last().copied().filter(|_| asked(ReturnOption::Max)),
        count: asked(ReturnOption::Count).then_some(numbers.len()),
        all: if all { numbers.to_vec() } else { Vec::new() },
        mod_sequence,
    })
}

/// The messages whose highest mod-sequence is told: with MIN and MAX alone just those (RFC 4731 section 3.2).
pub(super) fn returned<'m, M>(options: &[ReturnOption], found: &'m [M]) -> Vec<&'m M> {
    let asked = |option| options.contains(&option);
    let (min, max) = (asked(ReturnOption::Min), asked(ReturnOption::Max));
    if asked(ReturnOption::All) || asked(ReturnOption::Count) || !(min || max) {
        return found.iter().collect();
    }
    let ends = [found.first().filter(|_| min), found.last().filter(|_| max)];
    ends.into_iter().flatten().collect()
}
