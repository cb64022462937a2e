//! The client's side of SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677), without channel binding.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The server names the iteration count: a large one must not stop the run.
const MOST_ITERATIONS: u32 = 1_000_000;

/// The two final messages of an exchange.
pub(super) struct Finals {
    /// The client-final-message, with the proof.
    pub(super) client: String,
    /// The server-final-message that a server must send which knows the password.
    pub(super) server: String,
}

/// Computes the final messages from `client_first_bare` (`n=user,r=nonce`) and the server-first-message.
///
/// # Errors
/// If the server-first-message is none, with what is wrong with it.
pub(super) fn finals(
    password: &[u8],
    client_first_bare: &[u8],
    server_first: &[u8],
) -> Result<Finals, String> {
    let text = str::from_utf8(server_first).map_err(|_| "the server's first message is not UTF-8")?;
    let mut fields = text.split(',');
    let mut field = |name: &str| {
        let found = fields.next().and_then(|field| field.strip_prefix(name));
        found.ok_or_else(|| format!("the server's first message lacks {name} in its place: {text}"))
    };
    let (nonce, salt, iterations) = (field("r=")?, field("s=")?, field("i=")?);
    let salt = STANDARD.decode(salt).map_err(|error| format!("the salt is not base64: {error}"))?;
    let iterations =
        iterations.parse().ok().filter(|count| (1..=MOST_ITERATIONS).contains(count)).ok_or_else(|| {
            format!("the iteration count is not within 1 and {MOST_ITERATIONS}: {iterations}")
        })?;
    let mut salted = [0; 32];
    pbkdf2::pbkdf2::<Hmac<Sha256>>(password, &salt, iterations, &mut salted)
        .map_err(|error| error.to_string())?;
    let without_proof = format!("c=biws,r={nonce}");
    let covered = [client_first_bare, b",", server_first, b",", without_proof.as_bytes()].concat();
    let mut proof = hmac(&salted, b"Client Key")?;
    let stored = Sha256::digest(proof);
    for (octet, mask) in proof.iter_mut().zip(hmac(&stored, &covered)?) {
        *octet ^= mask;
    }
    let signature = hmac(&hmac(&salted, b"Server Key")?, &covered)?;
    Ok(Finals {
        client: format!("{without_proof},p={}", STANDARD.encode(proof)),
        server: format!("v={}", STANDARD.encode(signature)),
    })
}

fn hmac(key: &[u8], text: &[u8]) -> Result<[u8; 32], String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| error.to_string())?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    #[test]
    fn gives_the_example_of_rfc_7677() {
        let finals = finals(b"pencil", b"n=user,r=rOprNGfwEbeRWgbNEkqO", FIRST.as_bytes()).unwrap();
        assert_eq!(
            finals.client,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert_eq!(finals.server, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn what_is_no_server_first_message() {
        for (first, problem) in [
            ("", "lacks r="),
            ("r=a,i=4096,s=AAAA", "lacks s="),
            ("r=a,s=!,i=4096", "not base64"),
            ("r=a,s=AAAA,i=0", "iteration count"),
            ("r=a,s=AAAA,i=4000000000", "iteration count"),
        ] {
            let error = finals(b"p", b"n=u,r=a", first.as_bytes()).err().unwrap();
            assert!(error.contains(problem), "{error}");
        }
    }
}
