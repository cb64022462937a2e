use super::{talk, talk_with};
use crate::auth::{Mechanism, Mechanisms};
use crate::config::Config;

#[test]
fn commands_of_any_state() {
    talk(
        &[],
        r#"
        G: * OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID STARTTLS AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256] ...
        C: a CAPABILITY
        S: * CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID STARTTLS AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256
        S: a OK ...
        C: b noop
        S: b OK ...
        C: c ID ("name" "x" "support" NIL)
        S: * ID ("name" "mailspec reference server" "version" "...")
        S: c OK ...
        C: d ID NIL
        S: * ID (...)
        S: d OK ...
        C: e LOGOUT
        S: * BYE ...
        S: e OK ...
        .:
        "#,
    );
}

#[test]
fn login_takes_each_form_of_a_string() {
    for login in ["LOGIN bob \"other \\\"secret\\\\\"", "LOGIN \"bob\" {14+}\\r\\nother \"secret\\"] {
        talk(
            &[],
            &format!(
                "C: a {login}\nS: a OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID IDLE NAMESPACE CHILDREN UIDPLUS \
                 UNSELECT MOVE...] ...\nC: b LOGIN bob x\nS: b BAD ..."
            ),
        );
    }
    talk(
        &[],
        r#"
        C: a LOGIN {5}
        S: + ...
        C: alice {6}
        S: + ...
        C: secret
        S: a OK ...
        "#,
    );
}

#[test]
fn wrong_credentials_are_refused() {
    talk(
        &[],
        r#"
        C: a LOGIN alice wrong
        S: a NO [AUTHENTICATIONFAILED] ...
        C: b LOGIN nobody secret
        S: b NO [AUTHENTICATIONFAILED] ...
        C: c SELECT INBOX
        S: c BAD ...
        C: d LOGIN alice {2+}
        C: xx
        S: d NO ...
        "#,
    );
}

#[test]
fn authenticate_runs_each_mechanism() {
    talk(
        &[],
        r#"
        C: a AUTHENTICATE plain
        S: +...
        C: *
        S: a BAD ...
        C: b AUTHENTICATE PLAIN
        S: +...
        C: !!!
        S: b BAD ...
        C: c AUTHENTICATE NONSENSE
        S: c NO ...
        C: d AUTHENTICATE PLAIN AGFsaWNlAHdyb25n
        S: d NO [AUTHENTICATIONFAILED] ...
        C: e AUTHENTICATE LOGIN
        S: + VXNlcm5hbWU6
        C: YWxpY2U=
        S: + UGFzc3dvcmQ6
        C: c2VjcmV0
        S: e OK [CAPABILITY ...] ...
        "#,
    );
    talk(&[], "C: a AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\nS: a OK ...");
    talk(
        &[],
        "C: a AUTHENTICATE CRAM-MD5 YQ==\nS: a BAD ...\nC: b AUTHENTICATE CRAM-MD5\nS: + ...\nC: *\nS: b BAD ...",
    );
}

#[test]
fn passwords_wait_for_tls_where_they_must() {
    let config = Config { cleartext_passwords: false, ..Config::default() };
    talk_with(
        config,
        &[],
        r#"
        G: * OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID STARTTLS LOGINDISABLED AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256] ...
        C: a LOGIN alice secret
        S: a NO [PRIVACYREQUIRED] ...
        C: b AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
        S: b NO [PRIVACYREQUIRED] ...
        "#,
    );
}

#[test]
fn what_follows_starttls_in_clear_is_not_run() {
    talk(
        &[],
        r#"
        C: x STARTTLS now
        S: x BAD ...
        C~: a STARTTLS\r\nb NOOP\r\nc LOGOUT\r\n
        S: a OK ...
        ~:
        .:
        "#,
    );
}

#[test]
fn a_session_that_says_nothing_is_logged_out() {
    let wait = "~:\n".repeat(31);
    talk(&[], &format!("C: a NOOP\nS: a OK ...\n{wait}S: * BYE ...\n.:"));
    let config = Config {
        limits: crate::config::Limits { failed_logins: 2, ..Default::default() },
        ..Config::default()
    };
    talk_with(config, &[], "C: a LOGIN x y\nS: a NO ...\nC: b LOGIN x y\nS: b NO ...\nS: * BYE ...\n.:");
}

#[test]
fn scram_travels_as_challenges_and_responses() {
    talk(
        &[],
        r#"
        C: a AUTHENTICATE SCRAM-SHA-256 biwsbj1hbGljZSxyPWFiYw==
        S: + ...
        C: Yz1iaXdzLHI9YWJjLHA9QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQT0=
        S: a NO [AUTHENTICATIONFAILED] ...
        C: b AUTHENTICATE SCRAM-SHA-256
        S: +...
        C: biwsbj1hbGljZSxyPWFiYw==
        S: + ...
        C: *
        S: b BAD ...
        C: c AUTHENTICATE SCRAM-SHA-256 cD10bHMtdW5pcXVlLCxuPWFsaWNlLHI9YWJj
        S: c NO channel binding ...
        C: d AUTHENTICATE SCRAM-SHA-256-PLUS
        S: d NO ...
        "#,
    );
}

#[test]
fn what_is_hidden_is_neither_advertised_nor_done() {
    let config = Config {
        imap_starttls: false,
        mechanisms: Mechanisms::without([Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5]),
        ..Config::default()
    };
    talk_with(
        config,
        &[],
        r#"
        G: * OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID AUTH=SCRAM-SHA-256] ...
        C: a STARTTLS
        S: a BAD ...
        C: b AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
        S: b NO ...
        C: c LOGIN alice secret
        S: c OK ...
        "#,
    );
}
