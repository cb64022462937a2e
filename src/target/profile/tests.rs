use super::*;
use crate::session::Limits;
use crate::{imap, pop3};

fn good(text: &str) -> Target {
    parse("target.yaml", text, Path::new("profiles")).unwrap_or_else(|error| panic!("{error}"))
}

fn bad(text: &str) -> String {
    parse("target.yaml", text, Path::new("")).unwrap_err().to_string()
}

#[test]
fn a_whole_profile_is_read() {
    let target = good(
        r#"
name: Dovecot 2.3
imap: { address: "127.0.0.1:28143" }
imaps: { address: "127.0.0.1:28993" }
pop3: { address: "[::1]:28110" }
pop3s: { address: localhost }
tls: { ca: cert.pem, server-name: localhost }
accounts: { users: [u1, u2], password: testpass }
delivery: { lmtp: { address: "127.0.0.1:28024", domain: example.org } }
limits:
  connections-per-account: 3
  line: 64KiB
  literal: 1 MiB
  response: 3000000
  nesting: 20
  lines-per-exchange: 1000
  octets-per-session: 2GiB
server: { start: [start], stop: [stop, -w], kill: [kill, "-9", pid] }
"#,
    );
    assert_eq!(
        target.to_string(),
        "Dovecot 2.3 (imap://127.0.0.1:28143 imaps://127.0.0.1:28993 pop3://[::1]:28110 pop3s://localhost:995)"
    );
    assert_eq!(target.accounts, [Account::new("u1", "testpass"), Account::new("u2", "testpass")]);
    let tls = TlsSettings {
        verify: true,
        ca: Some(Path::new("profiles").join("cert.pem")),
        server_name: Some("localhost".to_owned()),
    };
    assert_eq!(target.tls, tls);
    let domain = Some("example.org".to_owned());
    assert_eq!(target.delivery, Delivery::Lmtp { address: "127.0.0.1:28024".parse().unwrap(), domain });
    assert_eq!(target.connections_per_account, 3);
    let imap = imap::Limits { line: 64 << 10, literal: 1 << 20, response: 3_000_000, nesting: 20 };
    let pop3 = pop3::Limits { line: 64 << 10, reply: 3_000_000 };
    assert_eq!(target.limits, Limits { imap, pop3, lines_per_exchange: 1000, octets: 2 << 30 });
    assert!(target.can_restart() && target.can_kill());
}

#[test]
fn sessions_may_have_to_go_under_tls() {
    const REST: &str = "accounts: { users: [u1], password: p }\n";
    let upgrade = |listeners: &str| good(&format!("{listeners}{REST}")).upgrade;
    let imap = upgrade("imap: { address: h, tls: starttls }\npop3: { address: h }\n");
    assert_eq!((imap.imap, imap.pop3), (true, false));
    let pop3 = upgrade("imaps: { address: h }\npop3: { address: h, tls: starttls }\n");
    assert_eq!((pop3.imap, pop3.pop3), (false, true));
    insta::assert_snapshot!(bad(&format!("imaps: {{ address: h, tls: starttls }}\n{REST}")), @r"
    error: imaps is under TLS already
     --> target.yaml:1:27
      |
    1 | imaps: { address: h, tls: starttls }
      |                           ^^^^^^^^
      |
      = help: it is for imap and pop3, where sessions begin in the clear
    ");
    let unknown = bad(&format!("imap: {{ address: h, tls: always }}\n{REST}"));
    assert!(unknown.contains("always") && unknown.contains("starttls"), "{unknown}");
}

#[test]
fn a_short_profile_is_read() {
    let target = good("imap: { address: localhost }\naccounts: [{ user: a, password: b }]\n");
    assert_eq!(target.to_string(), "imap://localhost:143");
    assert_eq!(target.accounts, [Account::new("a", "b")]);
    assert_eq!(target.delivery, Delivery::ImapAppend);
    assert_eq!(target.connections_per_account, crate::target::DEFAULT_CONNECTIONS_PER_ACCOUNT);
    assert_eq!(target.limits, Limits::default());
    assert_eq!(target.tls, TlsSettings::default());
    assert!(!target.can_restart() && !target.can_kill());
}

#[test]
fn each_delivery_is_read() {
    for (written, read) in [
        ("imap-append: {}", Delivery::ImapAppend),
        ("smtp: { address: mx }", Delivery::Smtp { address: "mx:25".parse().unwrap(), domain: None }),
        ("maildir: { path: \"/m/{user}\" }", Delivery::Maildir { path: "/m/{user}".to_owned() }),
        ("command: { run: [d, \"{user}\"] }", Delivery::Command { run: vec!["d".into(), "{user}".into()] }),
    ] {
        let text = format!(
            "imap: {{ address: h }}\naccounts: [{{ user: a, password: b }}]\ndelivery: {{ {written} }}"
        );
        assert_eq!(good(&text).delivery, read, "{written}");
    }
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    const REST: &str = "accounts: { users: [u1], password: p }\n";
    let with = |line: &str| bad(&format!("imap: {{ address: h }}\n{REST}{line}\n"));
    insta::assert_snapshot!(with("imapz: { address: h }"), @r#"
    error: unknown key `imapz`
     --> target.yaml:3:1
      |
    3 | imapz: { address: h }
      | ^^^^^
      |
      = help: did you mean `imap`?
    "#);
    insta::assert_snapshot!(with("delivery: { lmpt: { address: h } }"), @r#"
    error: unknown value `lmpt`
     --> target.yaml:3:13
      |
    3 | delivery: { lmpt: { address: h } }
      |             ^^^^
      |
      = help: did you mean `lmtp`?
    "#);
    insta::assert_snapshot!(with("delivery: { maildir: { path: /srv/mail } }"), @r#"
    error: the path does not contain {user}
     --> target.yaml:3:11
      |
    3 | delivery: { maildir: { path: /srv/mail } }
      |           ^
      |
      = help: each account has a Maildir of its own: "/srv/mail/{user}/Maildir"
    "#);
    insta::assert_snapshot!(with("tls: { verify: maybe }"), @r#"
    error: invalid boolean
     --> target.yaml:3:16
      |
    3 | tls: { verify: maybe }
      |                ^^^^^
    "#);
    insta::assert_snapshot!(with("tls: { verify: false, ca: cert.pem }"), @r#"
    error: `ca` has no use here
     --> target.yaml:3:6
      |
    3 | tls: { verify: false, ca: cert.pem }
      |      ^
      |
      = help: with `verify: false` no certificate is looked at; remove one of the two
    "#);
    insta::assert_snapshot!(with("limits: { connections-per-account: 0 }"), @r#"
    error: nothing works with a limit of 0
     --> target.yaml:3:36
      |
    3 | limits: { connections-per-account: 0 }
      |                                    ^
      |
      = help: allow at least 1, or remove the key
    "#);
    insta::assert_snapshot!(with("pop3: { address: \"ho/st\" }"), @r#"
    error: "ho/st" is no address
     --> target.yaml:3:18
      |
    3 | pop3: { address: "ho/st" }
      |                  ^^^^^^^
      |
      = help: a host does not contain '/'; write host:port
    "#);
    insta::assert_snapshot!(with("pop3: { addres: host }"), @r#"
    error: unknown key `addres`
     --> target.yaml:3:9
      |
    3 | pop3: { addres: host }
      |         ^^^^^^
      |
      = help: did you mean `address`?
    "#);
    insta::assert_snapshot!(with("server: { stop: [x] }"), @r#"
    error: the key `start` is missing
     --> target.yaml:3:11
      |
    3 | server: { stop: [x] }
      |           ^^^^
      |
      = help: add `start: ...`
    "#);
    insta::assert_snapshot!(bad(REST), @r#"
    error: the profile has no address
     --> target.yaml:1:1
      |
    1 | accounts: { users: [u1], password: p }
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add imap: { address: "host:143" }, or imaps, pop3, pop3s; one will do
    "#);
    insta::assert_snapshot!(bad("imap: { address: h }\n"), @r#"
    error: the key `accounts` is missing
     --> target.yaml:1:1
      |
    1 | imap: { address: h }
      | ^^^^
      |
      = help: add `accounts: ...`
    "#);
    insta::assert_snapshot!(bad("imap: { address: h }\naccounts: u1\n"), @r#"
    error: expected { users: [u1, u2], password: pw } or a list of { user, password }, found string "u1"
     --> target.yaml:2:1
      |
    2 | accounts: u1
      | ^^^^^^^^
    "#);
    insta::assert_snapshot!(bad("imap: { address: h }\naccounts: []\n"), @r#"
    error: the profile has no account
     --> target.yaml:2:11
      |
    2 | accounts: []
      |           ^
      |
      = help: two or more allow scenarios to run at the same time
    "#);
    insta::assert_snapshot!(bad("imap: { address: h }\naccounts: { users: [a, b, a], password: p }\n"), @r#"
    error: the user a stands twice
     --> target.yaml:2:11
      |
    2 | accounts: { users: [a, b, a], password: p }
      |           ^
      |
      = help: each account is listed once
    "#);
    insta::assert_snapshot!(bad("imap: { address: h\n"), @r#"
    error: unclosed bracket '{'
     --> target.yaml:1:1
      |
    1 | imap: { address: h
      | ^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(bad(""), @r#"
    error: unexpected end of input
     --> target.yaml:1:1
      |
    1 |
      | ^
    "#);
}

#[test]
fn every_profile_of_ours_can_be_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in std::fs::read_dir(root.join("fixtures/servers")).unwrap() {
        let Ok(files) = std::fs::read_dir(folder.unwrap().path()) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("target") && name.ends_with(".yaml") {
                Target::from_profile(&file).unwrap_or_else(|error| panic!("{error}"));
                count += 1;
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn every_example_of_the_documentation_can_be_used() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/targets.md");
    let text = std::fs::read_to_string(path).unwrap();
    let examples: Vec<&str> =
        text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() > 5);
    for example in examples {
        // An example of one key is shown without the rest of its profile.
        let rest =
            [("imap", "imap: { address: h }\n"), ("accounts", "accounts: [{ user: a, password: b }]\n")];
        let missing = rest.iter().filter(|(key, _)| !example.lines().any(|line| line.starts_with(key)));
        good(&missing.map(|(_, line)| *line).chain([example]).collect::<String>());
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Target::from_profile(Path::new("no/such.yaml")).unwrap_err().to_string();
    assert!(error.starts_with("no/such.yaml: "), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(imap|accounts|delivery|[{}:,\\[\\] \n\"ué]|\\PC){0,40}") {
        if let Err(error) = parse("x.yaml", &text, Path::new("")) {
            proptest::prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn limits_are_positive_counts() {
    let with = |limits: &str| {
        bad(&format!(
            "imap: {{ address: h }}\naccounts: [{{ user: a, password: p }}]\nlimits: {{ {limits} }}\n"
        ))
    };
    for (limits, message) in [
        ("line: 0", "nothing works with a limit of 0"),
        ("connections-per-account: 0", "nothing works with a limit of 0"),
        ("nesting: 1001", "lists are followed 1000 levels deep at most"),
        ("literal: 8MB", "or a size such as 64KiB, 8MiB or 1GiB"),
        ("literal: -1", "or a size such as 64KiB, 8MiB or 1GiB"),
        ("literal: 99999999999GiB", "or a size such as 64KiB, 8MiB or 1GiB"),
        ("literal: [1]", "or a size such as 64KiB, 8MiB or 1GiB"),
        ("litteral: 1", "did you mean `literal`?"),
    ] {
        let told = with(limits);
        assert!(told.contains(message) && told.contains("target.yaml:3:"), "{limits}: {told}");
    }
}
