//! The matrix for other programs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Extent, Matrix, Trial};

#[derive(Serialize)]
struct Document<'m> {
    full: bool,
    faults: Vec<Entry<'m>>,
    failing_without_faults: &'m BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_under_no_fault: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Entry<'m> {
    name: &'m str,
    clauses: &'m [&'m str],
    does: &'m str,
    ran: usize,
    noticed_by: &'m BTreeSet<String>,
    failing_by_other_clauses: &'m std::collections::BTreeMap<String, BTreeSet<String>>,
    troubles: &'m BTreeSet<String>,
}

impl Matrix {
    /// One object: for each fault who notices it, and who fails besides.
    ///
    /// # Errors
    /// Those of the writer of JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let document = Document {
            full: self.extent == Extent::Full,
            faults: self.trials.iter().map(entry).collect(),
            failing_without_faults: &self.baseline.failing,
            failing_under_no_fault: self.is_whole().then(|| self.idle()),
        };
        serde_json::to_string_pretty(&document).map(|text| text + "\n")
    }

    /// A line for each fault, a column for each row and rule that some fault makes fail: `x` where it fails by a clause of the
    /// fault, `o` where it fails by another.
    #[must_use]
    pub fn csv(&self) -> String {
        let columns: BTreeSet<&str> = self.trials.iter().flat_map(Trial::failing).collect();
        let mut text = String::from("fault,clause");
        for column in &columns {
            text.push(',');
            text.push_str(&field(column));
        }
        for trial in &self.trials {
            text.push('\n');
            text.push_str(&format!("{},{}", field(trial.fault.name), field(trial.fault.clauses[0])));
            for &column in &columns {
                text.push_str(match (trial.noticed_by.contains(column), trial.shaken.contains_key(column)) {
                    (true, _) => ",x",
                    (false, true) => ",o",
                    (false, false) => ",",
                });
            }
        }
        text.push('\n');
        text
    }
}

fn entry(trial: &Trial) -> Entry<'_> {
    let Trial { fault, noticed_by, shaken, troubles, ran, .. } = trial;
    Entry {
        name: fault.name,
        clauses: fault.clauses,
        does: fault.does,
        ran: *ran,
        noticed_by,
        failing_by_other_clauses: shaken,
        troubles,
    }
}

/// As RFC 4180 section 2 writes a field.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
