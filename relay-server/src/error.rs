//! Why a relay does not run.

use std::io;

use thiserror::Error;

/// The relay cannot start or cannot go on. The text says what to do.
#[derive(Debug, Error)]
pub enum RelayError {
    /// Another program listens there.
    #[error(
        "another program already listens on {address}; stop it, or choose another port with \
         --listen (port 0 takes a free one)"
    )]
    AddressInUse {
        /// Where the relay was to listen.
        address: String,
    },
    /// The system does not let this user listen there.
    #[error("listening on {address} is not allowed; choose a port above 1023 with --listen")]
    NotAllowed {
        /// Where the relay was to listen.
        address: String,
    },
    /// The address is wrong, or not one of this machine.
    #[error(
        "the relay cannot listen on {address} ({cause}); give --listen an address of this machine \
         and a port, such as 127.0.0.1:8080"
    )]
    CannotListen {
        /// Where the relay was to listen.
        address: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The file with the helpers' key is of no use.
    #[error(
        "the file {file} with the helper's key cannot be used ({cause}); name another one with --helper-key"
    )]
    HelperKey {
        /// Which file.
        file: String,
        /// What is wrong with it.
        cause: io::Error,
    },
    /// A certificate or its key is of no use.
    #[error(
        "the file {file} cannot be used for TLS ({cause}); name a certificate and its key in PEM form \
         with --tls-cert and --tls-key"
    )]
    Certificate {
        /// Which file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// No address of a NATS server.
    #[error(
        "the address of the NATS server is of no use; give --nats one such as \
         nats://127.0.0.1:4222, or several with commas between them"
    )]
    Nats,
    /// The file with the password of helpers elsewhere is of no use.
    #[error(
        "the file {file} holds no password ({cause}); name one with --helper-password that holds at \
         least 16 letters, digits and signs, without spaces"
    )]
    HelperPassword {
        /// Which file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// What is given to `--helper-only` is no relay, or no password is given with it.
    #[error(
        "--helper-only needs the address of a relay, such as https://relay.example.org, and --helper-password"
    )]
    HelperOnly,
    /// A relay elsewhere does not want helpers from here.
    #[error(
        "the relay turns these helpers away with status {status}; it must be started with \
         --helper-password and a file that holds the same password"
    )]
    NotAdmitted {
        /// The HTTP status.
        status: u16,
    },
    /// The system failed while the relay ran.
    #[error("the relay stopped because of the system ({0}); start it again")]
    Stopped(#[from] io::Error),
}

impl RelayError {
    pub(crate) fn listening(address: &str, cause: io::Error) -> Self {
        let address = address.to_owned();
        match cause.kind() {
            io::ErrorKind::AddrInUse => Self::AddressInUse { address },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { address },
            _ => Self::CannotListen { address, cause },
        }
    }
}
