//! What is shown while the run goes on: a bar on a terminal, else a line now and then.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::layout::counted;

/// What is shown while the run goes on.
pub(super) enum Progress {
    /// Drawn on standard error.
    Bar(ProgressBar),
    /// Written after each tenth.
    Lines {
        /// How many results are to come in all.
        planned: usize,
        /// Tenths that were told.
        told: usize,
    },
}

impl Progress {
    pub(super) fn new(live: bool) -> Self {
        if !live {
            return Self::Lines { planned: 0, told: 0 };
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:20} {pos}/{len} {prefix}{wide_msg}");
        Self::Bar(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(super) fn started(&mut self, count: usize) {
        match self {
            Self::Bar(bar) => bar.set_length(count as u64),
            Self::Lines { planned, .. } => *planned = count,
        }
    }

    pub(super) fn begun(&self, id: &str) {
        if let Self::Bar(bar) = self {
            bar.set_message(id.to_owned());
        }
    }

    /// `done` results are in, `failed` of them bad. What to write, if it is time.
    pub(super) fn ended(&mut self, (done, failed): (usize, usize)) -> Option<String> {
        match self {
            Self::Bar(bar) => {
                bar.set_position(done as u64);
                if failed > 0 {
                    bar.set_prefix(format!("{failed} failed  "));
                }
                None
            }
            Self::Lines { planned, told } => {
                // Short runs are over before anyone wonders.
                let tenth = (done * 10).checked_div(*planned).filter(|_| *planned >= 20)?;
                if tenth <= *told || tenth >= 10 {
                    return None;
                }
                *told = tenth;
                Some(format!("{done} of {}, {failed} failed so far", counted(*planned, "result")))
            }
        }
    }

    /// Writes above the bar.
    pub(super) fn above(&self, write: impl FnOnce()) {
        match self {
            Self::Bar(bar) => bar.suspend(write),
            Self::Lines { .. } => write(),
        }
    }

    pub(super) fn finished(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
