//! The result options of SEARCH (ESEARCH, RFC 4731; SAVE, RFC 5182).

use super::command::{Numbering, ReturnOption};
use super::response::Data;

/// The ESEARCH response for numbers in ascending order. No options at all ask for ALL; SAVE alone asks for no response.
pub(super) fn response(tag: &str, by: Numbering, options: &[ReturnOption], numbers: &[u32]) -> Option<Data> {
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
    })
}
