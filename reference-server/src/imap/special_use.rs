//! What a mailbox is for (RFC 6154). No mailbox is made for it, and a new one gets its attribute by its name.

/// The special-use attribute of the mailbox with this name. `\All` and `\Flagged` would be virtual mailboxes: there are
/// none.
pub(super) fn attribute(name: &str) -> Option<&'static str> {
    Some(match name {
        "Archive" => "\\Archive",
        "Drafts" => "\\Drafts",
        "Junk" => "\\Junk",
        "Sent" => "\\Sent",
        "Trash" => "\\Trash",
        _ => return None,
    })
}
