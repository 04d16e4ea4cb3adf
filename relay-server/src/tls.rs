//! The certificate, and changing it while the relay runs.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::error::RelayError;

/// A certificate with its key, in files that may be replaced.
#[derive(Clone)]
pub struct Tls {
    files: Arc<(PathBuf, PathBuf)>,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// Reads both files: the certificate with those that lead up to a known one, and its key, in
    /// PEM form.
    ///
    /// # Errors
    ///
    /// [`RelayError::Certificate`] if a file cannot be read, or both do not belong together.
    pub fn load(certificate: PathBuf, key: PathBuf) -> Result<Self, RelayError> {
        let files = (certificate, key);
        let current = read(&files)?;
        Ok(Self {
            files: Arc::new(files),
            current: Arc::new(RwLock::new(current)),
        })
    }

    /// Reads both files again. New connections get the new certificate; those that are open stay.
    ///
    /// # Errors
    ///
    /// As [`Tls::load`]; the certificate from before stays in use.
    pub fn reload(&self) -> Result<(), RelayError> {
        let new = read(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        tracing::info!("the certificate was read again");
        Ok(())
    }

    /// When the files were last changed, to notice that they were.
    pub fn changed(&self) -> [Option<std::time::SystemTime>; 2] {
        let (certificate, key) = &*self.files;
        [certificate, key].map(|file| file.metadata().and_then(|data| data.modified()).ok())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish()
    }
}

fn read(files: &(PathBuf, PathBuf)) -> Result<Arc<ServerConfig>, RelayError> {
    let (certificate, key) = files;
    let failed = |file: &PathBuf, cause: String| RelayError::Certificate {
        file: file.display().to_string(),
        cause,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(failed(certificate, "it holds no certificate".to_owned()));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, private)
        })
        .map_err(|error| failed(certificate, error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
