//! Is the target there at all?

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::address::{Address, Service};
use super::{Reach, Target};

/// A listener of the target accepts no connection.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot connect to {service}://{address}: {reason}; is the server running, and is the address right?"
)]
pub struct Unreachable {
    /// The service.
    pub service: Service,
    /// Its address.
    pub address: Address,
    /// What the system says.
    pub reason: String,
}

impl Target {
    /// Makes one TCP connection to each listener, and says nothing on it. The bundled server is always there.
    ///
    /// # Errors
    /// At the first listener that does not accept within `limit`.
    pub async fn preflight(&self, limit: Duration) -> Result<(), Unreachable> {
        let Reach::Network(listeners) = &self.reach else { return Ok(()) };
        for (service, address) in listeners.iter() {
            let connect = TcpStream::connect((address.host.as_str(), address.port));
            let reason = match timeout(limit, connect).await {
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer within {} s", limit.as_secs_f64()),
            };
            return Err(Unreachable { service, address: address.clone(), reason });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_is_there_or_not() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("imap://a:b@{}", listener.local_addr().unwrap());
        let target = Target::from_urls(&[&url]).unwrap();
        target.preflight(Duration::from_secs(10)).await.unwrap();
        drop(listener);
        let error = target.preflight(Duration::from_secs(10)).await.unwrap_err().to_string();
        assert!(error.starts_with("cannot connect to imap://127.0.0.1:"), "{error}");
        Target::bundled().preflight(Duration::ZERO).await.unwrap();
    }
}
