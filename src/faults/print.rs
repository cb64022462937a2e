//! The matrix for people: the sums first, then the holes, then fault by scenario.

use std::fmt::Write;

use super::{Extent, Matrix, Trial};

/// How many names of scenarios stand on the line of a fault, unless all are wanted.
const NAMED: usize = 3;

impl Matrix {
    /// The whole report. With `all`, each row and rule that notices a fault is named.
    #[must_use]
    pub fn report(&self, all: bool) -> String {
        let mut text = self.sums();
        self.failing_without(&mut text);
        self.survivors_told(&mut text);
        if self.extent == Extent::Full {
            self.noticed_once_told(&mut text);
        }
        if self.is_whole() {
            self.idle_told(&mut text, all);
        }
        let _ = writeln!(text, "\nfault by scenario");
        let width = self.trials.iter().map(|trial| trial.fault.name.len()).max().unwrap_or(0);
        for trial in &self.trials {
            let _ = writeln!(text, "  {:width$}  {}", trial.fault.name, witnesses(trial, all));
        }
        text
    }

    fn sums(&self) -> String {
        let survivors = self.survivors().count();
        let mut text = format!(
            "{} faults: {} noticed, {survivors} survive\n",
            self.trials.len(),
            self.trials.len() - survivors
        );
        if self.extent == Extent::Full {
            let _ = writeln!(
                text,
                "{} faults are noticed by one scenario or rule only",
                self.noticed_once().count()
            );
        }
        if self.is_whole() {
            let rules = crate::watch::rules().len();
            let idle = self.idle();
            let idle_rules = idle.iter().filter(|by| by.starts_with("rule/")).count();
            let _ = writeln!(
                text,
                "{} of {} scenarios and rows fail under no fault, {idle_rules} of {rules} watch rules",
                idle.len() - idle_rules,
                self.baseline.ran.len(),
            );
        }
        text
    }

    fn failing_without(&self, text: &mut String) {
        if !self.baseline.failing.is_empty() {
            let _ = writeln!(text, "\nfail without any fault");
            for by in &self.baseline.failing {
                let _ = writeln!(text, "  {by}");
            }
        }
    }

    fn survivors_told(&self, text: &mut String) {
        if self.survivors().next().is_none() {
            return;
        }
        let _ = writeln!(text, "\nsurvive");
        for trial in self.survivors() {
            let _ =
                writeln!(text, "  {}: {} ({})", trial.fault.name, trial.fault.does, trial.fault.clauses[0]);
            for line in trial.defence() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }

    fn noticed_once_told(&self, text: &mut String) {
        if self.noticed_once().next().is_none() {
            return;
        }
        let _ = writeln!(text, "\nnoticed by one only");
        let width = self.noticed_once().map(|(trial, _)| trial.fault.name.len()).max().unwrap_or(0);
        for (trial, by) in self.noticed_once() {
            let _ = writeln!(text, "  {:width$}  {by}", trial.fault.name);
        }
    }

    /// By scenario; its rows where not all of them are idle.
    fn idle_told(&self, text: &mut String, all: bool) {
        let idle = self.idle();
        if idle.is_empty() {
            return;
        }
        let _ = writeln!(text, "\nfail under no fault");
        let shown = if all { idle.len() } else { 100 };
        for by in idle.iter().take(shown) {
            let _ = writeln!(text, "  {by}");
        }
        if idle.len() > shown {
            let _ = writeln!(text, "  and {} more; -v shows all", idle.len() - shown);
        }
    }
}

impl Trial {
    /// Why nothing has noticed the fault, in lines: what cites its clauses and did not, what failed instead, what went wrong.
    #[must_use]
    pub fn defence(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.undecided.is_empty() {
            lines.push("no scenario that ran cites its clauses".to_owned());
        }
        lines.extend(self.undecided.iter().map(|(id, how)| format!("{id}: {how}")));
        lines.extend(self.shaken.iter().map(|(by, clauses)| {
            let clauses: Vec<&str> = clauses.iter().map(String::as_str).collect();
            format!("{by} fails by {}", clauses.join(", "))
        }));
        lines.extend(self.troubles.iter().map(|trouble| format!("trouble: {trouble}")));
        lines
    }
}

fn witnesses(trial: &Trial, all: bool) -> String {
    if trial.survives() {
        return "survives".to_owned();
    }
    let named = if all { trial.noticed_by.len() } else { NAMED };
    let names: Vec<&str> = trial.noticed_by.iter().take(named).map(String::as_str).collect();
    let more = match trial.noticed_by.len().saturating_sub(named) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.join(", "))
}
