//! Holds a group of patterns against what has arrived, without waiting.

mod account;
mod bans;
mod replies;

use std::sync::Arc;

use self::account::{absent, unlike};
use super::{Problem, Talk};
use crate::{
    imap::Kind,
    scenario::{
        matching::{self, Missing, Wanted, match_line, match_set},
        pattern::Pattern,
        program::{Action, Expect, ExpectMode, Place, Protocol, Step},
    },
    session::{Content, Exchange, ExchangeId, Line},
};

/// What a group of patterns came to.
#[derive(Debug, Default)]
pub(super) struct Assessment {
    /// Claims that do not hold, so far.
    pub problems: Vec<Problem>,
    /// More may come that changes that.
    pub pending: bool,
    /// Clauses whose claims hold.
    pub held: Vec<Arc<str>>,
}

/// An expectation with its place.
#[derive(Clone, Copy)]
struct Asked<'p> {
    expect: &'p Expect,
    place: Place,
}

impl<'p> Talk<'p, '_> {
    /// Holds the `S:` lines `group`, all of one session, against what has arrived. Lines and captures are taken; who does not like the
    /// outcome returns to an earlier moment.
    pub(super) fn assess(&mut self, seat: usize, group: &'p [Step]) -> Assessment {
        let asked: Vec<Asked<'p>> = group
            .iter()
            .filter_map(|step| match &step.action {
                Action::Expect(expect) => Some(Asked { expect, place: step.place }),
                _ => None,
            })
            .collect();
        let mut assessment = Assessment::default();
        match self.scenario.protocol {
            Protocol::Imap => self.assess_imap(seat, &asked, &mut assessment),
            Protocol::Pop3 => self.assess_pop3(seat, &asked, &mut assessment),
        }
        if assessment.problems.is_empty() {
            self.assess_bans(seat, &asked, &mut assessment);
            // What has come does not go away.
            assessment.pending &= assessment.problems.is_empty();
        }
        assessment
    }

    fn assess_imap(&mut self, seat: usize, asked: &[Asked<'p>], assessment: &mut Assessment) {
        let wanted: Vec<Asked<'p>> =
            asked.iter().filter(|asked| asked.expect.mode != ExpectMode::MustNot).copied().collect();
        if !self.seats[seat].reading.awaits {
            self.assess_set(seat, &wanted, None, assessment);
            return;
        }
        // Labelled lines arrive while their exchange is open; in which order exchanges are answered is not theirs to say.
        let (labelled, wanted): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|asked| asked.expect.label.is_some());
        self.assess_set(seat, &labelled, None, assessment);
        let mut unlabelled = Assessment::default();
        self.assess_in_steps(seat, &wanted, &mut unlabelled);
        let waits = |part: &Assessment| part.pending && !part.problems.is_empty();
        assessment.pending = waits(assessment) || waits(&unlabelled);
        assessment.problems.append(&mut unlabelled.problems);
        assessment.held.append(&mut unlabelled.held);
    }

    /// From barrier to barrier.
    fn assess_in_steps(&mut self, seat: usize, wanted: &[Asked<'p>], assessment: &mut Assessment) {
        let mut rest = wanted;
        while !rest.is_empty() {
            let barrier = rest.iter().position(|asked| is_barrier(&asked.expect.pattern));
            let (above, below) = rest.split_at(barrier.map_or(rest.len(), |at| at + 1));
            let Some((barrier, above)) = barrier.and(above.split_last()) else {
                self.assess_set(seat, above, None, assessment);
                return;
            };
            let Some(line) = self.assess_barrier(seat, barrier, assessment) else { return };
            self.assess_set(seat, above, Some(line), assessment);
            if !assessment.problems.is_empty() {
                assessment.pending = false;
                return;
            }
            self.seats[seat].reading.floor = line + 1;
            rest = below;
        }
    }

    /// The line of a `+` or tagged response; `None` if it is not there or does not match.
    fn assess_barrier(
        &mut self,
        seat: usize,
        asked: &Asked<'p>,
        assessment: &mut Assessment,
    ) -> Option<usize> {
        let Self { seats, captures, bench, scenario, scene, .. } = self;
        let seat = &mut seats[seat];
        let session = seat.link.session();
        let exchange = seat.reading.meant(session, asked.expect.label.as_deref());
        let found = match asked.expect.pattern {
            Pattern::Tagged(_) => exchange.and_then(|id| session.exchange(id).end).map(|end| end.line),
            _ => {
                (seat.reading.floor..session.lines().len()).find(|&at| is_continuation(&session.lines()[at]))
            }
        };
        let ended = exchange.is_some_and(|id| session.exchange(id).end.is_some());
        let Some(at) = found else {
            assessment.pending = session.closed().is_none() && !ended;
            assessment.problems.push(absent(asked, session, seat.reading.window));
            return None;
        };
        let stance = super::stance(bench, scenario, scene, seat.account, &seat.link);
        let numbers = stance.numbers_at(&session.lines()[at]);
        match match_line(&asked.expect.pattern, &as_line(&session.lines()[at], &numbers), &stance, captures) {
            Ok(()) => {
                seat.reading.used.insert(at);
                if let (Pattern::Tagged(_), Some(id)) = (&asked.expect.pattern, exchange) {
                    seat.reading.claimed.insert(id);
                }
                hold(asked, assessment);
                Some(at)
            }
            Err(mismatch) => {
                // The line asked for an end of its own: that this one is none is told once.
                if let (Pattern::Tagged(_), Some(id)) = (&asked.expect.pattern, exchange) {
                    seat.reading.claimed.insert(id);
                }
                assessment.problems.push(unlike(asked, session, at, &mismatch));
                None
            }
        }
    }

    /// Patterns in any order, over the window up to the line `before`.
    fn assess_set(
        &mut self,
        seat: usize,
        asked: &[Asked<'p>],
        before: Option<usize>,
        assessment: &mut Assessment,
    ) {
        if asked.is_empty() {
            return;
        }
        let Self { seats, captures, bench, scenario, scene, .. } = self;
        let seat = &mut seats[seat];
        let session = seat.link.session();
        let reading = &mut seat.reading;
        let stance = super::stance(bench, scenario, scene, seat.account, &seat.link);
        let window = reading.window;
        let arrived = &session.lines()[window..];
        let numbers: Vec<_> = arrived.iter().map(|line| stance.numbers_at(line)).collect();
        let lines: Vec<_> =
            arrived.iter().zip(&numbers).map(|(line, numbers)| as_line(line, numbers)).collect();
        let floor = if reading.awaits { reading.floor } else { window };
        let spans: Vec<_> = asked
            .iter()
            .map(|asked| {
                let label = asked.expect.label.as_deref();
                let meant = reading.meant(session, label);
                match (&asked.expect.pattern, label, meant) {
                    (Pattern::Tagged(_), _, meant) => meant
                        .and_then(|id| session.exchange(id).end)
                        .map_or(0..0, |end| end.line..end.line + 1),
                    (_, Some(_), Some(id)) => while_open(session.exchange(id)),
                    _ => 0..usize::MAX,
                }
            })
            .collect();
        let used = &reading.used;
        let admits: Vec<_> = spans
            .iter()
            .map(|span| {
                move |index: usize| {
                    let at = window + index;
                    let free = !used.contains(&at) || is_fetch(&arrived[index]);
                    free && span.contains(&at) && at >= floor && before.is_none_or(|before| at < before)
                }
            })
            .collect();
        let wanted: Vec<_> = asked
            .iter()
            .zip(&admits)
            .map(|(asked, admits)| Wanted {
                pattern: &asked.expect.pattern,
                optional: asked.expect.mode == ExpectMode::May,
                admits: Some(admits),
            })
            .collect();
        let outcome = match_set(&wanted, &lines, &stance, captures);
        for Missing { pattern, nearest } in &outcome.missing {
            assessment.problems.push(match nearest {
                Some((index, mismatch)) => unlike(&asked[*pattern], session, window + index, mismatch),
                None => absent(&asked[*pattern], session, window),
            });
        }
        let tagged: Vec<ExchangeId> = asked
            .iter()
            .filter(|asked| matches!(asked.expect.pattern, Pattern::Tagged(_)))
            .filter_map(|asked| reading.meant(session, asked.expect.label.as_deref()))
            .collect();
        assessment.pending = reading.awaits
            && before.is_none()
            && session.closed().is_none()
            && (session.open_exchanges().next().is_some()
                || reading.sent.is_empty()
                || reading.waits_for_raw(session));
        for (asked, lines) in asked.iter().zip(&outcome.lines) {
            if !lines.is_empty() {
                hold(asked, assessment);
            }
        }
        reading.claimed.extend(tagged);
        reading.used.extend(outcome.lines.into_iter().flatten().map(|index| window + index));
    }
}

fn hold(asked: &Asked<'_>, assessment: &mut Assessment) {
    if asked.expect.mode != ExpectMode::May {
        assessment.held.push(Arc::clone(&asked.expect.clause));
    }
}

fn as_line<'a>(line: &'a Line, numbers: &'a [Option<u32>]) -> matching::Line<'a> {
    let content = match &line.content {
        Content::Imap(response) => matching::Content::Imap(response),
        Content::Pop3(reply) => matching::Content::Pop3(reply),
    };
    matching::Line { octets: &line.octets, content, numbers }
}

/// What stands above a `+` or a tagged response must arrive before it.
fn is_barrier(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Tagged(_) | Pattern::Continuation(_))
}

fn is_continuation(line: &Line) -> bool {
    line.imap().is_some_and(|response| matches!(response.kind, Kind::Continuation(_)))
}

fn is_fetch(line: &Line) -> bool {
    line.imap().is_some_and(|response| matches!(response.kind, Kind::Fetch { .. }))
}

/// The lines that arrived while an exchange was open, its end included.
fn while_open(exchange: &Exchange) -> std::ops::Range<usize> {
    exchange.lines_before..exchange.end.map_or(usize::MAX, |end| end.line + 1)
}
