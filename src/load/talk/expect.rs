//! `S:` lines: held against the answer to the command above.

use super::{Failed, Talk};
use crate::{
    load::trouble::Trouble,
    scenario::{
        matching::{self, Wanted, match_line, match_reply, match_set},
        program::{Action, Expect, ExpectMode, Protocol, Step},
    },
    session::{Content, Line},
};

impl<'p> Talk<'p> {
    /// Holds the lines of `group` against what has come since the last `C:`, and waits while an exchange is open.
    pub(super) async fn expect(&mut self, group: &'p [Step]) -> Result<(), Failed> {
        let deadline = self.deadline();
        loop {
            let mark = self.captures.mark();
            let missing = match self.cue.script.protocol {
                Protocol::Imap => self.missing_responses(group),
                Protocol::Pop3 => self.missing_reply(group),
            };
            let Some(missing) = missing else { break };
            self.captures.rewind(mark);
            if self.link.session().oldest_open().is_none() || self.link.session().closed().is_some() {
                // An answer that is refused is told as such.
                self.reap()?;
                return Err(self.fail(true, Trouble::Unexpected(self.source(missing))));
            }
            let heard = self.link.hear(deadline).await;
            self.no_answer(heard, false)?;
        }
        self.reap()
    }

    /// The first `S:` line without a response, or the first `S!:` line with one.
    fn missing_responses(&mut self, group: &'p [Step]) -> Option<&'p Step> {
        let wanted: Vec<(&Step, &Expect)> = of_mode(group, |mode| mode != ExpectMode::MustNot).collect();
        let patterns: Vec<Wanted<'_>> = wanted.iter().map(|(_, expect)| wants(expect)).collect();
        let stance = super::Stance { cue: &self.cue, session: self.link.session() };
        let lines: Vec<matching::Line<'_>> = self.link.session().lines().iter().map(as_line).collect();
        let outcome = match_set(&patterns, &lines, &stance, &mut self.captures);
        if let Some(missing) = outcome.missing.first() {
            return Some(wanted[missing.pattern].0);
        }
        let banned = of_mode(group, |mode| mode == ExpectMode::MustNot).find(|(_, expect)| {
            let mark = self.captures.mark();
            let found = lines
                .iter()
                .any(|line| match_line(&expect.pattern, line, &stance, &mut self.captures).is_ok());
            self.captures.rewind(mark);
            found
        });
        banned.map(|(step, _)| step)
    }

    /// The first line that the last reply does not hold to.
    fn missing_reply(&mut self, group: &'p [Step]) -> Option<&'p Step> {
        let Some(line) = self.link.session().lines().last() else { return group.first() };
        let wanted: Vec<(&Step, &Expect)> = of_mode(group, |mode| mode != ExpectMode::MustNot).collect();
        let patterns: Vec<Wanted<'_>> = wanted.iter().map(|(_, expect)| wants(expect)).collect();
        let stance = super::Stance { cue: &self.cue, session: self.link.session() };
        let outcome = match_reply(&patterns, &as_line(line), true, &stance, &mut self.captures);
        outcome.missing.first().map(|missing| wanted[missing.pattern].0)
    }
}

fn of_mode(group: &[Step], is: impl Fn(ExpectMode) -> bool) -> impl Iterator<Item = (&Step, &Expect)> {
    group.iter().filter_map(move |step| match &step.action {
        Action::Expect(expect) if is(expect.mode) => Some((step, &**expect)),
        _ => None,
    })
}

fn wants(expect: &Expect) -> Wanted<'_> {
    Wanted { pattern: &expect.pattern, optional: expect.mode == ExpectMode::May, admits: None }
}

fn as_line(line: &Line) -> matching::Line<'_> {
    let content = match &line.content {
        Content::Imap(response) => matching::Content::Imap(response),
        Content::Pop3(reply) => matching::Content::Pop3(reply),
    };
    matching::Line { octets: &line.octets, content, numbers: &[] }
}
