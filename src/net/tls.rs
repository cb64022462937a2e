//! TLS as a client (RFC 2595, RFC 8314).

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

use crate::target::TlsSettings;

/// TLS can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file with trusted roots.
    #[error("the CA file {path} can't be used: {why}")]
    Ca {
        /// Where.
        path: String,
        /// Why.
        why: String,
    },
    /// rustls refuses.
    #[error("TLS can't be set up: {0}")]
    Setup(#[from] rustls::Error),
    /// The name to be verified.
    #[error("{0:?} is no name that a certificate could be valid for")]
    Name(String),
}

/// What TLS connections to a target need.
///
/// # Errors
/// If the CA file can't be read or holds no certificate.
pub fn client_config(settings: &TlsSettings) -> Result<Arc<ClientConfig>, TlsError> {
    if !settings.verify {
        return trusting(|provider| Arc::new(AnyCertificate(Arc::clone(provider))));
    }
    let mut roots = RootCertStore::empty();
    match &settings.ca {
        Some(path) => {
            let fault = |why: String| TlsError::Ca { path: path.display().to_string(), why };
            for certificate in
                CertificateDer::pem_file_iter(path).map_err(|error| fault(error.to_string()))?
            {
                let certificate = certificate.map_err(|error| fault(error.to_string()))?;
                roots.add(certificate).map_err(|error| fault(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(fault("it holds no certificate".into()));
            }
        }
        // Those that can't be read are left out, as other clients do.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    with_roots(roots)
}

/// What TLS connections to a server need whose certificate is known.
///
/// # Errors
/// If `pem` holds no usable certificate.
pub fn client_config_for(pem: &str) -> Result<Arc<ClientConfig>, TlsError> {
    let fault = |why: String| TlsError::Ca { path: "of the bundled server".into(), why };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| fault(error.to_string()))?;
        roots.add(certificate)?;
    }
    with_roots(roots)
}

fn with_roots(roots: RootCertStore) -> Result<Arc<ClientConfig>, TlsError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

fn trusting(
    verifier: impl Fn(&Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let verified = builder.dangerous().with_custom_certificate_verifier(verifier(&provider));
    Ok(Arc::new(verified.with_no_client_auth()))
}

/// Takes any certificate: for targets whose profile says `verify: false`. Signatures are still checked.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
