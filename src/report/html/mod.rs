//! The `html` report: one page in one file, which needs neither a network nor, but for its filters, scripts.

mod clauses;
mod exchange;
mod failure;
mod head;
mod results;
pub(crate) mod shell;
pub(crate) mod text;

use super::record::Report;
use std::fmt::Write;

use super::plain;
use text::escaped;

/// The report as a page.
pub fn render(report: &Report) -> String {
    let mut body = head::render(report);
    body.push_str("<main>\n");
    results::broken(report, &mut body);
    results::filters(report, &mut body);
    results::sections(report, &mut body);
    clauses::render(report, &mut body);
    server(report, &mut body);
    body.push_str("</main>\n");
    footer(report, &mut body);
    let title = format!("{}: {}", report.target.title, plain::sums(report));
    shell::page(&title, &body)
}

/// What the server told of itself.
fn server(report: &Report, body: &mut String) {
    let target = &report.target;
    body.push_str("<section id=\"server\"><h2>The server</h2>\n<dl class=\"facts\">");
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = write!(body, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
        }
    };
    fact("name", target.name.as_deref().unwrap_or_default());
    fact("addresses", &target.addresses.join(" "));
    target.identity.iter().for_each(|(name, value)| fact(&format!("ID {name}"), value));
    fact("IMAP capabilities", &target.capabilities.imap.join(" "));
    fact("POP3 capabilities", &target.capabilities.pop3.join(" "));
    fact("namespace prefix", &target.prefix);
    fact("delimiter", target.delimiter.as_deref().unwrap_or("none"));
    fact("delivery", &target.delivery);
    fact("accounts", &target.accounts.to_string());
    body.push_str("</dl></section>\n");
}

fn footer(report: &Report, body: &mut String) {
    let environment = &report.environment;
    let _ = writeln!(
        body,
        "<footer><p>mailspec {} on {} {}. <span class=\"keys\">Keys: <kbd>/</kbd> search, <kbd>n</kbd> and <kbd>p</kbd> next and \
         previous result that fails the run, <kbd>Esc</kbd> all results.</span></p></footer>",
        escaped(&environment.mailspec),
        escaped(&environment.os),
        escaped(&environment.arch)
    );
}
