//! The extended LIST (RFC 5258), with what SPECIAL-USE (RFC 6154) and LIST-STATUS (RFC 5819) add to it.

use std::collections::BTreeMap;

use super::command::{ExtendedList, ListReturn, ListSelection};
use super::extension::Extension;
use super::list::Pattern;
use super::mailboxes::status_data;
use super::response::Data;
use super::session::{Completion, Session, Step};
use super::special_use;
use crate::net::Transport;
use crate::store::{Account, DELIMITER, Listed};

/// What is known of a name that exists, is subscribed to, or lies above such a one.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    exists: bool,
    selectable: bool,
    has_children: bool,
    subscribed: bool,
    special_use: Option<&'static str>,
    /// Names below it that meet the selection options.
    selected_below: Below,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Below {
    #[default]
    Nothing,
    /// All of them match the pattern as well, so that they are listed themselves.
    Listed,
    /// The pattern leaves out at least one.
    LeftOut,
}

impl<T: Transport> Session<'_, T> {
    pub(super) async fn list_extended(&mut self, request: &ExtendedList) -> Step<Completion> {
        let Some(account) = self.account.clone() else { return Ok(Completion::bad("log in first")) };
        let mut known = known_names(&account);
        let patterns: Vec<Pattern> =
            request.patterns.iter().map(|pattern| Pattern::new(&request.reference, pattern)).collect();
        let matches = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
        if request.selection.contains(&ListSelection::RecursiveMatch) {
            look_below(&mut known, request, matches);
        }
        let status_items = request.returns.iter().find_map(|option| match option {
            ListReturn::Status(items) => Some(items),
            _ => None,
        });
        for (name, mut known) in known.into_iter().filter(|(name, _)| matches(name)) {
            let selected = is_selected(&known, request);
            // RFC 5258 section 3.5: a name that only stands for others is left out where those are listed.
            if selected || known.selected_below == Below::LeftOut {
                let items = status_items.filter(|_| selected && known.selectable);
                let status = items.map(|items| status_data(&account, &name, items));
                // It may have gone between the two looks at it (RFC 5819 section 2).
                known.selectable &= !matches!(status, Some(Err(_)));
                let attributes = self.attributes(&known, request);
                let child_info = known.selected_below != Below::Nothing;
                self.data(Data::List { name, attributes, child_info }).await?;
                if let Some(Ok(status)) = status {
                    self.data(status).await?;
                }
            }
        }
        Ok(Completion::ok("LIST completed"))
    }

    fn attributes(&self, known: &Known, request: &ExtendedList) -> Vec<&'static str> {
        let returns = |option| request.returns.contains(&option);
        let mut attributes = Vec::new();
        match known {
            Known { exists: false, .. } => attributes.push("\\NonExistent"),
            Known { selectable: false, .. } => attributes.push("\\Noselect"),
            _ => {}
        }
        let subscribed =
            returns(ListReturn::Subscribed) || request.selection.contains(&ListSelection::Subscribed);
        if subscribed && known.subscribed {
            attributes.push("\\Subscribed");
        }
        if returns(ListReturn::Children) || self.extensions().has(Extension::Children) {
            attributes.push(if known.has_children { "\\HasChildren" } else { "\\HasNoChildren" });
        }
        if returns(ListReturn::SpecialUse) || request.selection.contains(&ListSelection::SpecialUse) {
            attributes.extend(known.special_use);
        }
        attributes
    }
}

fn known_names(account: &Account) -> BTreeMap<String, Known> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for listed in account.list() {
        let Listed { name, selectable, has_children } = listed;
        let special_use = special_use::attribute(&name).filter(|_| selectable);
        known.insert(name, Known { exists: true, selectable, has_children, special_use, ..Known::default() });
    }
    for (name, _) in account.subscriptions() {
        known.entry(name).or_default().subscribed = true;
    }
    known
}

/// Whether a name meets the selection options. Without SUBSCRIBED all that exist do.
fn is_selected(known: &Known, request: &ExtendedList) -> bool {
    let among_subscribed = request.selection.contains(&ListSelection::Subscribed);
    let listed = if among_subscribed { known.subscribed } else { known.exists };
    listed && (known.special_use.is_some() || !request.selection.contains(&ListSelection::SpecialUse))
}

/// Notes at each name whether there are selected ones below it.
fn look_below(known: &mut BTreeMap<String, Known>, request: &ExtendedList, matches: impl Fn(&str) -> bool) {
    let selected = known.iter().filter(|(_, known)| is_selected(known, request));
    let selected: Vec<String> = selected.map(|(name, _)| name.clone()).collect();
    for name in selected {
        let below = if matches(&name) { Below::Listed } else { Below::LeftOut };
        for (at, _) in name.match_indices(DELIMITER) {
            let above = known.entry(name[..at].to_owned()).or_default();
            above.selected_below = above.selected_below.max(below);
        }
    }
}
