//! The users of the server and the checks of what they present.

use std::collections::BTreeMap;

use stringprep::saslprep;
use thiserror::Error;

use super::digest;
use super::scram::{Keys, hmac_sha256};
use super::secret::User;
use super::timestamp::Timestamp;

/// A user that the server cannot be set up with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// The name or the password is empty, or SASLprep (RFC 4013) forbids one of its characters.
    #[error(
        "user {0:?}: the name and the password need at least one character each and no control characters"
    )]
    Forbidden(String),
    /// Two users have one name.
    #[error("user {0:?} is given twice")]
    Duplicate(String),
}

/// The users and their passwords, in the form that SASLprep (RFC 4013) gives them.
#[derive(Clone)]
pub struct Accounts {
    secrets: BTreeMap<String, String>,
    /// Makes the salts of SCRAM, one for each name that can be thought of.
    salting: [u8; 32],
}

impl Accounts {
    /// Prepares the users.
    ///
    /// # Errors
    /// If a name or a password cannot be prepared, or a name stands twice.
    pub fn new(users: &[User]) -> Result<Self, AccountError> {
        let mut secrets = BTreeMap::new();
        for User { name, password } in users {
            let (Some(prepared), Some(secret)) = (prepare(name), prepare(password)) else {
                return Err(AccountError::Forbidden(name.clone()));
            };
            if secrets.insert(prepared, secret).is_some() {
                return Err(AccountError::Duplicate(name.clone()));
            }
        }
        Ok(Self { secrets, salting: rand::random() })
    }

    /// The names of all users, as the store knows them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.secrets.keys().map(String::as_str)
    }

    /// The user of that name, as the store knows it.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<String> {
        prepare(name).filter(|name| self.secrets.contains_key(name))
    }

    /// The user whose name and password these are.
    #[must_use]
    pub fn by_password(&self, name: &str, password: &str) -> Option<String> {
        let presented = prepare(password)?;
        self.check(name, |secret| digest::equal(secret.as_bytes(), presented.as_bytes()))
    }

    /// The user whose APOP digest over `timestamp` this is (RFC 1939 section 7).
    #[must_use]
    pub fn by_apop(&self, name: &str, presented: &str, timestamp: &Timestamp) -> Option<String> {
        self.check(name, |secret| {
            digest::equal(digest::apop(timestamp.as_str(), secret).as_bytes(), presented.as_bytes())
        })
    }

    /// The user whose CRAM-MD5 digest over `challenge` this is (RFC 2195 section 2).
    #[must_use]
    pub fn by_cram_md5(&self, name: &str, presented: &str, challenge: &Timestamp) -> Option<String> {
        self.check(name, |secret| {
            digest::equal(digest::cram_md5(challenge.as_str(), secret).as_bytes(), presented.as_bytes())
        })
    }

    /// The salt that SCRAM names for a user. A name that nobody has gets one as well, and always the same
    /// (RFC 5802 section 9).
    pub(super) fn salt(&self, name: &str) -> [u8; 16] {
        let name = prepare(name).unwrap_or_else(|| name.to_owned());
        let mut salt = [0; 16];
        salt.copy_from_slice(&hmac_sha256(&self.salting, name.as_bytes())[..16]);
        salt
    }

    /// The user whose SCRAM proof over the messages `covered` this is, and the server's signature over them
    /// (RFC 5802 section 3).
    pub(super) fn by_scram(
        &self,
        name: &str,
        covered: &[u8],
        proof: &[u8; 32],
        iterations: u32,
    ) -> Option<(String, [u8; 32])> {
        let salt = self.salt(name);
        let mut signature = [0; 32];
        let user = self.check(name, |secret| {
            let keys = Keys::derive(secret, &salt, iterations);
            signature = keys.signature(covered);
            keys.hold(covered, proof)
        })?;
        Some((user, signature))
    }

    /// An unknown name costs the same work as a known one.
    fn check(&self, name: &str, holds: impl FnOnce(&str) -> bool) -> Option<String> {
        let name = prepare(name)?;
        let secret = self.secrets.get(&name);
        let held = holds(secret.map_or("no such user", String::as_str));
        (held && secret.is_some()).then_some(name)
    }
}

impl std::fmt::Debug for Accounts {
    /// Names only: a password never gets into a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.secrets.keys()).finish()
    }
}

/// The text as SASLprep gives it; none if it fails or nothing is left (RFC 5034 section 4, RFC 4616 section 2).
pub(super) fn prepare(text: &str) -> Option<String> {
    saslprep(text).ok().filter(|prepared| !prepared.is_empty()).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(users: &[(&str, &str)]) -> Result<Accounts, AccountError> {
        let users: Vec<_> = users.iter().map(|&(name, password)| User::new(name, password)).collect();
        Accounts::new(&users)
    }

    #[test]
    fn a_password_opens_its_own_account_only() {
        let accounts =
            accounts(&[("alice", "wonderland"), ("bob", "builder"), ("jürgen", "pa\u{00a0}ss")]).unwrap();
        for (name, password, user) in [
            ("alice", "wonderland", Some("alice")),
            ("alice", "Wonderland", None),
            ("alice", "builder", None),
            ("Alice", "wonderland", None),
            ("carol", "no such user", None),
            ("alice", "", None),
            ("", "wonderland", None),
            // Decomposed and compatibility forms are the same name and password once prepared.
            ("ju\u{0308}rgen", "pa ss", Some("jürgen")),
            ("alice\0", "wonderland", None),
        ] {
            assert_eq!(accounts.by_password(name, password).as_deref(), user, "{name:?} {password:?}");
        }
    }

    #[test]
    fn digests_open_the_account_whose_secret_they_cover() {
        let accounts = accounts(&[("alice", "wonderland")]).unwrap();
        let (ours, other) = (Timestamp::fresh("localhost"), Timestamp::fresh("localhost"));
        let apop = digest::apop(ours.as_str(), "wonderland");
        assert_eq!(accounts.by_apop("alice", &apop, &ours).as_deref(), Some("alice"));
        assert_eq!(accounts.by_apop("alice", &apop, &other), None);
        assert_eq!(accounts.by_apop("alice", &apop.to_uppercase(), &ours), None);
        assert_eq!(accounts.by_apop("bob", &digest::apop(ours.as_str(), "no such user"), &ours), None);
        let cram = digest::cram_md5(ours.as_str(), "wonderland");
        assert_eq!(accounts.by_cram_md5("alice", &cram, &ours).as_deref(), Some("alice"));
        assert_eq!(accounts.by_cram_md5("alice", &cram, &other), None);
        assert_eq!(accounts.by_cram_md5("alice", &cram[..30], &ours), None);
    }

    #[test]
    fn users_that_could_never_log_in_are_refused() {
        for (users, error) in [
            (vec![("", "x")], AccountError::Forbidden(String::new())),
            (vec![("alice", "")], AccountError::Forbidden("alice".into())),
            (vec![("al\nice", "x")], AccountError::Forbidden("al\nice".into())),
            (vec![("alice", "x"), ("bob", "y"), ("alice", "z")], AccountError::Duplicate("alice".into())),
        ] {
            assert_eq!(accounts(&users).unwrap_err(), error);
        }
    }
}
