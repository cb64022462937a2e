//! The SORT and THREAD responses (RFC 5256 section 5).

use super::Rules;
use super::words::visible;
use crate::fault::Span;
use crate::imap::node::Node;

impl Rules<'_> {
    /// `sort-data`; behind at least one number RFC 7162 section 7 allows `(MODSEQ n)`.
    pub(super) fn sort_response(&mut self, nodes: &[Node]) {
        let numbers = match nodes {
            [numbers @ .., last] if !numbers.is_empty() && self.is_mod_sequence(last) => numbers,
            _ => nodes,
        };
        for node in numbers {
            self.nz_number(node, SORT, "a SORT response holds message numbers");
        }
    }

    fn is_mod_sequence(&self, node: &Node) -> bool {
        match node.list() {
            Some([name, value]) => name.is("MODSEQ", self.octets) && value.number().is_some(),
            _ => false,
        }
    }

    /// `thread-data`
    pub(super) fn thread_response(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.thread(node);
        }
        self.side_by_side(nodes);
    }

    /// `thread-list`
    fn thread(&mut self, node: &Node) {
        let Some(members) = node.list() else {
            return self.fault(THREAD, visible(node.span), "a thread is a list in parentheses");
        };
        let numbers = members.iter().take_while(|member| member.list().is_none()).count();
        let (numbers, threads) = members.split_at(numbers);
        for number in numbers {
            self.nz_number(number, THREAD, "the members of a thread are message numbers");
        }
        if numbers.is_empty() && threads.is_empty() {
            self.fault(THREAD, node.span, "a thread without members");
        }
        if let [only] = threads {
            self.fault(THREAD, only.span, "a thread that does not split, in parentheses of its own");
        }
        threads.iter().for_each(|thread| self.thread(thread));
        self.side_by_side(threads);
        if let ([.., before], [after, ..]) = (numbers, threads)
            && before.span.end + 1 != after.span.start
        {
            let gap = Span { start: before.span.end, end: after.span.start };
            self.fault(THREAD, visible(gap), "one space stands before the threads that a message has");
        }
    }

    /// No space stands between threads.
    fn side_by_side(&mut self, threads: &[Node]) {
        for pair in threads.windows(2) {
            if let [before, after] = pair
                && before.list().is_some()
                && after.list().is_some()
                && before.span.end != after.span.start
            {
                let gap = Span { start: before.span.end, end: after.span.start };
                self.fault(THREAD, gap, "a space between threads");
            }
        }
    }
}

/// SORT returns message numbers.
const SORT: &str = "rfc5256-3-SORT-10";
/// THREAD fits its grammar.
const THREAD: &str = "rfc5256-3-THREAD-10";
