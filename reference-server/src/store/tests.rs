//! What sessions see of each other through the store.

use std::sync::Arc;

use super::*;

fn account() -> Arc<Account> {
    Store::new(Clock::starting_at(1_000)).open_account("alice")
}

fn append(account: &Account, count: usize) {
    for _ in 0..count {
        account.append("inbox", b"Subject: x\r\n\r\nbody".to_vec(), Flags::default(), None).unwrap();
    }
}

#[test]
fn an_expunge_waits_until_numbers_may_change() {
    let account = account();
    append(&account, 3);
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    one.store(&[1, 2], FlagChange::Add, &[Flag::Deleted].into_iter().collect()).unwrap();
    one.expunge(None).unwrap();
    append(&account, 1);
    assert_eq!(
        one.updates(Expunges::Allowed),
        [Update::Expunge(1), Update::Expunge(1), Update::Exists(2), Update::Recent(1 + 1)]
    );
    assert_eq!(two.updates(Expunges::Withheld), [Update::Exists(4), Update::Recent(0)]);
    let gone = two.message(2).unwrap();
    assert!(gone.gone && gone.uid == 2 && !gone.message.octets.is_empty());
    assert_eq!(two.copy(&[2, 3], INBOX), Err(StoreError::MessageGone));
    assert_eq!(two.updates(Expunges::Allowed), [Update::Expunge(1), Update::Expunge(1)]);
    assert_eq!(two.count(), 2);
    assert_eq!(two.numbers_of_uids(3, 4), 1..3);
}

#[test]
fn a_message_that_goes_before_it_was_announced_is_never_announced() {
    let account = account();
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    append(&account, 1);
    one.updates(Expunges::Allowed);
    one.store(&[1], FlagChange::Add, &[Flag::Deleted].into_iter().collect()).unwrap();
    one.expunge(None).unwrap();
    assert_eq!(two.updates(Expunges::Allowed), []);
}

#[test]
fn recent_goes_to_one_read_write_session() {
    let account = account();
    append(&account, 2);
    assert_eq!(account.select(INBOX, Access::ReadOnly).unwrap().1.recent, 2);
    let (_first, data) = account.select(INBOX, Access::ReadWrite).unwrap();
    assert_eq!(data.recent, 2);
    assert_eq!(account.select(INBOX, Access::ReadWrite).unwrap().1.recent, 0);
}

#[test]
fn flag_changes_reach_other_sessions_only() {
    let account = account();
    append(&account, 1);
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let mut flags = Flags::default();
    flags.set_keyword(Keyword::new("$Work"));
    one.store(&[1], FlagChange::Replace, &flags).unwrap();
    assert_eq!(one.updates(Expunges::Withheld), [Update::Flags(vec![Keyword::new("$Work")])]);
    assert_eq!(
        two.updates(Expunges::Withheld),
        [
            Update::Flags(vec![Keyword::new("$Work")]),
            Update::Fetch { number: 1, uid: 1, flags, recent: false }
        ]
    );
}

#[test]
fn names_form_a_hierarchy() {
    let account = account();
    let names = || account.list().into_iter().map(|l| (l.name, l.selectable)).collect::<Vec<_>>();
    let name = |name: &str, selectable| (name.to_owned(), selectable);
    account.create("a/b/c/").unwrap();
    assert_eq!(names(), [name("INBOX", true), name("a", true), name("a/b", true), name("a/b/c", true)]);
    account.delete("a").unwrap();
    assert_eq!(account.delete("a"), Err(StoreError::HasInferiors));
    assert!(matches!(account.select("a", Access::ReadWrite), Err(StoreError::NotSelectable)));
    account.rename("a/b", "z/y").unwrap();
    assert_eq!(
        names(),
        [name("INBOX", true), name("a", false), name("z", true), name("z/y", true), name("z/y/c", true)]
    );
    assert_eq!(account.rename("z", "z/new"), Err(StoreError::BelowItself));
    assert_eq!(account.rename("z", "a"), Err(StoreError::AlreadyExists));
    assert_eq!(account.create("inbox"), Err(StoreError::Inbox));
    assert_eq!(account.delete("InBox"), Err(StoreError::Inbox));
}

#[test]
fn uidvalidity_grows_when_a_mailbox_is_made_again() {
    let account = account();
    account.create("a").unwrap();
    let before = account.status("a").unwrap().uid_validity;
    account.delete("a").unwrap();
    account.create("a").unwrap();
    assert!(account.status("a").unwrap().uid_validity > before);
}

#[test]
fn uidvalidity_of_a_name_never_falls() {
    let account = account();
    let uid_validity = |name: &str| account.status(name).unwrap().uid_validity;
    account.create("old").unwrap();
    account.create("new").unwrap();
    let (old, new) = (uid_validity("old"), uid_validity("new"));
    account.delete("new").unwrap();
    account.rename("old", "new").unwrap();
    assert!(old < new && uid_validity("new") > new);
    let kept = uid_validity("new");
    account.rename("new", "other").unwrap();
    assert_eq!(uid_validity("other"), kept, "nothing newer was ever freed");
}

#[test]
fn renaming_inbox_moves_its_messages() {
    let account = account();
    append(&account, 2);
    account.rename("INBOX", "old").unwrap();
    assert_eq!(account.status("INBOX").unwrap().messages, 0);
    assert_eq!(account.status("old").unwrap().messages, 2);
}

#[test]
fn a_maildrop_is_locked_until_it_is_dropped() {
    let account = account();
    append(&account, 2);
    let maildrop = account.open_maildrop().unwrap();
    assert!(matches!(account.open_maildrop(), Err(StoreError::MaildropLocked)));
    assert_eq!(maildrop.messages().len(), 2);
    drop(maildrop);
    let maildrop = account.open_maildrop().unwrap();
    maildrop.update(&[1]).unwrap();
    assert_eq!(account.open_maildrop().unwrap().messages()[0].uid, 2);
}
