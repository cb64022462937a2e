//! How TLS connections to the target are verified.

use std::path::PathBuf;

/// How TLS connections to the target are verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// Whether the certificate must be valid for the name.
    pub verify: bool,
    /// Trusted roots in PEM; those of the system where absent.
    pub ca: Option<PathBuf>,
    /// The name that the certificate must be valid for; the host of the address where absent.
    pub server_name: Option<String>,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self { verify: true, ca: None, server_name: None }
    }
}
