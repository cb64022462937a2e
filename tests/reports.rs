//! `--report` as a user of the command line meets it: a run that is interrupted, a server that dies, a disk that is full.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // Helpers of tests: what fails here fails the test.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// A server in a process of its own, which ends with the test.
struct Served {
    process: Child,
    url: String,
    /// What it says goes on to be taken.
    _output: BufReader<ChildStdout>,
}

impl Served {
    fn start() -> Self {
        let mut process = mailspec()
            .args(["serve", "--imap", "0", "--pop3", "0", "--user", "u1:hunter2"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let address = output.by_ref().lines().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("imap")?;
            let at = rest.find("127.0.0.1:")?;
            let port: String = rest[at + 10..].chars().take_while(char::is_ascii_digit).collect();
            Some(format!("127.0.0.1:{port}"))
        });
        let url = format!("imap://u1:hunter2@{}", address.expect("the server says where it listens"));
        Self { process, url, _output: output }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mailspec() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailspec"));
    command.env("NO_COLOR", "1").env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    command
}

/// A check that writes a line for each result, up to its first one.
fn check_until_first_result(served: &Served, folder: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut check = mailspec()
        .current_dir(folder)
        .args(["check", &served.url, "--verbose", "--jobs", "1", "--timeout", "5s"])
        .args([
            "--report",
            "json=new/report.json",
            "--report",
            "junit=report.xml",
            "--report",
            "html=report.html",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(check.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("pass ")), "a first result");
    (check, lines)
}

fn partial(folder: &Path) -> Value {
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("new/report.json")).unwrap()).unwrap();
    assert_eq!(report["complete"], false);
    let results = report["results"].as_array().unwrap().len();
    assert!(results >= 1 && (results as u64) < report["planned"].as_u64().unwrap(), "{results}");
    assert!(fs::read_to_string(folder.join("report.html")).unwrap().contains("This report is partial."));
    assert!(fs::read_to_string(folder.join("report.xml")).unwrap().contains("<error type=\"incomplete\""));
    // Nothing is left beside them.
    assert_eq!(fs::read_dir(folder.join("new")).unwrap().count(), 1);
    report
}

fn exit(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn a_run_that_is_interrupted_leaves_a_partial_report() {
    for (signal, reason) in
        [("INT", "it was interrupted (Ctrl-C)"), ("TERM", "it was asked to end (SIGTERM)")]
    {
        let (served, folder) = (Served::start(), tempfile::tempdir().unwrap());
        let (mut check, lines) = check_until_first_result(&served, folder.path());
        let killed =
            Command::new("kill").args([&format!("-{signal}"), &check.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let told: Vec<String> = lines.collect();
        assert!(told.iter().any(|line| line.contains(reason)), "{told:#?}");
        assert_eq!(check.wait().unwrap().code(), Some(3));
        assert_eq!(partial(folder.path())["cut_short"], reason);
    }
}

#[test]
fn a_server_that_dies_leaves_a_partial_report() {
    let (mut served, folder) = (Served::start(), tempfile::tempdir().unwrap());
    let (mut check, lines) = check_until_first_result(&served, folder.path());
    served.process.kill().unwrap();
    lines.for_each(drop);
    assert_eq!(check.wait().unwrap().code(), Some(3));
    let report = partial(folder.path());
    let reason = report["cut_short"].as_str().unwrap();
    assert!(reason.starts_with("the server does not answer any more"), "{reason}");
}

#[test]
fn a_server_that_is_not_there_leaves_a_report_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.tap");
    let argument = format!("tap={}", path.display());
    let output =
        mailspec().args(["check", "imap://u:secret@127.0.0.1:1", "--report", &argument]).output().unwrap();
    assert_eq!(exit(&output), Some(3));
    let report = fs::read_to_string(path).unwrap();
    assert!(report.contains("Bail out! cannot connect to imap://127.0.0.1:1"), "{report}");
    assert!(!report.contains("secret"));
}

#[test]
fn a_report_on_standard_output_is_alone_there() {
    let one = ["check", "--filter", "rfc3501/6.1.2-noop"];
    let output = mailspec().args(one).args(["--report", "json=-"]).output().unwrap();
    assert_eq!(exit(&output), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["complete"], true);
    assert!(String::from_utf8_lossy(&output.stderr).contains("check: "), "people are told on standard error");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_spares_the_other_reports() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.md");
    let output = mailspec()
        .args(["check", "--filter", "rfc3501/6.1.2-noop", "--report", "json=/dev/full", "--report"])
        .arg(format!("markdown={}", path.display()))
        .output()
        .unwrap();
    assert_eq!(exit(&output), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("the json report can't be written to /dev/full: No space left on device"),
        "{told}"
    );
    assert!(fs::read_to_string(path).unwrap().starts_with("## mailspec: "));
}

#[test]
fn what_can_not_be_written_is_found_before_the_run() {
    for (arguments, trouble) in [
        (&["--report", "xml=a"][..], "there is no format \"xml\""),
        (&["--report", "tap=/proc/nothing/a"], "the tap report can't be written to /proc/nothing/a"),
        (&["--report", "tap=-", "--report", "json=-"], "two reports can't both go to standard output"),
    ] {
        let output =
            mailspec().args(["check", "--filter", "rfc3501/6.1.2-noop"]).args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(trouble), "{told}");
        assert_eq!((exit(&output), output.stdout.len()), (Some(2), 0), "{told}");
    }
}

#[test]
fn github_is_told_by_annotations_and_its_summary_is_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, waivers) = (folder.path().join("summary.md"), folder.path().join("waivers.yaml"));
    fs::write(&summary, "what another command wrote\n").unwrap();
    fs::write(&waivers, "- id: rfc3501/6.1.2-noop/*\n  reason: why\n  link: https://bugs.example/1\n")
        .unwrap();
    let output = mailspec()
        .args(["check", "--filter", "rfc3501/6.1.2-noop", "--waivers"])
        .arg(&waivers)
        .arg("--report")
        .arg(format!("markdown={}", summary.display()))
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(exit(&output), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let annotation = format!("::error file={},line=1,title=xpass waiver::", waivers.display());
    assert!(told.contains(&annotation), "{told}");
    assert!(fs::read_to_string(&summary).unwrap().starts_with("what another command wrote\n## mailspec: "));
}

/// Two servers side by side, and the same server twice.
#[test]
fn a_matrix_has_a_column_for_each_report() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, filter: &str| {
        let report = format!("json={name}");
        let output = mailspec()
            .current_dir(folder.path())
            .args(["check", "--filter", filter, "--report", &report])
            .output();
        assert_eq!(exit(&output.unwrap()), Some(0));
    };
    run("a.json", "rfc3501/6.1.2-noop");
    run("b.json", "rfc3501/6.1.1-capability");
    let matrix = |arguments: &[&str]| {
        mailspec()
            .current_dir(folder.path())
            .args(["matrix", "a.json", "b.json"])
            .args(arguments)
            .output()
            .unwrap()
    };
    let output = matrix(&["--rows", "scenarios"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("| bundled reference server (1) | bundled reference server (2) |"), "{text}");
    assert!(text.contains("The servers differ in 0 scenarios."), "{text}");
    assert!(text.lines().any(|line| line.contains("6.1.2-noop/") && line.ends_with("| pass |  |")), "{text}");
    assert_eq!(exit(&matrix(&["--output", "m.html", "--differences"])), Some(0));
    assert!(fs::read_to_string(folder.path().join("m.html")).unwrap().starts_with("<!DOCTYPE html>"));
    fs::write(folder.path().join("b.json"), "{}").unwrap();
    let output = matrix(&[]);
    assert_eq!(exit(&output), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("b.json: this is no JSON report"), "{output:?}");
}
