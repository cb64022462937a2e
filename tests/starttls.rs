//! A server that takes no password without TLS: set-up goes through STARTTLS and STLS.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

mod suite;

use std::collections::BTreeMap;

use mailspec::{
    net::Pipes,
    report::{Sink, event::Event},
    scenario::program::Protocol,
    target::{Target, Upgrade},
};
use reference_server::{
    auth::{Mechanism, Mechanisms},
    config::Config,
    net::Server,
    pop3::{Capabilities, Capability},
};
use suite::Suite;

#[derive(Default)]
struct Verdicts(BTreeMap<String, (String, String)>);

impl Sink for Verdicts {
    fn take(&mut self, event: &Event) {
        if let Event::Ended(outcome) = event {
            let told = format!("{:?}", outcome.notes);
            self.0.insert(outcome.id(), (outcome.verdict.name().to_owned(), told));
        }
    }
}

fn verdicts(config: Config) -> BTreeMap<String, (String, String)> {
    let mut target = Target::bundled();
    target.tls.verify = false;
    target.upgrade = Upgrade { imap: true, pop3: true };
    let accounts = target.accounts.iter();
    let config = accounts.fold(config, |config, one| config.user(&one.user, one.password.reveal()));
    // Not yet within the runtime of the run, whose clock stands still.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(async { Server::in_process(config).unwrap() });
    let pipes: Pipes = Box::new(move |protocol| match protocol {
        Protocol::Imap => Box::new(server.connect_imap()),
        Protocol::Pop3 => Box::new(server.connect_pop3()),
    });
    let suite = Suite::load().unwrap();
    let plan = suite.plan(target, suite.scenarios.iter().filter(|scenario| !scenario.slow));
    let mut verdicts = Verdicts::default();
    plan.carry_out_through(pipes, &mut verdicts).unwrap();
    verdicts.0
}

/// No scenario blames the server for its set-up, and those that are about it see it.
#[test]
fn a_server_that_wants_tls_is_judged_like_any_other() {
    let digests = [Mechanism::CramMd5, Mechanism::ScramSha256];
    let config = || Config {
        cleartext_passwords: false,
        mechanisms: Mechanisms::without(digests),
        ..Config::default()
    };
    let auth_plain_only = Config { capabilities: Capabilities::without([Capability::User]), ..config() };
    for (config, about) in [
        (
            config(),
            &[
                ("rfc2595-stls/2.2-privacy-operational-mode/no-login-without-tls", "pass"),
                ("rfc2595-stls/2.3-clear-text-password-requirements/passwords-without-tls/plain", "note"),
                ("rfc2595-stls/2.3-clear-text-password-requirements/passwords-without-tls/user", "note"),
                ("rfc5034-auth/4-the-auth-command/plaintext-mechanisms-wait-for-tls", "pass"),
                ("rfc1939/7-optional-user-pass/user-without-tls", "note"),
            ][..],
        ),
        (auth_plain_only, &[("rfc5034-auth/4-the-auth-command/plaintext-mechanisms-wait-for-tls", "pass")]),
    ] {
        let verdicts = verdicts(config);
        let bad: Vec<_> = verdicts
            .iter()
            .filter(|(_, (verdict, _))| {
                !["pass", "note", "unsupported", "skipped"].contains(&verdict.as_str())
            })
            .collect();
        assert!(bad.is_empty(), "{bad:#?}");
        let passed = verdicts.values().filter(|(verdict, _)| verdict == "pass").count();
        assert!(passed > 300, "{passed} passed");
        for (id, verdict) in about {
            assert_eq!(verdicts[*id].0, *verdict, "{id}: {:?}", verdicts[*id]);
        }
    }
}
