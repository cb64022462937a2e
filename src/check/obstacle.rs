//! What keeps a scenario from running on this target.

use super::{bench::Bench, verdict::Verdict};
use crate::{
    scenario::{
        pattern::Pattern,
        program::{Action, Directive, Protocol, Row, Scenario, Step},
    },
    target::Delivery,
};

/// Why it can't run here.
pub(crate) fn reason_not_to(bench: &Bench, scenario: &Scenario, row: &Row) -> Option<(Verdict, String)> {
    let unmet = bench.facts.lacks(scenario.protocol, &scenario.requires);
    if let Some(unmet) = unmet {
        let reason = if unmet.negated { "is advertised" } else { "is not advertised" };
        return Some((Verdict::Unsupported, format!("{} {reason}", unmet.capability)));
    }
    let skipped = |reason: &str| Some((Verdict::Skipped, reason.to_owned()));
    let given = &scenario.given;
    let nested = given.names.iter().chain(&given.free).any(|name| name.contains('/'));
    if nested && bench.facts.separator.is_none() {
        return skipped("the server has no mailbox hierarchy");
    }
    let mut needs = Needs::default();
    needs.read(&row.program.steps);
    if needs.restart && !bench.target.can_restart() {
        return skipped("the profile does not say how to restart the server");
    }
    if needs.kill && !bench.target.can_kill() {
        return skipped("the profile does not say how to kill the server");
    }
    let by_append = bench.target.delivery == Delivery::ImapAppend;
    let delivers = needs.delivery
        || scenario.protocol == Protocol::Pop3 && given.messages.as_ref().is_some_and(|all| !all.is_empty());
    if delivers && by_append && !bench.target.speaks(Protocol::Imap) {
        return skipped("mail can't be delivered: the target has no IMAP, and the profile no other delivery");
    }
    if scenario.protocol == Protocol::Pop3
        && needs.exact_octets
        && delivers
        && !bench.target.delivery.is_exact()
    {
        return skipped("it needs messages octet by octet, and the target's delivery adds to them");
    }
    None
}

/// What the lines of a talk need of the target.
#[derive(Default)]
struct Needs {
    restart: bool,
    kill: bool,
    delivery: bool,
    exact_octets: bool,
}

impl Needs {
    fn read(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.action {
                Action::Direct(Directive::Restart) => self.restart = true,
                Action::Direct(Directive::Kill) => self.kill = true,
                Action::Direct(Directive::Deliver(_)) => self.delivery = true,
                Action::Expect(expect) => self.exact_octets |= matches!(expect.pattern, Pattern::Body(_)),
                Action::If { then, otherwise, .. } => {
                    self.read(then);
                    self.read(otherwise);
                }
                Action::Either { branches, .. } => {
                    branches.iter().for_each(|branch| self.read(&branch.steps));
                }
                Action::Repeat { steps, .. } => self.read(steps),
                Action::Send(_) | Action::Assert(_) | Action::Direct(_) => {}
            }
        }
    }
}
