//! `--report FORMAT=PATH` of `mailspec check`, and what `load` shares of it.

use std::env;
use std::io::{self, Write};

use jiff::Timestamp;

use super::Failure;
use crate::report::annotations;
use crate::report::destination::{Named, Place, Wanted};
use crate::report::record::{Environment, Report};

/// The reports that are wanted of a run.
pub(super) struct Reports {
    wanted: Vec<Wanted>,
    annotated: bool,
}

impl Reports {
    /// Those that the command line wants, and annotations if GitHub runs us.
    ///
    /// # Errors
    /// If one of them could not be written: a run may be long, and then it is too late.
    pub(super) fn new(wanted: &[Wanted]) -> Result<Self, Failure> {
        try_out(wanted)?;
        let annotated = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        Ok(Self { wanted: wanted.to_vec(), annotated })
    }

    /// Is there anything to record a run for?
    pub(super) fn are_wanted(&self) -> bool {
        self.annotated || !self.wanted.is_empty()
    }

    /// Does one of them take standard output, so that people must be told elsewhere?
    pub(super) fn take_output(&self) -> bool {
        self.wanted.iter().any(|wanted| wanted.place == Place::Output)
    }

    /// Writes all of them, also those behind one that can't be written.
    ///
    /// # Errors
    /// All that could not be written.
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut troubles: Vec<String> = Vec::new();
        for wanted in &self.wanted {
            let rendered = wanted.format.render(report).map_err(|error| wanted.error(error));
            if let Err(error) = rendered.and_then(|text| wanted.write(&text)) {
                troubles.push(error.to_string());
            }
        }
        if self.annotated {
            let text = annotations::render(report);
            // GitHub reads both streams; a report must stay what it is.
            let _ = if self.take_output() {
                io::stderr().write_all(text.as_bytes())
            } else {
                io::stdout().write_all(text.as_bytes())
            };
        }
        if troubles.is_empty() { Ok(()) } else { Err(Failure::usage(troubles.join("\nerror: "))) }
    }
}

/// Could all of these reports be written, as things are?
///
/// # Errors
/// If two have the same place, or one could not be written.
pub(super) fn try_out<F: Named>(wanted: &[Wanted<F>]) -> Result<(), Failure> {
    if wanted.iter().filter(|wanted| wanted.place == Place::Output).count() > 1 {
        return Err(Failure::usage("two reports can't both go to standard output; give one of them a file"));
    }
    for (index, one) in wanted.iter().enumerate() {
        if wanted[..index].iter().any(|earlier| earlier.place == one.place) {
            return Err(Failure::usage("two reports have the same file; give each its own"));
        }
        one.try_out().map_err(Failure::usage)?;
    }
    Ok(())
}

/// What a report says of the program and where it runs. `arguments` name the target again, secrets masked.
pub(super) fn environment(arguments: String) -> Environment {
    let now = Timestamp::now();
    let began = Timestamp::from_second(now.as_second()).unwrap_or(now);
    Environment {
        mailspec: env!("CARGO_PKG_VERSION").to_owned(),
        os: env::consts::OS.to_owned(),
        arch: env::consts::ARCH.to_owned(),
        began: began.to_string(),
        arguments,
    }
}

/// Ends when somebody wants the run to end, with the reason that its reports give. What was found until then is not lost.
pub(super) async fn interruption() -> String {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => interrupted(pressed).await,
            _ = terminate.recv() => "it was asked to end (SIGTERM)".to_owned(),
        }
    }
    #[cfg(not(unix))]
    interrupted(tokio::signal::ctrl_c().await).await
}

/// Where no signal can be listened to, none comes.
async fn interrupted(pressed: io::Result<()>) -> String {
    match pressed {
        Ok(()) => "it was interrupted (Ctrl-C)".to_owned(),
        Err(_) => std::future::pending().await,
    }
}
