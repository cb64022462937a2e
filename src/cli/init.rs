//! `mailspec init`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{Failure, Output, duration, runtime};
use crate::check::exit::Exit;
use crate::check::survey::{Survey, Trial, survey};
use crate::clauses::Catalogue;
use crate::report::wrapped;
use crate::scenario::program::Protocol;
use crate::target::{Remarks, Target, Upgrade};

/// Ask a server what it can do, and write a profile and a file of waivers for it
#[derive(Debug, Args)]
#[command(long_about = "\
Ask a server what it can do, and write a profile (server.yaml) and a file of waivers (waivers.yaml) for it.

  mailspec init imap://u1:secret@localhost pop3://u1:secret@localhost
  mailspec check --target server.yaml --waivers waivers.yaml

The server is asked for its capabilities and namespaces, whether it wants TLS, and how many connections it takes; where the INBOX of \
the first account is empty, a message is put there and removed again. No file is overwritten.")]
pub(super) struct Arguments {
    /// The server: imap, imaps, pop3 or pop3s://USER:PASSWORD@HOST[:PORT]
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
    /// The folder that the files are put into; it is made where it is missing
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// How long the server may take for each answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    timeout: Duration,
}

/// Columns of comments.
const WIDTH: usize = 110;

const WAIVERS: &str = "\
# Failures that are known and accepted for now; they do not fail the run. Each has an id as the report shows it, a reason and a link:
#
# - id: rfc6851-move/3.3-move/examined
#   reason: MOVE takes messages out of a mailbox that was opened with EXAMINE
#   link: https://example.org/bugs/17
#   message: rfc3501-6.3.2-02     # optional: a text that the failure must contain
#   expires: 2030-12-31           # optional: the last day on which it is accepted
#
# What fails today is added below by `mailspec check ... --write-waivers` with this file. See docs/waivers.md.
";

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let target = Target::from_urls(&self.urls).map_err(Failure::usage)?;
        let (profile, waivers) = (self.output.join("server.yaml"), self.output.join("waivers.yaml"));
        for path in [&profile, &waivers] {
            if path.exists() {
                let what = "is there already; remove it, or name another folder with --output";
                return Err(Failure::usage(format!("{} {what}", path.display())));
            }
        }
        let catalogue = Catalogue::load(None).map_err(Failure::usage)?;
        let survey = runtime()?.block_on(async {
            target.preflight(self.timeout).await.map_err(|error| Failure::new(Exit::Errors, error))?;
            let survey = survey(target, catalogue, self.timeout).await;
            survey.map_err(|error| Failure::new(Exit::Errors, format!("the target can't be used: {error}")))
        })?;
        std::fs::create_dir_all(&self.output)
            .map_err(|error| Failure::usage(format!("{}: {error}", self.output.display())))?;
        let named = Target { name: name(&survey), ..survey.target.clone() };
        write(&profile, &named.profile(&remarks(&survey)), true)?;
        write(&waivers, WAIVERS, false)?;
        // What was written has to be of use.
        Target::from_profile(&profile).map_err(|error| Failure::new(Exit::Errors, error))?;
        for line in told(&survey, &profile, &waivers) {
            output.line(line);
        }
        Ok(Exit::Expected)
    }
}

/// Makes a file that is not there yet; one with passwords for its owner only.
fn write(path: &Path, text: &str, private: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// `Dovecot 2.4`, by what ID or IMPLEMENTATION says.
fn name(survey: &Survey) -> Option<String> {
    let identity = &survey.facts.identity;
    let field = |wanted: &str| {
        let found = identity.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let name = field("name").or(field("implementation"))?;
    Some(field("version").map_or(name.to_owned(), |version| format!("{name} {version}")))
}

fn remarks(survey: &Survey) -> Remarks {
    let mut remarks = Remarks {
        head: vec![
            "The server under test, as `mailspec init` found it; yours to change. docs/targets.md explains each key.".to_owned(),
            "It holds passwords: of accounts that are for testing only.".to_owned(),
            String::new(),
        ],
        ..Remarks::default()
    };
    if survey.target.speaks(Protocol::Imap) {
        remarks.imap = vec![capabilities(survey, Protocol::Imap), namespace(survey)];
    }
    if survey.target.speaks(Protocol::Pop3) {
        remarks.pop3 = vec![capabilities(survey, Protocol::Pop3)];
    }
    remarks.tls =
        survey.unverified.as_ref().map(|why| format!("The certificate could not be verified: {why}"));
    remarks.delivers = survey.target.speaks(Protocol::Imap);
    remarks.delivery = vec![delivery(survey)];
    remarks.limits = vec![match survey.most_connections {
        Some(most) => {
            format!("The server took {most} connections of one account at the same time, and not one more.")
        }
        None => "Connections of one account at the same time.".to_owned(),
    }];
    remarks
}

fn capabilities(survey: &Survey, protocol: Protocol) -> String {
    let name = if protocol == Protocol::Imap { "IMAP" } else { "POP3" };
    let listed: Vec<&str> = survey.facts.advertised(protocol).collect();
    wrapped(&format!("{name} offers {}", listed.join(", ")), WIDTH)
}

fn namespace(survey: &Survey) -> String {
    let prefix = String::from_utf8_lossy(&survey.facts.prefix);
    match &survey.facts.separator {
        Some(delimiter) => {
            let delimiter = String::from_utf8_lossy(delimiter);
            format!("Personal namespace: prefix {prefix:?}, hierarchy delimiter {delimiter:?}")
        }
        None => format!("Personal namespace: prefix {prefix:?}, no hierarchy"),
    }
}

fn delivery(survey: &Survey) -> String {
    let over = if survey.target.speaks(Protocol::Pop3) { ", and it was in the maildrop" } else { "" };
    match &survey.delivery {
        Trial::Arrived => format!("How mail gets in. Tried: a message was appended to INBOX{over}."),
        Trial::Failed(why) => format!("How mail gets in. Tried, and it failed: {why}"),
        Trial::Occupied(count) => {
            format!("How mail gets in. Not tried, as INBOX holds {count} messages. A run will remove them!")
        }
        Trial::NoImap => {
            "How mail gets in: without IMAP one of these is needed, else most scenarios are skipped."
                .to_owned()
        }
    }
}

/// What the user has to know now.
fn told(survey: &Survey, profile: &Path, waivers: &Path) -> Vec<String> {
    let mut lines = vec![format!("{}", survey.target)];
    if let Some(name) = name(survey) {
        lines.push(format!("  it calls itself {name}"));
    }
    for (protocol, name) in [(Protocol::Imap, "IMAP"), (Protocol::Pop3, "POP3")] {
        if survey.target.speaks(protocol) {
            lines.push(format!("  {name} offers {} capabilities", survey.facts.advertised(protocol).count()));
        }
    }
    if survey.target.speaks(Protocol::Imap) {
        lines.push(format!("  {}", namespace(survey)));
    }
    if survey.target.upgrade != Upgrade::default() {
        lines.push("  passwords are taken under TLS only: sessions begin with STARTTLS or STLS".to_owned());
    }
    if let Some(why) = &survey.unverified {
        lines.push(format!("  its certificate could not be verified, and is not: {why}"));
    }
    if let Some(most) = survey.most_connections {
        lines.push(format!("  {most} connections of one account at the same time, and not one more"));
    }
    lines.push(format!("  {}", delivery(survey)));
    if survey.target.accounts.len() == 1 {
        lines.push("  one account: add more to the profile, which makes a run shorter".to_owned());
    }
    let (profile, waivers) = (profile.display(), waivers.display());
    lines
        .push(format!("written: {profile} and {waivers}; next, record what fails today, then run the gate:"));
    lines.push(format!("  mailspec check --target {profile} --write-waivers {waivers}"));
    lines.push(format!("  mailspec check --target {profile} --waivers {waivers}"));
    lines
}
