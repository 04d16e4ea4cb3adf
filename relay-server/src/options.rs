//! What the program can be told: on the command line, in the environment, in a file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use blindsight_session::RelayOrigin;
use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::{ArgAction, Command, CommandFactory, FromArgMatches, Parser, ValueEnum};
use ipnet::IpNet;
use relay_server::outside::{OutsideHelpers, Password};
use relay_server::{Config, Limits, RelayError, Tls, nats_servers};
use toml::{Table, Value};
use zeroize::Zeroizing;

/// Serves the site and forwards messages between the members of a room.
///
/// Each option can also be given in the environment, as named beside it, and in the file that
/// --config names, under the same name without the hyphens in front: `max-rooms = 100`. The command
/// line counts most, then the environment, then the file.
///
/// Exits with 0 when stopped by ctrl-c or SIGTERM, 1 if it cannot run, 2 if an option is wrong.
#[derive(Debug, Parser)]
#[command(name = "blindsight-relay", version)]
pub struct Options {
    /// Read options from this file too, in TOML.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_CONFIG")]
    config: Option<PathBuf>,

    /// Say whether everything given is right, and exit: 0 if it is.
    #[arg(long)]
    pub check: bool,

    /// Address and port to listen on; port 0 takes a free one. Not used if systemd hands a socket
    /// over.
    #[arg(long, env = "BLINDSIGHT_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,

    /// Speak TLS with this certificate, and those that lead up to a known one, in PEM form. It is
    /// read again on SIGHUP and when the file changes.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_TLS_CERT")]
    tls_cert: Option<PathBuf>,

    /// The key of the certificate, in PEM form.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_TLS_KEY")]
    tls_key: Option<PathBuf>,

    /// Believe proxies in these networks, separated by commas, when they name the address of a
    /// member in X-Forwarded-For; for example 127.0.0.1/32,::1/128.
    #[arg(
        long,
        value_name = "NETWORKS",
        env = "BLINDSIGHT_TRUST_FORWARDED_FOR",
        value_delimiter = ','
    )]
    trust_forwarded_for: Vec<IpNet>,

    /// Run a helper for a model owner who asks for one (the default).
    #[arg(long, overrides_with = "no_helper")]
    helper: bool,

    /// Run no helpers.
    #[arg(
        long,
        env = "BLINDSIGHT_NO_HELPER",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    no_helper: bool,

    /// File with the key by which the helpers show who runs them; made if there is none. Without
    /// it the key is a new one at each start.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_HELPER_KEY")]
    pub helper_key: Option<PathBuf>,

    /// File with a password, of 16 characters at least. Helpers elsewhere that know it may dial in,
    /// and the relay runs none itself. With --helper-only: what to show.
    #[arg(long, value_name = "FILE", env = "BLINDSIGHT_HELPER_PASSWORD")]
    helper_password: Option<PathBuf>,

    /// Be no relay, but run helpers for the relay at this address, the one that browsers open. It
    /// must have the same --helper-password.
    #[arg(long, value_name = "ADDRESS", env = "BLINDSIGHT_HELPER_ONLY")]
    helper_only: Option<String>,

    /// Print the address as one line of JSON once listening, for other programs.
    #[arg(long)]
    pub json: bool,

    /// What to log to standard error, as in `relay_server=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "warn,relay_server=info")]
    pub log: String,

    /// How to log: lines of text, or of JSON.
    #[arg(
        long,
        env = "BLINDSIGHT_LOG_FORMAT",
        value_enum,
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// Log the address of each member who connects.
    #[arg(
        long,
        env = "BLINDSIGHT_LOG_ADDRESSES",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    log_addresses: bool,

    /// Do not round the numbers of people and rooms at /metrics.
    #[arg(
        long,
        env = "BLINDSIGHT_EXACT_METRICS",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    exact_metrics: bool,

    /// Share rooms with other relays over these NATS servers, separated by commas; for example
    /// nats://127.0.0.1:4222.
    #[arg(
        long,
        value_name = "ADDRESSES",
        env = "BLINDSIGHT_NATS",
        hide_env_values = true
    )]
    nats: Option<String>,

    #[command(flatten)]
    pub limits: Limits,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line, for programs.
    Json,
}

impl Options {
    /// Reads the command line, the environment and the file; ends the program if one is wrong, or
    /// if only help was asked for.
    pub fn read() -> Self {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        Self::from(&arguments).unwrap_or_else(|error| error.exit())
    }

    fn from(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let options = Self::try_parse_from(arguments)?;
        let Some(file) = &options.config else {
            return Ok(options);
        };
        let mut command = with_file(Self::command(), file)?;
        Self::from_arg_matches(&command.try_get_matches_from_mut(arguments)?)
    }

    /// Whether a model owner who asks for a helper gets one of this program's own.
    pub fn runs_helpers(&self) -> bool {
        (self.helper || !self.no_helper) && self.helper_password.is_none()
    }

    /// The relay that this program is to run helpers for, and what to show it; nothing if it is to
    /// be a relay itself.
    ///
    /// # Errors
    ///
    /// [`RelayError`] if the address or the file cannot be used.
    pub fn helps_elsewhere(&self) -> Result<Option<(RelayOrigin, Password)>, RelayError> {
        let Some(address) = &self.helper_only else {
            return Ok(None);
        };
        let relay = RelayOrigin::parse(address).map_err(|_| RelayError::HelperOnly)?;
        let password = self.password()?.ok_or(RelayError::HelperOnly)?;
        Ok(Some((relay, password)))
    }

    fn password(&self) -> Result<Option<Password>, RelayError> {
        let Some(file) = &self.helper_password else {
            return Ok(None);
        };
        let failed = |cause: String| RelayError::HelperPassword {
            file: file.display().to_string(),
            cause,
        };
        let text = fs::read_to_string(file).map(Zeroizing::new);
        let text = text.map_err(|error| failed(error.to_string()))?;
        let password = Password::parse(&text);
        let too_short = || failed("it is too short, or holds a space".to_owned());
        password.ok_or_else(too_short).map(Some)
    }

    /// What the relay is told.
    ///
    /// # Errors
    ///
    /// [`RelayError`] if a file cannot be used.
    pub fn config(&self) -> Result<Config, RelayError> {
        let tls = match (self.tls_cert.clone(), self.tls_key.clone()) {
            (Some(certificate), Some(key)) => Some(Tls::load(certificate, key)?),
            (None, None) => None,
            (Some(file), None) | (None, Some(file)) => {
                return Err(RelayError::Certificate {
                    file: file.display().to_string(),
                    cause: "the other one is not named".to_owned(),
                });
            }
        };
        Ok(Config {
            limits: self.limits,
            tls,
            trusted_proxies: self.trust_forwarded_for.clone(),
            outside_helpers: self
                .password()?
                .map(|password| OutsideHelpers::new(password, &self.limits)),
            nats: self.nats.as_deref().map_or(Ok(Vec::new()), nats_servers)?,
            log_addresses: self.log_addresses,
            exact_metrics: self.exact_metrics,
        })
    }
}

/// The options, with what a file says in place of their defaults.
fn with_file(mut command: Command, file: &Path) -> Result<Command, clap::Error> {
    let wrong = |text: String| {
        let text = format!("the file {}: {text}", file.display());
        Options::command().error(ErrorKind::InvalidValue, text)
    };
    let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let table: Table = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    for (name, value) in table {
        let known = command.get_arguments().find(|argument| {
            let meant = argument.get_long() == Some(&name);
            meant && !["config", "check", "help", "version"].contains(&name.as_str())
        });
        let Some(id) = known.map(|argument| argument.get_id().clone()) else {
            return Err(wrong(format!("there is no option {name}; see --help")));
        };
        let values = texts(&value).ok_or_else(|| {
            wrong(format!(
                "{name} is to be a text, a number, true, false or a list of texts"
            ))
        })?;
        command = command.mut_arg(id, |argument| argument.default_values(values));
    }
    Ok(command)
}

/// A value as it would stand on the command line.
fn texts(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => Some(vec![one(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(file: &str, arguments: &[&str]) -> Result<Options, String> {
        let mut written = tempfile::NamedTempFile::new().unwrap();
        written.write_all(file.as_bytes()).unwrap();
        let path = written.path().to_str().unwrap();
        let all = [&["relay", "--config", path], arguments].concat();
        let all: Vec<OsString> = all.into_iter().map(OsString::from).collect();
        Options::from(&all).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_gives_what_the_command_line_does_not() {
        let file = "listen = \"[::]:80\"\nmax-rooms = 7\nburst = 0.5\nno-helper = true\n\
                    trust-forwarded-for = [\"10.0.0.0/8\", \"::1/128\"]\nlog-format = \"json\"\n";
        let options = read(file, &["--max-rooms", "9"]).unwrap();
        let config = options.config().unwrap();
        assert_eq!(options.listen, "[::]:80");
        assert_eq!(options.log_format, LogFormat::Json);
        assert_eq!(config.limits.rooms, 9);
        assert_eq!(config.limits.burst.as_millis(), 500);
        assert_eq!(config.limits.connections, Limits::DEFAULT.connections);
        assert_eq!(config.trusted_proxies.len(), 2);
        assert!(!options.runs_helpers());
        assert!(read(file, &["--helper"]).unwrap().runs_helpers());
        assert_eq!(read("max-rooms = 7", &[]).unwrap().limits.rooms, 7);
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named() {
        for (file, named) in [
            ("max-room = 7", "max-room"),
            ("check = true", "check"),
            ("max-rooms = \"many\"", "many"),
            ("max-rooms = -1", "-1"),
            ("[limits]\nrooms = 7", "limits"),
            ("max-rooms = ", "the file"),
            ("trust-forwarded-for = \"10.0.0.0/99\"", "10.0.0.0/99"),
        ] {
            let error = read(file, &[]).unwrap_err();
            assert!(error.contains(named), "{file}: {error}");
        }
    }

    #[test]
    fn a_certificate_needs_its_key() {
        let error = read("tls-cert = \"cert.pem\"", &[]).unwrap().config();
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("cert.pem") && error.contains("--tls-key"),
            "{error}"
        );
    }

    #[test]
    fn the_options_are_in_order() {
        Options::command().debug_assert();
    }
}
