//! What all pages have in common: the frame, the style and the script.

use super::text::escaped;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filters.js");

/// A page with this title and body; the body is HTML.
pub(crate) fn page(title: &str, body: &str) -> String {
    let mut page = String::with_capacity(PAGE.len() + STYLE.len() + SCRIPT.len() + body.len());
    let mut rest = PAGE;
    // In one pass, so that nothing in the body is taken for a place of the frame.
    while let Some((before, behind)) = rest.split_once("{{") {
        page.push_str(before);
        let (name, behind) = behind.split_once("}}").unwrap_or((behind, ""));
        match name {
            "title" => page.push_str(&escaped(title)),
            "style" => page.push_str(STYLE),
            "script" => page.push_str(SCRIPT),
            _ => page.push_str(body),
        }
        rest = behind;
    }
    page + rest
}
