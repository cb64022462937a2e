//! SCRAM-SHA-256 (RFC 5802, RFC 7677): messages in and out, without channel binding.
//!
//! The server keeps passwords for APOP and CRAM-MD5 anyway, so it derives the keys when a proof comes, for a name that
//! nobody has as well: neither the answers nor the work tell which names exist.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::accounts::{Accounts, prepare};
use super::digest;
use super::exchange::Failure;

/// The iteration count of the keys; RFC 7677 section 4 wants at least this.
const ITERATIONS: u32 = 4096;

/// Octets of randomness in the server's part of the nonce.
const NONCE: usize = 18;

/// The longest client nonce; a client has no need for more, and the server has to keep and repeat it.
const NONCE_LIMIT: usize = 256;

/// A SHA-256 output.
type Output = [u8; 32];

/// What the server keeps between its first message and the client's final one.
#[derive(Debug)]
pub(super) struct Begun {
    user: String,
    authorization: String,
    /// The GS2 header as it came; the client repeats it in base64.
    header: String,
    nonce: String,
    client_first_bare: String,
    server_first: String,
}

impl Begun {
    /// Takes the client-first-message (RFC 5802 section 7). The reply is [`Begun::server_first`].
    pub(super) fn new(client_first: &[u8], accounts: &Accounts) -> Result<Self, Failure> {
        let nonce: [u8; NONCE] = rand::random();
        Self::with_nonce(client_first, &BASE64.encode(nonce), |name| accounts.salt(name))
    }

    fn with_nonce(
        client_first: &[u8],
        server_nonce: &str,
        salt: impl FnOnce(&str) -> [u8; 16],
    ) -> Result<Self, Failure> {
        let message = str::from_utf8(client_first).map_err(|_| Failure::Syntax)?;
        let (flag, rest) = message.split_once(',').ok_or(Failure::Syntax)?;
        match flag {
            // "y": the client could bind the channel and believes that the server cannot, which is so.
            "n" | "y" => {}
            _ if flag.starts_with("p=") => return Err(Failure::ChannelBinding),
            _ => return Err(Failure::Syntax),
        }
        let (authorization, bare) = rest.split_once(',').ok_or(Failure::Syntax)?;
        let authorization = match authorization {
            "" => String::new(),
            given => sasl_name(given.strip_prefix("a=").ok_or(Failure::Syntax)?)?,
        };
        let header = message[..message.len() - bare.len()].to_owned();
        let mut fields = bare.split(',');
        // An extension that must be understood would stand here as "m="; none is.
        let user = sasl_name(field(fields.next(), "n=")?)?;
        let client_nonce = field(fields.next(), "r=")?;
        let printable = client_nonce.bytes().all(|octet| matches!(octet, b'!'..=b'~'));
        if user.is_empty() || client_nonce.is_empty() || client_nonce.len() > NONCE_LIMIT || !printable {
            return Err(Failure::Syntax);
        }
        let nonce = format!("{client_nonce}{server_nonce}");
        let salt = BASE64.encode(salt(&user));
        let server_first = format!("r={nonce},s={salt},i={ITERATIONS}");
        Ok(Self { user, authorization, header, nonce, client_first_bare: bare.to_owned(), server_first })
    }

    /// The server-first-message.
    pub(super) fn server_first(&self) -> &str {
        &self.server_first
    }

    /// Takes the client-final-message. If the proof holds: the user, and the server-final-message, which proves to the
    /// client that the server knows the keys as well.
    pub(super) fn finish(
        self,
        client_final: &[u8],
        accounts: &Accounts,
    ) -> Result<(String, String), Failure> {
        let message = str::from_utf8(client_final).map_err(|_| Failure::Syntax)?;
        let (without_proof, proof) = message.rsplit_once(",p=").ok_or(Failure::Syntax)?;
        let mut fields = without_proof.split(',');
        let binding = BASE64.decode(field(fields.next(), "c=")?).map_err(|_| Failure::Syntax)?;
        let nonce = field(fields.next(), "r=")?;
        let proof = BASE64.decode(proof).map_err(|_| Failure::Syntax)?;
        let proof = Output::try_from(proof).map_err(|_| Failure::Syntax)?;
        let covered = format!("{},{},{without_proof}", self.client_first_bare, self.server_first);
        let verified = accounts.by_scram(&self.user, covered.as_bytes(), &proof, ITERATIONS);
        let own_name = |user: &str| {
            self.authorization.is_empty() || prepare(&self.authorization).is_some_and(|other| other == user)
        };
        match verified {
            // The nonce must be the one of this exchange, whole, and the header must not have been changed on the way.
            Some((user, signature))
                if nonce == self.nonce && binding == self.header.as_bytes() && own_name(&user) =>
            {
                Ok((user, format!("v={}", BASE64.encode(signature))))
            }
            _ => Err(Failure::Credentials),
        }
    }
}

/// The keys behind one password (RFC 5802 section 3).
pub(super) struct Keys {
    stored: Output,
    server: Output,
}

impl Keys {
    pub(super) fn derive(password: &str, salt: &[u8], iterations: u32) -> Self {
        let mut salted = Output::default();
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        pbkdf2::pbkdf2::<Hmac<Sha256>>(password.as_bytes(), salt, iterations, &mut salted)
            .expect("HMAC takes a key of any length");
        let client = hmac_sha256(&salted, b"Client Key");
        Self { stored: Sha256::digest(client).into(), server: hmac_sha256(&salted, b"Server Key") }
    }

    /// Whether the proof over these messages shows that the client has the client key.
    pub(super) fn hold(&self, covered: &[u8], proof: &Output) -> bool {
        let mut client = hmac_sha256(&self.stored, covered);
        for (octet, mask) in client.iter_mut().zip(proof) {
            *octet ^= mask;
        }
        digest::equal(&Sha256::digest(client), &self.stored)
    }

    /// The server's own proof.
    pub(super) fn signature(&self, covered: &[u8]) -> Output {
        hmac_sha256(&self.server, covered)
    }
}

pub(super) fn hmac_sha256(key: &[u8], text: &[u8]) -> Output {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// The value of a field that has to stand here.
fn field<'m>(given: Option<&'m str>, name: &str) -> Result<&'m str, Failure> {
    given.and_then(|field| field.strip_prefix(name)).ok_or(Failure::Syntax)
}

/// A name in which `,` and `=` are written `=2C` and `=3D` (RFC 5802 section 5.1).
fn sasl_name(written: &str) -> Result<String, Failure> {
    let mut pieces = written.split('=');
    let mut name = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (character, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return Err(Failure::Syntax),
        };
        name.push(character);
        name.push_str(rest);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The salt and the nonce of the example in RFC 7677 section 3.
    const SALT: &str = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    fn rfc_salt(_: &str) -> [u8; 16] {
        BASE64.decode(SALT).unwrap().try_into().unwrap()
    }

    #[test]
    fn keys_give_the_example_of_rfc_7677() {
        let begun = Begun::with_nonce(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO", SERVER_NONCE, rfc_salt).unwrap();
        assert_eq!(
            begun.server_first(),
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        let covered = format!("{},{},c=biws,r={}", begun.client_first_bare, begun.server_first, begun.nonce);
        let keys = Keys::derive("pencil", &rfc_salt(""), ITERATIONS);
        let proof = BASE64.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").unwrap();
        let mut proof = Output::try_from(proof).unwrap();
        assert!(keys.hold(covered.as_bytes(), &proof));
        assert_eq!(
            BASE64.encode(keys.signature(covered.as_bytes())),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        );
        assert!(!keys.hold(&covered.as_bytes()[1..], &proof));
        proof[31] ^= 1;
        assert!(!keys.hold(covered.as_bytes(), &proof));
    }

    #[test]
    fn the_first_message_is_taken_apart() {
        let begun = |message: &str| {
            Begun::with_nonce(message.as_bytes(), "S", rfc_salt)
                .map(|begun| (begun.user, begun.authorization, begun.header))
        };
        let parts = |user: &str, authorization: &str, header: &str| {
            Ok((user.to_owned(), authorization.to_owned(), header.to_owned()))
        };
        for (message, expected) in [
            ("n,,n=user,r=C", parts("user", "", "n,,")),
            ("y,,n=user,r=C", parts("user", "", "y,,")),
            ("n,a=other,n=us=2Cer=3D,r=C", parts("us,er=", "other", "n,a=other,")),
            ("n,,n=user,r=C,x=later", parts("user", "", "n,,")),
            ("n,,n=jürgen,r=C", parts("jürgen", "", "n,,")),
            ("p=tls-unique,,n=user,r=C", Err(Failure::ChannelBinding)),
            ("p=tls-exporter,,n=user,r=C", Err(Failure::ChannelBinding)),
            ("x,,n=user,r=C", Err(Failure::Syntax)),
            ("n,other,n=user,r=C", Err(Failure::Syntax)),
            ("n,,m=1,n=user,r=C", Err(Failure::Syntax)),
            ("n,,n=us=er,r=C", Err(Failure::Syntax)),
            ("n,,n=us=2cer,r=C", Err(Failure::Syntax)),
            ("n,,n=,r=C", Err(Failure::Syntax)),
            ("n,,n=user,r=", Err(Failure::Syntax)),
            ("n,,n=user,r=a b", Err(Failure::Syntax)),
            ("n,,n=user", Err(Failure::Syntax)),
            ("n,,", Err(Failure::Syntax)),
            ("n", Err(Failure::Syntax)),
            ("", Err(Failure::Syntax)),
        ] {
            assert_eq!(begun(message), expected, "{message:?}");
        }
        assert_eq!(begun(&format!("n,,n=user,r={}", "C".repeat(257))), Err(Failure::Syntax));
    }
}
