//! One run of a SASL mechanism (RFC 4422 section 3): challenges out, responses in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use thiserror::Error;

use super::accounts::{Accounts, prepare};
use super::mechanism::Mechanism;
use super::scram::Begun;
use super::timestamp::Timestamp;

/// What an exchange came to after a step.
#[derive(Debug)]
pub enum Progress {
    /// The client has to answer this challenge, given in base64 as it stands behind the `+` and the space.
    Challenge(String, Exchange),
    /// The client is this user.
    Authenticated(String),
    /// The exchange is over; the client may start another.
    Failed(Failure),
}

/// Why an exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The client sent a single `*`.
    #[error("authentication cancelled")]
    Cancelled,
    /// A response is not base64 (RFC 4648 section 4): a foreign character, a pad character not at the end, bad length.
    #[error("response is not base64")]
    NotBase64,
    /// An initial response came with a mechanism in which the server speaks first (RFC 5034 section 4).
    #[error("the mechanism takes no initial response")]
    InitialResponse,
    /// A response breaks the syntax of its mechanism.
    #[error("response breaks the syntax of the mechanism")]
    Syntax,
    /// The client wants the channel bound, which no mechanism on offer does.
    #[error("channel binding is not supported")]
    ChannelBinding,
    /// The name, the password, the digest or the authorization identity does not hold.
    #[error("authentication failed")]
    Credentials,
}

/// An exchange that waits for a response.
#[derive(Debug)]
pub struct Exchange(Awaiting);

#[derive(Debug)]
enum Awaiting {
    PlainMessage,
    LoginName,
    LoginPassword {
        name: String,
    },
    CramDigest {
        challenge: Timestamp,
    },
    ScramFirst,
    ScramFinal(Begun),
    /// The client has seen the server's proof and has nothing more to say.
    ScramEnd {
        user: String,
    },
}

impl Exchange {
    /// Begins an exchange. `initial` is the initial response as the client sent it: base64, or `=` for an empty one.
    /// `host` is the domain name in a CRAM-MD5 challenge.
    #[must_use]
    pub fn begin(mechanism: Mechanism, initial: Option<&[u8]>, host: &str, accounts: &Accounts) -> Progress {
        let Some(initial) = initial else {
            return match mechanism {
                Mechanism::Plain => challenge(b"", Awaiting::PlainMessage),
                Mechanism::ScramSha256 => challenge(b"", Awaiting::ScramFirst),
                Mechanism::Login => challenge(b"Username:", Awaiting::LoginName),
                Mechanism::CramMd5 => {
                    let timestamp = Timestamp::fresh(host);
                    let text = timestamp.to_string();
                    challenge(text.as_bytes(), Awaiting::CramDigest { challenge: timestamp })
                }
            };
        };
        let awaiting = match mechanism {
            Mechanism::Plain => Awaiting::PlainMessage,
            Mechanism::ScramSha256 => Awaiting::ScramFirst,
            Mechanism::Login | Mechanism::CramMd5 => return Progress::Failed(Failure::InitialResponse),
        };
        Self(awaiting).take(if initial == b"=" { b"" } else { initial }, accounts)
    }

    /// Takes the client's line, without its line end: a response in base64, or `*`.
    #[must_use]
    pub fn respond(self, line: &[u8], accounts: &Accounts) -> Progress {
        if line == b"*" {
            return Progress::Failed(Failure::Cancelled);
        }
        self.take(line, accounts)
    }

    /// Takes a response in base64, the initial one or a later one.
    fn take(self, response: &[u8], accounts: &Accounts) -> Progress {
        let Ok(response) = BASE64.decode(response) else {
            return Progress::Failed(Failure::NotBase64);
        };
        match self.0 {
            Awaiting::PlainMessage => plain(&response, accounts),
            Awaiting::LoginName => match String::from_utf8(response) {
                Ok(name) => challenge(b"Password:", Awaiting::LoginPassword { name }),
                Err(_) => Progress::Failed(Failure::Syntax),
            },
            Awaiting::LoginPassword { name } => match str::from_utf8(&response) {
                Ok(password) => outcome(accounts.by_password(&name, password)),
                Err(_) => Progress::Failed(Failure::Syntax),
            },
            Awaiting::CramDigest { challenge } => cram_md5(&response, &challenge, accounts),
            Awaiting::ScramFirst => scram_first(&response, accounts),
            Awaiting::ScramFinal(begun) => match begun.finish(&response, accounts) {
                // Neither protocol has room for data with its OK, so they go as a challenge (RFC 5034 section 4).
                Ok((user, server_final)) => challenge(server_final.as_bytes(), Awaiting::ScramEnd { user }),
                Err(failure) => Progress::Failed(failure),
            },
            Awaiting::ScramEnd { user } if response.is_empty() => Progress::Authenticated(user),
            Awaiting::ScramEnd { .. } => Progress::Failed(Failure::Syntax),
        }
    }
}

/// The message of PLAIN (RFC 4616 section 2): authorization identity, NUL, authentication identity, NUL, password.
fn plain(message: &[u8], accounts: &Accounts) -> Progress {
    let Ok(message) = str::from_utf8(message) else {
        return Progress::Failed(Failure::Syntax);
    };
    let fields: Vec<&str> = message.split('\0').collect();
    let &[authorization, authentication, password] = fields.as_slice() else {
        return Progress::Failed(Failure::Syntax);
    };
    let user = accounts.by_password(authentication, password);
    // An empty authorization identity stands for the authentication identity; nobody may act for another user.
    outcome(user.filter(|user| authorization.is_empty() || prepare(authorization).as_ref() == Some(user)))
}

/// The response of CRAM-MD5 (RFC 2195 section 2): user name, space, digest.
fn cram_md5(response: &[u8], challenge: &Timestamp, accounts: &Accounts) -> Progress {
    // A name may hold spaces, a digest holds none.
    match str::from_utf8(response).ok().and_then(|response| response.rsplit_once(' ')) {
        Some((name, digest)) => outcome(accounts.by_cram_md5(name, digest, challenge)),
        None => Progress::Failed(Failure::Syntax),
    }
}

fn scram_first(message: &[u8], accounts: &Accounts) -> Progress {
    match Begun::new(message, accounts) {
        Ok(begun) => challenge(begun.server_first().to_owned().as_bytes(), Awaiting::ScramFinal(begun)),
        Err(failure) => Progress::Failed(failure),
    }
}

fn challenge(text: &[u8], awaiting: Awaiting) -> Progress {
    Progress::Challenge(BASE64.encode(text), Exchange(awaiting))
}

fn outcome(user: Option<String>) -> Progress {
    user.map_or(Progress::Failed(Failure::Credentials), Progress::Authenticated)
}

#[cfg(test)]
mod tests {
    use super::super::digest;
    use super::super::secret::User;
    use super::*;

    fn accounts() -> Accounts {
        Accounts::new(&[User::new("tim", "tanstaaftanstaaf"), User::new("a b", "c d")]).unwrap()
    }

    /// Runs an exchange to its end; responses are given in clear unless they start with `raw:`.
    fn run(
        mechanism: Mechanism,
        initial: Option<&str>,
        responses: &[&str],
    ) -> (Vec<String>, Result<String, Failure>) {
        let wire = |text: &str| match text.strip_prefix("raw:") {
            Some(raw) => raw.as_bytes().to_vec(),
            None => BASE64.encode(text).into_bytes(),
        };
        let accounts = accounts();
        let mut challenges = Vec::new();
        let mut responses = responses.iter();
        let initial = initial.map(wire);
        let mut progress = Exchange::begin(mechanism, initial.as_deref(), "localhost", &accounts);
        loop {
            match progress {
                Progress::Authenticated(user) => return (challenges, Ok(user)),
                Progress::Failed(failure) => return (challenges, Err(failure)),
                Progress::Challenge(text, exchange) => {
                    challenges.push(String::from_utf8(BASE64.decode(text).unwrap()).unwrap());
                    let response = responses.next().expect("a response for each challenge");
                    progress = exchange.respond(&wire(response), &accounts);
                }
            }
        }
    }

    #[test]
    fn plain_takes_its_message_at_once_or_after_an_empty_challenge() {
        let good = "\0tim\0tanstaaftanstaaf";
        assert_eq!(run(Mechanism::Plain, Some(good), &[]), (vec![], Ok("tim".into())));
        assert_eq!(run(Mechanism::Plain, None, &[good]), (vec![String::new()], Ok("tim".into())));
    }

    #[test]
    fn plain_refuses_what_does_not_hold() {
        for (message, failure) in [
            ("\0tim\0wrong", Failure::Credentials),
            ("\0tom\0tanstaaftanstaaf", Failure::Credentials),
            ("tom\0tim\0tanstaaftanstaaf", Failure::Credentials),
            ("\0tim\0", Failure::Credentials),
            ("\0\0tanstaaftanstaaf", Failure::Credentials),
            ("tim\0tanstaaftanstaaf", Failure::Syntax),
            ("\0tim\0tanstaaftanstaaf\0", Failure::Syntax),
            ("", Failure::Syntax),
            ("raw:=", Failure::Syntax),
            ("raw:=AAA", Failure::NotBase64),
            ("raw:AAA=BBB", Failure::NotBase64),
            ("raw:AHRpbQ==AHRpbQ==", Failure::NotBase64),
            ("raw:abc", Failure::NotBase64),
            ("raw:!!!!", Failure::NotBase64),
            ("raw:AHRp bQB0", Failure::NotBase64),
        ] {
            assert_eq!(run(Mechanism::Plain, Some(message), &[]).1, Err(failure), "initial {message:?}");
            if message != "raw:=" {
                assert_eq!(run(Mechanism::Plain, None, &[message]).1, Err(failure), "{message:?}");
            }
        }
        // As a response behind a challenge, "=" is no notation for an empty one.
        assert_eq!(run(Mechanism::Plain, None, &["raw:="]).1, Err(Failure::NotBase64));
    }

    #[test]
    fn plain_accepts_the_user_as_authorization_identity() {
        assert_eq!(run(Mechanism::Plain, Some("tim\0tim\0tanstaaftanstaaf"), &[]).1, Ok("tim".into()));
    }

    #[test]
    fn login_asks_for_the_name_and_the_password() {
        let prompts = vec!["Username:".to_owned(), "Password:".to_owned()];
        assert_eq!(
            run(Mechanism::Login, None, &["tim", "tanstaaftanstaaf"]),
            (prompts.clone(), Ok("tim".into()))
        );
        assert_eq!(run(Mechanism::Login, None, &["a b", "c d"]).1, Ok("a b".into()));
        assert_eq!(run(Mechanism::Login, None, &["tim", "wrong"]), (prompts, Err(Failure::Credentials)));
        assert_eq!(run(Mechanism::Login, None, &["tim", "raw:*"]).1, Err(Failure::Cancelled));
    }

    #[test]
    fn a_mechanism_in_which_the_server_speaks_first_takes_no_initial_response() {
        for mechanism in [Mechanism::Login, Mechanism::CramMd5] {
            assert_eq!(run(mechanism, Some("tim"), &[]).1, Err(Failure::InitialResponse));
            assert_eq!(run(mechanism, Some("raw:="), &[]).1, Err(Failure::InitialResponse));
        }
    }

    #[test]
    fn cram_md5_wants_the_digest_over_its_own_challenge() {
        let accounts = accounts();
        let respond = |make: &dyn Fn(&str) -> String| {
            let Progress::Challenge(text, exchange) =
                Exchange::begin(Mechanism::CramMd5, None, "mail.example", &accounts)
            else {
                panic!("CRAM-MD5 begins with a challenge");
            };
            let challenge = String::from_utf8(BASE64.decode(text).unwrap()).unwrap();
            assert!(challenge.starts_with('<') && challenge.ends_with("@mail.example>"), "{challenge}");
            match exchange.respond(BASE64.encode(make(&challenge)).as_bytes(), &accounts) {
                Progress::Authenticated(user) => Ok(user),
                Progress::Failed(failure) => Err(failure),
                Progress::Challenge(..) => panic!("CRAM-MD5 has one challenge"),
            }
        };
        let good = |challenge: &str| digest::cram_md5(challenge, "tanstaaftanstaaf");
        assert_eq!(respond(&|challenge| format!("tim {}", good(challenge))), Ok("tim".into()));
        assert_eq!(
            respond(&|challenge| format!("tim {}", good(challenge).to_uppercase())),
            Err(Failure::Credentials)
        );
        assert_eq!(
            respond(&|challenge| format!("tim {}", &good(challenge)[..31])),
            Err(Failure::Credentials)
        );
        assert_eq!(respond(&|challenge| format!(" {}", good(challenge))), Err(Failure::Credentials));
        assert_eq!(respond(&|_| format!("tim {}", good("<1@other>"))), Err(Failure::Credentials));
        assert_eq!(
            respond(&|challenge| format!("a b {}", digest::cram_md5(challenge, "c d"))),
            Ok("a b".into())
        );
        assert_eq!(respond(&good), Err(Failure::Syntax));
    }

    /// What a client of SCRAM makes of its side, with the parts that a test may spoil.
    struct Scram {
        first: &'static str,
        password: &'static str,
        /// Makes of the right client-final-message the one that is sent.
        spoil: fn(String) -> String,
        initial: bool,
        end: &'static [u8],
    }

    impl Default for Scram {
        fn default() -> Self {
            let (first, password) = ("n,,n=tim,r=abc", "tanstaaftanstaaf");
            Self { first, password, spoil: |message| message, initial: true, end: b"" }
        }
    }

    impl Scram {
        fn run(&self) -> Result<String, Failure> {
            use super::super::scram::{Keys, hmac_sha256};
            let accounts = accounts();
            let first = BASE64.encode(self.first);
            let begun = match self.initial {
                true => Exchange::begin(Mechanism::ScramSha256, Some(first.as_bytes()), "h", &accounts),
                false => match Exchange::begin(Mechanism::ScramSha256, None, "h", &accounts) {
                    Progress::Challenge(empty, exchange) if empty.is_empty() => {
                        exchange.respond(first.as_bytes(), &accounts)
                    }
                    other => panic!("{other:?}"),
                },
            };
            let (server_first, exchange) = match begun {
                Progress::Challenge(text, exchange) => (text, exchange),
                Progress::Failed(failure) => return Err(failure),
                Progress::Authenticated(user) => panic!("{user} has proved nothing"),
            };
            let server_first = String::from_utf8(BASE64.decode(server_first).unwrap()).unwrap();
            let fields: Vec<&str> = server_first.split(',').collect();
            let (nonce, salt) = (&fields[0][2..], BASE64.decode(&fields[1][2..]).unwrap());
            assert_eq!(fields[2], "i=4096");
            let header = &self.first[..self.first.find("n=").unwrap()];
            let without_proof = format!("c={},r={nonce}", BASE64.encode(header));
            let covered = format!("{},{server_first},{without_proof}", &self.first[header.len()..]);
            let mut salted = [0; 32];
            pbkdf2::pbkdf2::<hmac::Hmac<sha2::Sha256>>(self.password.as_bytes(), &salt, 4096, &mut salted)
                .unwrap();
            let mut proof = hmac_sha256(&salted, b"Client Key");
            let stored = <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(proof));
            for (octet, mask) in proof.iter_mut().zip(hmac_sha256(&stored, covered.as_bytes())) {
                *octet ^= mask;
            }
            let message = (self.spoil)(format!("{without_proof},p={}", BASE64.encode(proof)));
            match exchange.respond(BASE64.encode(message).as_bytes(), &accounts) {
                Progress::Challenge(server_final, exchange) => {
                    let keys = Keys::derive(self.password, &salt, 4096);
                    let signature = BASE64.encode(keys.signature(covered.as_bytes()));
                    assert_eq!(server_final, BASE64.encode(format!("v={signature}")));
                    match exchange.respond(self.end, &accounts) {
                        Progress::Authenticated(user) => Ok(user),
                        Progress::Failed(failure) => Err(failure),
                        Progress::Challenge(..) => panic!("one challenge too many"),
                    }
                }
                Progress::Failed(failure) => Err(failure),
                Progress::Authenticated(user) => panic!("{user} has not seen the server's proof"),
            }
        }
    }

    #[test]
    fn scram_lets_in_who_proves_to_know_the_password() {
        for initial in [true, false] {
            assert_eq!(Scram { initial, ..Scram::default() }.run(), Ok("tim".into()));
        }
        for first in ["y,,n=tim,r=abc", "n,a=tim,n=tim,r=abc", "n,,n=tim,r=abc,x=1"] {
            assert_eq!(Scram { first, ..Scram::default() }.run(), Ok("tim".into()), "{first}");
        }
        assert_eq!(
            Scram { first: "n,,n=a b,r=abc", password: "c d", ..Scram::default() }.run(),
            Ok("a b".into())
        );
    }

    #[test]
    fn scram_refuses_what_does_not_hold() {
        use Failure::{Cancelled, ChannelBinding, Credentials, Syntax};
        for (first, failure) in [
            ("n,,n=tom,r=abc", Credentials),
            ("n,a=tom,n=tim,r=abc", Credentials),
            ("p=tls-unique,,n=tim,r=abc", ChannelBinding),
        ] {
            assert_eq!(Scram { first, ..Scram::default() }.run(), Err(failure), "{first}");
        }
        // The word that is checked where there is no such user opens nothing.
        let nobody = Scram { first: "n,,n=tom,r=abc", password: "no such user", ..Scram::default() };
        assert_eq!(nobody.run(), Err(Credentials));
        assert_eq!(Scram { password: "wrong", ..Scram::default() }.run(), Err(Credentials));
        type Spoil = fn(String) -> String;
        let spoilt: [(Spoil, Failure); 7] = [
            (|message| message.replacen("r=abc", "r=abd", 1), Credentials),
            (|message| message.replacen(",p=", "x,p=", 1), Credentials),
            (|message| message.replacen("c=biws", "c=eSws", 1), Credentials),
            (|message| message.replacen("c=biws", "c=!", 1), Syntax),
            (|message| message.replacen(",p=", ",q=", 1), Syntax),
            (|message| message + "AAAA", Syntax),
            (|_| String::new(), Syntax),
        ];
        for (spoil, failure) in spoilt {
            assert_eq!(Scram { spoil, ..Scram::default() }.run(), Err(failure));
        }
        assert_eq!(Scram { end: b"YQ==", ..Scram::default() }.run(), Err(Syntax));
        assert_eq!(Scram { end: b"*", ..Scram::default() }.run(), Err(Cancelled));
    }

    #[test]
    fn scram_names_each_user_one_salt_of_its_own_and_never_the_same_nonce() {
        let accounts = accounts();
        let first = |name: &str| {
            let message = BASE64.encode(format!("n,,n={name},r=abc"));
            match Exchange::begin(Mechanism::ScramSha256, Some(message.as_bytes()), "h", &accounts) {
                Progress::Challenge(text, _) => {
                    let text = String::from_utf8(BASE64.decode(text).unwrap()).unwrap();
                    let (nonce, rest) = text.split_once(",s=").unwrap();
                    (nonce.to_owned(), rest.to_owned())
                }
                other => panic!("{other:?}"),
            }
        };
        for name in ["tim", "nobody"] {
            let (one, two) = (first(name), first(name));
            assert_ne!(one.0, two.0);
            assert_eq!(one.1, two.1);
        }
        assert_ne!(first("tim").1, first("nobody").1);
    }

    #[test]
    fn a_star_cancels() {
        for mechanism in Mechanism::ALL {
            assert_eq!(run(mechanism, None, &["raw:*"]).1, Err(Failure::Cancelled));
        }
    }
}
