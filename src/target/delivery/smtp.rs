//! Delivery by SMTP, RFC 5321.

use super::DeliveryError;
use super::dialogue::{self, Dialect};
use crate::target::address::Address;

/// Delivers `message` to `user`, with `domain` where the name has none.
pub(super) async fn deliver(
    address: &Address,
    domain: Option<&str>,
    user: &str,
    message: &[u8],
) -> Result<(), DeliveryError> {
    dialogue::deliver(Dialect { hello: "EHLO" }, address, domain, user, message).await
}
