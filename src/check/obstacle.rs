//! What keeps a scenario from running on this target.

use super::{bench::Bench, verdict::Verdict};
use crate::{
    scenario::{
        pattern::Pattern,
        program::{Action, Directive, GivenState, Protocol, Row, Scenario, Step, every_action},
    },
    target::Delivery,
};

/// The commands that log in.
pub(super) const LOGINS: [&str; 5] = ["LOGIN", "AUTHENTICATE", "PASS", "APOP", "AUTH"];

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
    let needs = Needs::of(&row.program.steps);
    if needs.restart && !bench.connector.can_restart() && !bench.target.can_restart() {
        return skipped("the profile does not say how to restart the server");
    }
    if needs.kill && !bench.target.can_kill() {
        return skipped("the profile does not say how to kill the server");
    }
    let from_clear =
        needs.from_clear || given.sessions.iter().any(|session| session.state == GivenState::Connected);
    let about_it =
        scenario.requires.iter().any(|wanted| wanted.capability == "LOGINDISABLED" && !wanted.negated);
    if bench.target.upgrade.wanted(scenario.protocol) && needs.login && from_clear && !needs.tls && !about_it
    {
        return skipped("it logs in without TLS, and the profile says `tls: starttls`");
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
    login: bool,
    tls: bool,
    from_clear: bool,
}

impl Needs {
    fn of(steps: &[Step]) -> Self {
        let mut needs = Self::default();
        for action in every_action(steps) {
            match action {
                Action::Direct(Directive::Restart) => needs.restart = true,
                Action::Direct(Directive::Kill) => needs.kill = true,
                Action::Direct(Directive::Deliver(_)) => needs.delivery = true,
                Action::Expect(expect) => needs.exact_octets |= matches!(expect.pattern, Pattern::Body(_)),
                Action::Direct(Directive::Tls) => needs.tls = true,
                Action::Direct(Directive::Reconnect(Some(GivenState::Connected))) => needs.from_clear = true,
                Action::Send(send) => {
                    needs.login |= send.command == "USER" || LOGINS.contains(&send.command.as_str());
                }
                _ => {}
            }
        }
        needs
    }
}
