//! POP3: patterns of replies.

use super::{
    Asked, Assessment, Talk,
    account::{absent, unlike},
    as_line, hold,
};
use crate::scenario::{
    matching::{Missing, Wanted, match_reply},
    pattern::Pattern,
    program::ExpectMode,
};

impl<'p> Talk<'p, '_> {
    /// Reply by reply.
    pub(super) fn assess_pop3(&mut self, seat: usize, asked: &[Asked<'p>], assessment: &mut Assessment) {
        let wanted: Vec<Asked<'p>> =
            asked.iter().filter(|asked| asked.expect.mode != ExpectMode::MustNot).copied().collect();
        let mut rest = wanted.as_slice();
        while let Some(first) = rest.first() {
            let end = rest[1..]
                .iter()
                .position(|asked| is_head(&asked.expect.pattern))
                .map_or(rest.len(), |at| at + 1);
            let (one, below) = rest.split_at(end);
            let headed = is_head(&first.expect.pattern);
            if !self.assess_reply(seat, one, headed, assessment) {
                return;
            }
            rest = below;
        }
    }

    /// Patterns of one reply. False: it is not there, or not as it should be.
    fn assess_reply(
        &mut self,
        seat: usize,
        asked: &[Asked<'p>],
        headed: bool,
        assessment: &mut Assessment,
    ) -> bool {
        let Self { seats, captures, bench, scenario, scene, .. } = self;
        let seat = &mut seats[seat];
        let session = seat.link.session();
        let reading = &mut seat.reading;
        let found = match reading.reply {
            Some(reply) if !headed => Some(reply),
            _ if !reading.awaits => reading
                .last()
                .and_then(|id| session.exchange(id).end)
                .map(|end| end.line)
                .filter(|_| reading.reply.is_none()),
            _ => (reading.floor < session.lines().len()).then_some(reading.floor),
        };
        let Some(at) = found else {
            assessment.pending = reading.awaits && session.closed().is_none();
            assessment.problems.push(absent(&asked[0], session, reading.window));
            return false;
        };
        let exchange = reading
            .sent
            .iter()
            .map(|(id, _)| *id)
            .find(|id| session.exchange(*id).end.is_some_and(|end| end.line == at));
        let in_order = exchange.is_none_or(|id| session.exchange(id).command.name != "CAPA");
        let stance = crate::check::scene::stance(bench, scenario, scene, seat.account, &seat.link);
        let line = as_line(&session.lines()[at], &[]);
        let wanted: Vec<_> = asked
            .iter()
            .map(|asked| Wanted {
                pattern: &asked.expect.pattern,
                optional: asked.expect.mode == ExpectMode::May,
                admits: None,
            })
            .collect();
        let outcome = match_reply(&wanted, &line, in_order, &stance, captures);
        for Missing { pattern, nearest } in &outcome.missing {
            assessment.problems.push(match nearest {
                Some((_, mismatch)) => unlike(&asked[*pattern], session, at, mismatch),
                None => absent(&asked[*pattern], session, at),
            });
        }
        let missing = |index: usize| outcome.missing.iter().any(|missing| missing.pattern == index);
        for (index, asked) in asked.iter().enumerate() {
            if !missing(index) {
                hold(asked, assessment);
            }
        }
        reading.reply = Some(at);
        reading.floor = reading.floor.max(at + 1);
        reading.claimed.extend(exchange.filter(|_| headed));
        outcome.missing.is_empty()
    }
}

/// Does this pattern begin a POP3 reply?
fn is_head(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Reply(_) | Pattern::Continuation(_) | Pattern::Line(_))
}
