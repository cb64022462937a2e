//! `mailspec init`, and that what it writes can be used at once.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::{path::Path, process::Command};

use mailspec::target::{Delivery, Target};
use reference_server::{
    config::Config,
    net::{Server, Service},
    store::Flags,
};

/// Runs the program beside a server, and returns its exit code and all that it printed.
async fn mailspec(arguments: Vec<String>) -> (Option<i32>, String) {
    let run = move || Command::new(env!("CARGO_BIN_EXE_mailspec")).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

fn url(server: &Server, service: Service, scheme: &str) -> String {
    format!("{scheme}://u1:p%22w%3A%23@127.0.0.1:{}", server.address(service).unwrap().port())
}

fn config() -> Config {
    let any = Some("127.0.0.1:0".parse().unwrap());
    Config { imap: any, imaps: any, pop3: any, ..Config::default() }.user("u1", "p\"w:#")
}

fn arguments(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_runs() {
    let server = Server::start(config()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("ci").display().to_string();
    let urls = [url(&server, Service::Imap, "imap"), url(&server, Service::Pop3, "pop3")];
    let init = arguments(&["init", "--output", &output, &urls[0], &urls[1]]);
    let (code, printed) = mailspec(init.clone()).await;
    assert_eq!(code, Some(0), "{printed}");
    for told in
        ["it calls itself mailspec", "and it was in the maildrop", "prefix \"\", hierarchy delimiter \"/\""]
    {
        assert!(printed.contains(told), "{told}: {printed}");
    }
    assert!(!printed.contains("p\"w:#"), "{printed}");

    let (profile, waivers) = (format!("{output}/server.yaml"), format!("{output}/waivers.yaml"));
    let target = Target::from_profile(Path::new(&profile)).unwrap();
    assert_eq!(
        (target.accounts.len(), target.delivery, target.upgrade.imap),
        (1, Delivery::ImapAppend, false)
    );
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&profile).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let filter = ["--filter", "rfc1939/5-transaction/rset", "--filter", "rfc3501/6.4.3-expunge"];
    let mut check =
        arguments(&["check", "--target", &profile, "--waivers", &waivers, "--write-waivers", &waivers]);
    check.extend(arguments(&filter));
    let (code, printed) = mailspec(check).await;
    assert_eq!(code, Some(0), "{printed}");

    let (code, printed) = mailspec(init).await;
    assert_eq!(code, Some(2), "{printed}");
    assert!(printed.contains("server.yaml is there already"), "{printed}");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_tls_is_understood() {
    let config = Config { cleartext_passwords: false, ..config() };
    let server = Server::start(config).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().display().to_string();
    let imap = url(&server, Service::Imap, "imap");
    let (code, printed) = mailspec(arguments(&["init", "--output", &output, &imap])).await;
    assert_eq!(code, Some(0), "{printed}");
    let target = Target::from_profile(&folder.path().join("server.yaml")).unwrap();
    assert_eq!(
        (target.upgrade.imap, target.upgrade.pop3, target.tls.verify),
        (true, false, false),
        "{printed}"
    );
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_there_stays() {
    let server = Server::start(config()).await.unwrap();
    let account = server.store().account("u1").unwrap();
    account.append("INBOX", b"Subject: keep me\r\n\r\nx\r\n".to_vec(), Flags::default(), None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().display().to_string();
    let imaps = url(&server, Service::Imaps, "imaps");
    let (code, printed) = mailspec(arguments(&["init", "--output", &output, &imaps])).await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("INBOX holds 1 messages"), "{printed}");
    // The UID of the next one tells that nothing came or went.
    let (_, uid) =
        account.append("INBOX", b"Subject: next\r\n\r\n".to_vec(), Flags::default(), None).unwrap();
    assert_eq!(uid.to_string(), "2");
    assert!(printed.contains("its certificate could not be verified"), "{printed}");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_writes_nothing() {
    let server = Server::start(config()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("new");
    let pop3 = url(&server, Service::Pop3, "pop3").replace("p%22w", "wrong");
    let (code, printed) =
        mailspec(arguments(&["init", "--output", &output.display().to_string(), &pop3])).await;
    assert_eq!(code, Some(3), "{printed}");
    assert!(printed.contains("the target can't be used: POP3: PASS is refused"), "{printed}");
    assert!(!output.exists());
    server.shutdown().await;
}
