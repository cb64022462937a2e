//! The certificate and the TLS set-up.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

use crate::config::{CertificateSource, Config};

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// No certificate could be made.
    #[error("cannot make a certificate for host {host:?}: {source}")]
    SelfSigned {
        /// The name it was to be for.
        host: String,
        /// What the maker says.
        source: rcgen::Error,
    },
    /// A PEM file cannot be read or has no item of the kind that was looked for.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key cannot be used, or not together.
    #[error("cannot use the certificate and its key: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The TLS side of a server.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) acceptor: TlsAcceptor,
    /// What a client has to trust, in PEM.
    pub(super) certificate_pem: String,
}

impl Tls {
    pub(super) fn new(config: &Config) -> Result<Self, TlsError> {
        match &config.certificate {
            CertificateSource::SelfSigned => Self::self_signed(&config.host),
            CertificateSource::Files { chain, key } => Self::from_files(chain, key),
        }
    }

    fn self_signed(host: &str) -> Result<Self, TlsError> {
        let mut names =
            vec!["localhost".into(), Ipv4Addr::LOCALHOST.to_string(), Ipv6Addr::LOCALHOST.to_string()];
        if !names.iter().any(|name| name == host) {
            names.push(host.to_owned());
        }
        let made = rcgen::generate_simple_self_signed(names)
            .map_err(|source| TlsError::SelfSigned { host: host.to_owned(), source })?;
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        Self::with(vec![made.cert.der().clone()], key, made.cert.pem())
    }

    fn from_files(chain: &Path, key: &Path) -> Result<Self, TlsError> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| in_file(path, &error));
        let chain_pem = read(chain)?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&chain_pem)
            .collect::<Result<_, _>>()
            .map_err(|error| in_file(chain, &error))?;
        if certificates.is_empty() {
            return Err(in_file(chain, &"it holds no certificate in PEM"));
        }
        let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| in_file(key, &error))?;
        Self::with(certificates, key, String::from_utf8_lossy(&chain_pem).into_owned())
    }

    fn with(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        certificate_pem: String,
    ) -> Result<Self, TlsError> {
        // Named here, so that no other crate's choice of provider can change or break it.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate_pem })
    }
}

fn in_file(path: &Path, reason: &dyn ToString) -> TlsError {
    TlsError::File { path: path.to_owned(), reason: reason.to_string() }
}
