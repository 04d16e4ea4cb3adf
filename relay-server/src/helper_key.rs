//! The key of the relay's own helpers, in a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use blindsight_session::Identity;
use rand::{SeedableRng, rngs::StdRng, rngs::SysRng};
use relay_server::RelayError;
use zeroize::Zeroizing;

/// Reads the key pair, or makes one; without a file a new one for this run.
///
/// # Errors
///
/// [`RelayError::HelperKey`] when the file cannot be read or written, or is no key.
pub fn load(file: Option<&Path>) -> Result<Identity, RelayError> {
    let Some(file) = file else {
        return fresh().map_err(RelayError::Stopped);
    };
    let failed = |cause| RelayError::HelperKey {
        file: file.display().to_string(),
        cause,
    };
    match fs::read(file).map(Zeroizing::new) {
        Ok(bytes) => {
            let private = bytes.as_slice().try_into();
            let no_key = || io::Error::new(io::ErrorKind::InvalidData, "it does not hold 32 bytes");
            let private = private.map_err(|_| failed(no_key()))?;
            Ok(Identity::from_private(private))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let identity = fresh().map_err(failed)?;
            write(file, identity.private()).map_err(failed)?;
            Ok(identity)
        }
        Err(error) => Err(failed(error)),
    }
}

fn fresh() -> io::Result<Identity> {
    let mut rng = StdRng::try_from_rng(&mut SysRng).map_err(io::Error::other)?;
    Ok(Identity::random(&mut rng))
}

/// Writes a file that nobody else may read.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let first = load(Some(&file)).unwrap().public();
        assert_eq!(load(Some(&file)).unwrap().public(), first);
        assert_ne!(load(None).unwrap().public(), first);
        fs::write(&file, b"short").unwrap();
        let error = load(Some(&file)).err().unwrap().to_string();
        assert!(error.contains("32 bytes"), "{error}");
    }
}
