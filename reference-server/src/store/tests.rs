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

fn expunge(number: u32, uid: Uid) -> Update {
    Update::Expunge { number, uid }
}

#[test]
fn an_expunge_waits_until_numbers_may_change() {
    let account = account();
    append(&account, 3);
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    one.store(&[1, 2], FlagChange::Add, &[Flag::Deleted].into_iter().collect(), None).unwrap();
    one.expunge(None).unwrap();
    append(&account, 1);
    assert_eq!(
        one.updates(Expunges::Allowed),
        [expunge(1, 1), expunge(1, 2), Update::Exists(2), Update::Recent(1 + 1)]
    );
    assert_eq!(two.updates(Expunges::Withheld), [Update::Exists(4), Update::Recent(0)]);
    let gone = two.message(2).unwrap();
    assert!(gone.gone && gone.uid == 2 && !gone.message.octets.is_empty());
    assert_eq!(two.copy(&[2, 3], INBOX), Err(StoreError::MessageGone));
    assert_eq!(two.updates(Expunges::Allowed), [expunge(1, 1), expunge(1, 2)]);
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
    one.store(&[1], FlagChange::Add, &[Flag::Deleted].into_iter().collect(), None).unwrap();
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
    one.store(&[1], FlagChange::Replace, &flags, None).unwrap();
    assert_eq!(one.updates(Expunges::Withheld), [Update::Flags(vec![Keyword::new("$Work")])]);
    assert_eq!(
        two.updates(Expunges::Withheld),
        [
            Update::Flags(vec![Keyword::new("$Work")]),
            Update::Fetch { number: 1, uid: 1, flags, recent: false, mod_sequence: 3 }
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

fn mod_sequences(selected: &Selected) -> Vec<ModSequence> {
    (1..=selected.count()).map(|number| selected.message(number).unwrap().mod_sequence).collect()
}

#[test]
fn each_change_has_a_mod_sequence_of_its_own() {
    let account = account();
    let (flagged, deleted): (Flags, Flags) =
        ([Flag::Flagged].into_iter().collect(), [Flag::Deleted].into_iter().collect());
    let highest = || account.status(INBOX).unwrap().highest_mod_sequence;
    assert_eq!(highest(), 1);
    append(&account, 3);
    let (mut selected, data) = account.select(INBOX, Access::ReadWrite).unwrap();
    assert_eq!((data.highest_mod_sequence, mod_sequences(&selected)), (4, vec![2, 3, 4]));
    selected.store(&[1, 2], FlagChange::Add, &flagged, None).unwrap();
    assert_eq!((highest(), mod_sequences(&selected)), (5, vec![5, 5, 4]));
    selected.store(&[1, 2], FlagChange::Add, &flagged, None).unwrap();
    assert_eq!(highest(), 5, "nothing changed");
    assert!(selected.mark_seen(2) && !selected.mark_seen(2));
    assert_eq!((highest(), mod_sequences(&selected)), (6, vec![5, 6, 4]));
    selected.store(&[1], FlagChange::Add, &deleted, None).unwrap();
    selected.expunge(None).unwrap();
    selected.expunge(None).unwrap();
    assert_eq!(highest(), 8);
    selected.copy(&[2, 3], INBOX).unwrap();
    assert_eq!(highest(), 9, "a copy is one change");
}

#[test]
fn a_conditional_store_leaves_alone_what_changed() {
    let account = account();
    append(&account, 3);
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let flags = |flag| [flag].into_iter().collect::<Flags>();
    two.store(&[2], FlagChange::Replace, &flags(Flag::Flagged), None).unwrap();
    two.store(&[3], FlagChange::Replace, &flags(Flag::Deleted), None).unwrap();
    two.expunge(None).unwrap();
    let result = one.store(&[1, 1, 2, 3], FlagChange::Replace, &flags(Flag::Draft), Some(4)).unwrap();
    assert_eq!(result, FlagsStored { gone: vec![3], modified: vec![2] });
    assert_eq!(mod_sequences(&one), [8, 5, 6]);
    assert_eq!(one.message(2).unwrap().message.flags, flags(Flag::Flagged));
    let result = one.store(&[1, 2], FlagChange::Replace, &flags(Flag::Draft), Some(0)).unwrap();
    assert_eq!(result.modified, [1, 2]);
}

#[test]
fn expunges_that_are_withheld_hold_back_what_is_known() {
    let account = account();
    append(&account, 3);
    let (mut one, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let (mut two, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let deleted: Flags = [Flag::Deleted].into_iter().collect();
    two.store(&[2], FlagChange::Add, &deleted, None).unwrap();
    two.expunge(None).unwrap();
    one.store(&[3], FlagChange::Add, &deleted, None).unwrap();
    let all = UidRanges::merged(vec![(1, Uid::MAX)]);
    one.updates(Expunges::Withheld);
    assert_eq!(one.known_up_to(), 5);
    assert_eq!(one.vanished(&all, 1), UidRanges::default(), "the session still sees the message");
    assert_eq!(two.vanished(&all, 5), UidRanges::default());
    two.updates(Expunges::Allowed);
    assert_eq!(two.vanished(&all, 5), UidRanges::of([2]));
    assert_eq!(two.vanished(&all, 6), UidRanges::default());
    assert_eq!(two.vanished(&UidRanges::of([1, 3]), 1), UidRanges::default());
    one.updates(Expunges::Allowed);
    assert_eq!(one.known_up_to(), 7);
}
