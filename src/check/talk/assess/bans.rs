//! What must not come.

use std::sync::Arc;

use super::{Asked, Assessment, Talk, account::sent, as_line, hold, while_open};
use crate::{
    check::{
        scene::stance,
        talk::{Problem, reading::Ban},
    },
    scenario::{
        matching::{Wanted, match_line, match_reply},
        program::{ExpectMode, Protocol},
    },
    session::{ExchangeId, Session},
};

impl<'p> Talk<'p, '_> {
    /// `S!:` lines: at once over what has arrived, and over what is still to come while exchanges are open.
    pub(super) fn assess_bans(&mut self, seat: usize, asked: &[Asked<'p>], assessment: &mut Assessment) {
        for asked in asked.iter().filter(|asked| asked.expect.mode == ExpectMode::MustNot) {
            let reading = &self.seats[seat].reading;
            let from = match (self.scenario.protocol, reading.reply) {
                (Protocol::Pop3, Some(reply)) => reply,
                _ => reading.window,
            };
            let clause = Arc::clone(&asked.expect.clause);
            let ban = Ban { expect: asked.expect, place: asked.place, clause, from };
            match self.breach(seat, &ban) {
                Some(problem) => assessment.problems.push(problem),
                None => hold(asked, assessment),
            }
            let reading = &mut self.seats[seat].reading;
            if reading.awaits && !reading.waited {
                reading.bans.push(ban);
            }
        }
    }

    /// Has a forbidden line arrived?
    pub(in crate::check::talk) fn breach(&self, seat: usize, ban: &Ban<'p>) -> Option<Problem> {
        let seat = &self.seats[seat];
        let session = seat.link.session();
        let stance = stance(self.bench, self.scenario, self.scene, seat.account, &seat.link);
        let label = ban.expect.label.as_deref();
        let span = match label.and_then(|label| seat.reading.meant(session, Some(label))) {
            // No other open exchange may have caused it.
            Some(id) => alone(session, id),
            None => 0..usize::MAX,
        };
        let lines = session.lines();
        let mut captures = self.captures.clone();
        let before = captures.mark();
        (ban.from..lines.len()).filter(|at| span.contains(at) && !seat.reading.used.contains(at)).find_map(
            |at| {
                captures.rewind(before);
                let numbers = stance.numbers_at(&lines[at]);
                let line = as_line(&lines[at], &numbers);
                let (came, trouble) = if session.protocol() == Protocol::Pop3 {
                    let wanted = [Wanted { pattern: &ban.expect.pattern, optional: false, admits: None }];
                    let outcome = match_reply(&wanted, &line, false, &stance, &mut captures);
                    outcome.missing.is_empty().then(|| (sent(session, at), false))
                } else {
                    match match_line(&ban.expect.pattern, &line, &stance, &mut captures) {
                        Ok(()) => Some((sent(session, at), false)),
                        Err(mismatch) => mismatch.trouble.then_some((mismatch.what, true)),
                    }
                }?;
                Some(Problem { clause: Arc::clone(&ban.clause), place: ban.place, came, trouble })
            },
        )
    }
}

/// The lines that arrived while an exchange was open and no other was.
fn alone(session: &Session, id: ExchangeId) -> std::ops::Range<usize> {
    let this = session.exchange(id);
    let mut span = while_open(this);
    for other in session.exchanges().iter().filter(|other| !std::ptr::eq(*other, this)) {
        let open = while_open(other);
        if open.start <= span.start && open.end > span.start {
            span.start = open.end;
        } else if open.start > span.start && open.start < span.end {
            span.end = open.start;
        }
    }
    span
}
