//! The matrix as a page, with the frame, the style and the filters of the html report.

use std::fmt::Write;

use super::{Matrix, Row, Standing};
use crate::report::html::{shell, text::anchor, text::escaped};

/// The matrix as a page.
pub fn render(matrix: &Matrix) -> String {
    let noun = matrix.noun();
    let mut body = format!(
        "<header class=\"top\">\n<p class=\"kind\">mailspec matrix</p>\n<h1>Servers side by side</h1>\n\
         <p class=\"meta\">The servers differ in {} {noun}s{}.</p></header>\n<main>\n",
        matrix.differing(),
        if matrix.differences { ", and only these are shown" } else { "" }
    );
    summary(matrix, &mut body);
    let _ = writeln!(
        body,
        "<section id=\"results\"><h2>By {noun}</h2>\n<form class=\"filters\" role=\"search\" hidden=\"\">\n<label class=\"find\">Search \
         <input type=\"search\" name=\"text\" autocomplete=\"off\" placeholder=\"id, text\"/></label>\n<fieldset><legend>Show</legend>"
    );
    for (name, label, count) in
        [("differs", "servers differ", matrix.differing())].into_iter().chain(chips(matrix))
    {
        let _ = write!(
            body,
            "<label class=\"chip {name}\"><input type=\"checkbox\" name=\"state\" value=\"{name}\"/> {label} <b>{count}</b></label>"
        );
    }
    body.push_str(
        "</fieldset>\n<p class=\"shown\"><output aria-live=\"polite\"></output> <button type=\"reset\">all</button> \
         <button type=\"button\" data-open=\"1\">open all</button> <button type=\"button\" data-open=\"\">close all</button></p>\n</form>\n",
    );
    for group in &matrix.groups {
        let differ = group.rows.iter().filter(|row| row.differs()).count();
        let open = if differ > 0 { " open=\"\"" } else { "" };
        let _ = writeln!(
            body,
            "<details class=\"group rfc\"{open}><summary><h3>{}</h3><span class=\"counts\">{} {noun}s, {differ} differ</span></summary>\n\
             <div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">{noun}</th>{}</tr></thead>\n<tbody>",
            escaped(&group.title),
            group.rows.len(),
            matrix
                .servers
                .iter()
                .map(|server| format!("<th scope=\"col\">{}</th>", escaped(&server.name)))
                .collect::<String>()
        );
        group.rows.iter().for_each(|own| row(own, &mut body));
        body.push_str("</tbody></table></div></details>\n");
    }
    body.push_str("<p class=\"none\" hidden=\"\">Nothing fits.</p>\n</section>\n</main>\n");
    shell::page("mailspec: servers side by side", &body)
}

fn summary(matrix: &Matrix, body: &mut String) {
    let standings = matrix.standings();
    body.push_str("<section id=\"summary\"><h2>Summary</h2>\n<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">server</th>");
    for (_, standing) in &standings {
        let _ = write!(body, "<th scope=\"col\">{}</th>", standing.name());
    }
    body.push_str("<th scope=\"col\">tested</th></tr></thead>\n<tbody>\n");
    for server in &matrix.servers {
        let _ = write!(body, "<tr><th scope=\"row\"><b>{}</b></th>", escaped(&server.name));
        for (index, _) in &standings {
            let _ = write!(body, "<td class=\"number\">{}</td>", server.counts[*index]);
        }
        let partial =
            server.cut_short.as_ref().map(|why| format!(" <b class=\"flaky\">partial: {}</b>", escaped(why)));
        let _ = writeln!(body, "<td>{}{}</td></tr>", escaped(&server.tested), partial.unwrap_or_default());
    }
    body.push_str("</tbody></table></div></section>\n");
}

/// Filters by what some server does, with how many rows have it.
fn chips(matrix: &Matrix) -> Vec<(&'static str, &'static str, usize)> {
    let rows = || matrix.groups.iter().flat_map(|group| &group.rows);
    let standings = Standing::ALL.into_iter().map(|standing| {
        let count = rows().filter(|row| row.cells.contains(&Some(standing))).count();
        (standing.name(), standing.name(), count)
    });
    standings.filter(|(_, _, count)| *count > 0).collect()
}

fn row(row: &Row, body: &mut String) {
    let mut states: Vec<&str> = row.cells.iter().flatten().map(|cell| cell.name()).collect();
    states.sort_unstable();
    states.dedup();
    let class = if row.differs() {
        states.push("differs");
        " class=\"differs\""
    } else {
        ""
    };
    let _ = write!(
        body,
        "<tr id=\"{}\"{class} data-state=\"{}\"><th scope=\"row\"><span class=\"id\">{}</span> <span class=\"title\">{}</span></th>",
        anchor(&row.id),
        states.join(" "),
        escaped(&row.id),
        escaped(&row.title)
    );
    for cell in &row.cells {
        let _ = match cell.map(Standing::name) {
            Some(name) => write!(body, "<td><span class=\"badge {name}\">{name}</span></td>"),
            None => write!(body, "<td></td>"),
        };
    }
    body.push_str("</tr>\n");
}
