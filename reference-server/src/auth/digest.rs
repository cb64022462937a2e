//! Digests over shared secrets, and comparison that takes the same time wherever two texts differ.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

type HmacMd5 = Hmac<Md5>;

/// The APOP digest (RFC 1939 section 7): MD5 over the timestamp with its brackets and the secret, in lower-case hex.
pub(super) fn apop(timestamp: &str, secret: &str) -> String {
    lower_hex(&Md5::new().chain_update(timestamp).chain_update(secret).finalize())
}

/// The CRAM-MD5 digest (RFC 2195 section 2): HMAC-MD5 over the challenge keyed with the secret, in lower-case hex.
pub(super) fn cram_md5(challenge: &str, secret: &str) -> String {
    lower_hex(&hmac_md5(secret.as_bytes(), challenge.as_bytes()).finalize().into_bytes())
}

/// Whether two texts are equal, in a time that depends on neither the place of a difference nor a secret's length:
/// what is compared are digests under a key that nobody else knows.
pub(super) fn equal(left: &[u8], right: &[u8]) -> bool {
    let key: [u8; 16] = rand::random();
    hmac_md5(&key, left).verify(&hmac_md5(&key, right).finalize().into_bytes()).is_ok()
}

fn hmac_md5(key: &[u8], text: &[u8]) -> HmacMd5 {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = HmacMd5::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac
}

fn lower_hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apop_gives_the_digest_of_rfc_1939() {
        assert_eq!(apop("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"), "c4c9334bac560ecc979e58001b3e22fb");
    }

    #[test]
    fn cram_md5_gives_the_digest_of_rfc_2195() {
        let challenge = "<1896.697170952@postoffice.reston.mci.net>";
        assert_eq!(cram_md5(challenge, "tanstaaftanstaaf"), "b913a602c7eda7a495b4e6e7334d3890");
    }

    #[test]
    fn cram_md5_hashes_a_secret_above_64_octets() {
        // RFC 2202 section 2, test case 6.
        let mac = hmac_md5(&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(lower_hex(&mac.finalize().into_bytes()), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }

    #[test]
    fn equal_compares_all_of_both() {
        assert!(equal(b"", b""));
        assert!(equal(b"secret", b"secret"));
        for other in ["", "s", "secre", "secret ", "Secret", "secreT"] {
            assert!(!equal(b"secret", other.as_bytes()), "{other:?}");
        }
    }
}
