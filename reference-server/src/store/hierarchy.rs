//! Operations on the names of an account: CREATE, DELETE, RENAME, SUBSCRIBE, and what LIST and LSUB need.

use super::account::{Account, Listed, State};
use super::error::StoreError;
use super::names::{self, DELIMITER, INBOX};

impl Account {
    /// Makes an empty mailbox, and the names above it (RFC 3501 section 6.3.3). A delimiter at the end is dropped.
    ///
    /// # Errors
    /// [`StoreError::Inbox`], [`StoreError::AlreadyExists`], [`StoreError::MalformedName`],
    /// [`StoreError::TooManyMailboxes`], [`StoreError::NotDurable`].
    pub fn create(&self, name: &str) -> Result<(), StoreError> {
        let name = names::canonical(name.strip_suffix(DELIMITER).unwrap_or(name));
        if name == INBOX {
            return Err(StoreError::Inbox);
        }
        let mut state = self.change()?;
        if let Some(Some(_)) = state.names().get(&name) {
            return Err(StoreError::AlreadyExists);
        }
        names::check(&name)?;
        state.create_superiors(self, &name)?;
        let id = state.new_mailbox(&self.clock());
        state.set_name(name, Some(id));
        Ok(())
    }

    /// Removes a mailbox with its messages (RFC 3501 section 6.3.4). If it has inferiors its name stays as `\Noselect`.
    /// Sessions that have it selected keep it until they leave (RFC 2180 section 3.2). Subscriptions stay.
    ///
    /// # Errors
    /// [`StoreError::Inbox`], [`StoreError::NoSuchMailbox`], [`StoreError::HasInferiors`], [`StoreError::NotDurable`].
    pub fn delete(&self, name: &str) -> Result<(), StoreError> {
        let name = names::canonical(name);
        if name == INBOX {
            return Err(StoreError::Inbox);
        }
        let mut state = self.change()?;
        let id = *state.names().get(&name).ok_or(StoreError::NoSuchMailbox)?;
        match (id, state.has_inferiors(&name)) {
            (None, true) => return Err(StoreError::HasInferiors),
            (Some(_), true) => {
                state.set_name(name, None);
            }
            (_, false) => {
                state.remove_name(&name);
            }
        }
        if let Some(id) = id {
            state.free_name(id);
            state.mailbox(id)?.mark_deleted();
            state.forget_if_unused(id);
        }
        Ok(())
    }

    /// Renames a mailbox and all below it (RFC 3501 section 6.3.5). Of INBOX only the messages move, to a new mailbox.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::AlreadyExists`], [`StoreError::BelowItself`],
    /// [`StoreError::MalformedName`], [`StoreError::TooManyMailboxes`], [`StoreError::NotDurable`].
    pub fn rename(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let (from, to) = (names::canonical(from), names::canonical(to.strip_suffix(DELIMITER).unwrap_or(to)));
        let mut state = self.change()?;
        if !state.names().contains_key(&from) {
            return Err(StoreError::NoSuchMailbox);
        }
        if state.names().contains_key(&to) {
            return Err(StoreError::AlreadyExists);
        }
        names::check(&to)?;
        if from == INBOX {
            return state.move_inbox(self, to);
        }
        if to.starts_with(&format!("{from}{DELIMITER}")) {
            return Err(StoreError::BelowItself);
        }
        let moved: Vec<(String, String)> =
            state.inferiors(&from).map(|old| (old.clone(), format!("{to}{}", &old[from.len()..]))).collect();
        moved.iter().try_for_each(|(_, new)| names::check(new))?;
        state.create_superiors(self, &to)?;
        for (old, new) in moved.into_iter().chain([(from, to)]) {
            let Some(id) = state.remove_name(&old) else { continue };
            if let Some(id) = id {
                state.free_name(id);
                state.outgrow_freed_names(id, &self.clock());
            }
            state.set_name(new, id);
        }
        Ok(())
    }

    /// Every name, in order.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let state = self.state();
        let listed = state.names().iter().map(|(name, id)| Listed {
            name: name.clone(),
            selectable: id.is_some(),
            has_children: state.has_inferiors(name),
        });
        listed.collect()
    }

    /// Subscribes to a name (RFC 3501 section 6.3.6).
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotDurable`].
    pub fn subscribe(&self, name: &str) -> Result<(), StoreError> {
        let name = names::canonical(name.strip_suffix(DELIMITER).unwrap_or(name));
        let mut state = self.change()?;
        if !state.names().contains_key(&name) {
            return Err(StoreError::NoSuchMailbox);
        }
        state.subscribe(name);
        Ok(())
    }

    /// Drops a subscription (RFC 3501 section 6.3.7), also of a name that is gone.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`] if there is neither such a subscription nor such a name, [`StoreError::NotDurable`].
    pub fn unsubscribe(&self, name: &str) -> Result<(), StoreError> {
        let name = names::canonical(name.strip_suffix(DELIMITER).unwrap_or(name));
        let mut state = self.change()?;
        if !state.unsubscribe(&name) && !state.names().contains_key(&name) {
            return Err(StoreError::NoSuchMailbox);
        }
        Ok(())
    }

    /// Every subscribed name, in order, and whether it can be selected.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<(String, bool)> {
        let state = self.state();
        let selectable = |name: &String| matches!(state.names().get(name), Some(Some(_)));
        state.subscriptions().iter().map(|name| (name.clone(), selectable(name))).collect()
    }
}

impl State {
    fn inferiors(&self, name: &str) -> impl Iterator<Item = &String> {
        let (first, end) = names::inferiors(name);
        self.names().range(first..end).map(|(name, _)| name)
    }

    fn has_inferiors(&self, name: &str) -> bool {
        self.inferiors(name).next().is_some()
    }

    /// Makes the mailboxes above `name` that do not exist, if there is room for them and for one more.
    fn create_superiors(&mut self, account: &Account, name: &str) -> Result<(), StoreError> {
        let missing: Vec<String> = names::superiors(name)
            .filter(|above| !self.names().contains_key(*above))
            .map(str::to_owned)
            .collect();
        self.check_room(missing.len() + 1)?;
        for above in missing {
            let id = self.new_mailbox(&account.clock());
            self.set_name(above, Some(id));
        }
        Ok(())
    }

    fn move_inbox(&mut self, account: &Account, to: String) -> Result<(), StoreError> {
        self.create_superiors(account, &to)?;
        let target = self.new_mailbox(&account.clock());
        self.set_name(to, Some(target));
        let inbox = self.mailbox_named(INBOX)?;
        let messages = self.mailbox(inbox)?.take_all();
        self.mailbox(target)?.add(messages)?;
        Ok(())
    }
}
