//! ORDEREDSUBJECT (RFC 5256 section 3): one thread for each base subject.

use super::Member;
use crate::imap::response::Thread;

/// In each thread the first message is the parent of all others, and threads follow each other by the date of their first.
pub(super) fn threads(mut members: Vec<Member>) -> Vec<Thread> {
    members.sort_by(|first, second| {
        first.subject.cmp(&second.subject).then_with(|| first.order().cmp(&second.order()))
    });
    let mut groups: Vec<&[Member]> =
        members.chunk_by(|first, second| first.subject == second.subject).collect();
    groups.sort_by_key(|group| group.first().map(Member::order));
    let leaf = |member: &Member| Thread { number: Some(member.number), children: Vec::new() };
    let thread = |group: &[Member]| {
        let (first, others) = group.split_first()?;
        Some(Thread { number: Some(first.number), children: others.iter().map(leaf).collect() })
    };
    groups.into_iter().filter_map(thread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_have_one_level_of_children() {
        let member = |number: u32, subject: &str, sent: i64| Member {
            number,
            sent,
            subject: subject.to_owned(),
            ..Member::default()
        };
        let members = vec![
            member(1, "B", 9),
            member(2, "A", 5),
            member(3, "B", 1),
            member(4, "B", 9),
            member(5, "C", 5),
            member(6, "", 7),
        ];
        let shown: Vec<(u32, Vec<u32>)> = threads(members)
            .iter()
            .map(|thread| {
                let children = thread.children.iter().filter_map(|child| child.number).collect();
                (thread.number.unwrap(), children)
            })
            .collect();
        assert_eq!(shown, [(3, vec![1, 4]), (2, vec![]), (5, vec![]), (6, vec![])]);
    }
}
