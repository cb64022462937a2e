//! The THREAD response (RFC 5256 section 5, `thread-data`).

use super::put;

/// A message with its descendants, or with `None` siblings whose parent is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thread {
    pub(crate) number: Option<u32>,
    pub(crate) children: Vec<Thread>,
}

pub(super) fn write(threads: &[Thread], out: &mut Vec<u8>) {
    put(out, "THREAD");
    if !threads.is_empty() {
        put(out, " ");
    }
    // Threads may be as deep as there are messages: what is still to be written is kept here, not on the stack.
    let mut ahead: Vec<Piece<'_>> = threads.iter().rev().map(Piece::List).collect();
    while let Some(piece) = ahead.pop() {
        match piece {
            Piece::Close => put(out, ")"),
            Piece::List(thread) => {
                put(out, "(");
                ahead.push(Piece::Close);
                ahead.push(Piece::Members(thread));
            }
            Piece::Members(Thread { number, children }) => {
                if let Some(number) = number {
                    put(out, &number.to_string());
                }
                if number.is_some() && !children.is_empty() {
                    put(out, " ");
                }
                match children.as_slice() {
                    [only] => ahead.push(Piece::Members(only)),
                    siblings => ahead.extend(siblings.iter().rev().map(Piece::List)),
                }
            }
        }
    }
}

enum Piece<'t> {
    /// A thread in parentheses.
    List(&'t Thread),
    /// What stands within.
    Members(&'t Thread),
    Close,
}

impl Drop for Thread {
    /// Level by level, for the same reason.
    fn drop(&mut self) {
        let mut ahead = std::mem::take(&mut self.children);
        while let Some(mut thread) = ahead.pop() {
            ahead.append(&mut thread.children);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(number: u32, children: Vec<Thread>) -> Thread {
        Thread { number: Some(number), children }
    }

    #[test]
    fn threads_are_written_as_the_rfc_shows_them() {
        let leaf = |number| thread(number, vec![]);
        let six = thread(6, vec![thread(4, vec![leaf(23)]), thread(44, vec![thread(7, vec![leaf(96)])])]);
        let orphans = Thread { number: None, children: vec![leaf(3), leaf(5)] };
        for (threads, wanted) in [
            (vec![], "THREAD"),
            (vec![leaf(2), thread(3, vec![six])], "THREAD (2)(3 6 (4 23)(44 7 96))"),
            (vec![orphans], "THREAD ((3)(5))"),
        ] {
            let mut out = Vec::new();
            write(&threads, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), wanted);
        }
    }

    #[test]
    fn depth_needs_no_stack() {
        let deep = (1..=200_000).fold(thread(1, vec![]), |child, number| thread(number, vec![child]));
        let mut out = Vec::new();
        write(&[deep], &mut out);
        assert!(out.starts_with(b"THREAD (200000 199999 "));
    }
}
