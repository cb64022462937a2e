//! The matrix in Markdown.

use std::fmt::Write;

use super::{Matrix, Standing};
use crate::report::markdown::escaped;

/// The matrix as tables: the summary, then one for each RFC.
pub fn render(matrix: &Matrix) -> String {
    let mut text = String::from("# Servers side by side\n\n");
    let standings = matrix.standings();
    let mut row = |cells: &[String]| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    let mut head = vec!["server".to_owned()];
    head.extend(standings.iter().map(|(_, standing)| standing.name().to_owned()));
    row(&[head, vec!["tested".to_owned()]].concat());
    let rule: Vec<String> = standings.iter().map(|_| "---:".to_owned()).collect();
    row(&[vec!["---".to_owned()], rule, vec!["---".to_owned()]].concat());
    for server in &matrix.servers {
        let counts = standings.iter().map(|(index, _)| server.counts[*index].to_string());
        let partial = if server.cut_short.is_some() { ", **partial**" } else { "" };
        let mut cells = vec![escaped(&server.name)];
        cells.extend(counts);
        cells.push(format!("{}{partial}", escaped(&server.tested)));
        row(&cells);
    }
    let noun = matrix.noun();
    let only = if matrix.differences { "Only these are listed." } else { "They are in bold." };
    let _ = writeln!(text, "\nThe servers differ in {} {noun}s. {only}", matrix.differing());
    for group in &matrix.groups {
        let names = matrix.servers.iter().map(|server| escaped(&server.name)).collect::<Vec<_>>().join(" | ");
        let rules = " --- |".repeat(matrix.servers.len());
        let _ = writeln!(text, "\n## {}\n\n| {noun} | {names} |\n| --- |{rules}", escaped(&group.title));
        for row in &group.rows {
            let cells =
                row.cells.iter().map(|cell| cell.map_or("", Standing::name)).collect::<Vec<_>>().join(" | ");
            let bold = if row.differs() { "**" } else { "" };
            let _ = writeln!(text, "| {bold}{}{bold}: {} | {cells} |", escaped(&row.id), escaped(&row.title));
        }
    }
    text
}
