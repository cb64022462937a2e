//! Text in a page: nothing that it says is markup, and nothing in it is invisible or changes its direction.

use std::fmt::Write;

/// As the content of an element, or the value of an attribute in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            c if is_shown(c) => escaped.push(c),
            c => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    escaped
}

/// Neither a control, nor without a width, nor one that turns the text behind it around, nor no character at all.
fn is_shown(c: char) -> bool {
    let code = u32::from(c);
    !c.is_control()
        && !matches!(code, 0x00ad | 0x061c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff)
        && !matches!(code, 0xfdd0..=0xfdef | 0xfff9..=0xffff)
        && code & 0xfffe != 0xfffe
}

/// A name for `id` and `href`: ids of scenarios and clauses are made of letters, digits and `/._-`, and nothing else gets in.
pub(crate) fn anchor(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || "/._-".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_markup_or_can_not_be_seen_is_escaped() {
        let text = "<a href='x'>&\"\u{1b}[31m\u{202e}abc\u{fffe}é\n";
        assert_eq!(escaped(text), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\u{1b}[31m\\u{202e}abc\\u{fffe}é\n");
        assert_eq!(anchor("rfc3501/6.4.4-search/keys/or \"x"), "rfc3501/6.4.4-search/keys/or__x");
    }
}
