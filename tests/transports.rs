//! The suite has the same verdicts over pipes in memory with virtual time as over TCP with the real one.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

mod suite;

use std::collections::BTreeMap;

use mailspec::{
    report::{Sink, event::Event},
    scenario::program::{Action, Directive, Scenario, every_action},
    target::Target,
};
use reference_server::{config::Config, net::Server};
use suite::Suite;

#[derive(Default)]
struct Verdicts(BTreeMap<String, String>);

impl Sink for Verdicts {
    fn take(&mut self, event: &Event) {
        if let Event::Ended(outcome) = event {
            let rules: Vec<_> = outcome.findings.iter().map(|finding| finding.rule).collect();
            self.0.insert(outcome.id(), format!("{} {rules:?} {:?}", outcome.verdict.name(), outcome.notes));
        }
    }
}

#[test]
fn pipes_and_tcp_give_the_same_verdicts() {
    let bundled = Target::bundled();
    let over_pipes = verdicts(bundled.clone());
    assert!(over_pipes.len() > 100, "{} results", over_pipes.len());

    let config = bundled
        .accounts
        .iter()
        .fold(Config::default(), |config, account| config.user(&account.user, account.password.reveal()));
    let localhost = Some("127.0.0.1:0".parse().unwrap());
    let config = Config { imap: localhost, pop3: localhost, ..config };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(config)).unwrap();
    let certificate = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(certificate.path(), server.certificate_pem()).unwrap();
    let url = |scheme, account: &mailspec::target::Account, address: Option<std::net::SocketAddr>| {
        format!("{scheme}://{}:{}@{}", account.user, account.password.reveal(), address.unwrap())
    };
    let urls: Vec<String> = bundled
        .accounts
        .iter()
        .flat_map(|account| {
            [url("imap", account, server.imap_addr()), url("pop3", account, server.pop3_addr())]
        })
        .collect();
    let mut target = Target::from_urls(&urls).unwrap();
    target.tls.ca = Some(certificate.path().to_owned());
    let over_tcp = verdicts(target);

    let differences: Vec<_> = over_pipes
        .iter()
        .filter(|(id, verdict)| over_tcp.get(*id) != Some(verdict))
        .map(|(id, verdict)| format!("{id}: {verdict} over pipes, {:?} over TCP", over_tcp.get(id)))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(over_pipes.len(), over_tcp.len());
}

fn verdicts(target: Target) -> BTreeMap<String, String> {
    let suite = Suite::load().unwrap();
    // Over TCP nobody here can restart the server.
    let common = suite.scenarios.iter().filter(|scenario| !scenario.slow && !restarts(scenario));
    let plan = suite.plan(target, common);
    let mut verdicts = Verdicts::default();
    plan.carry_out(&mut verdicts).unwrap();
    verdicts.0
}

fn restarts(scenario: &Scenario) -> bool {
    let mut actions = scenario.rows.iter().flat_map(|row| every_action(&row.program.steps));
    actions.any(|action| matches!(action, Action::Direct(Directive::Restart)))
}
