//! Typed reading of the environment. Every function writes one struct and
//! `Config::from_env(&Environment) -> Result<Self, ConfigError>`:
//!
//! ```
//! use lambda::config::{ConfigError, Environment};
//!
//! struct Config {
//!     accounts_table: String,
//!     batch: u32,
//! }
//!
//! impl Config {
//!     fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
//!         environment.read(|read| {
//!             // All are read before the first `?`, so that the error names every variable that is wrong.
//!             let (accounts_table, batch) = (read.text("ACCOUNTS_TABLE"), read.parsed("BATCH"));
//!             Some(Self { accounts_table: accounts_table?, batch: batch? })
//!         })
//!     }
//! }
//!
//! let config = Config::from_env(&Environment::of(&[("ACCOUNTS_TABLE", "accounts"), ("BATCH", "10")])).unwrap();
//! assert_eq!((config.accounts_table.as_str(), config.batch), ("accounts", 10));
//!
//! let error = Config::from_env(&Environment::of(&[("BATCH", "ten")])).err().unwrap();
//! assert_eq!(error.to_string(), "ACCOUNTS_TABLE is missing; BATCH is malformed: invalid digit found in string");
//! ```

use std::{cell::RefCell, collections::BTreeMap, fmt, str::FromStr};

/// The variables a function was started with. It does not print: credentials are among them.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process: the one place that reads it. A variable that is not UTF-8 counts as missing.
    #[must_use]
    pub fn process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { variables: std::env::vars_os().filter_map(text).collect() }
    }

    /// An environment for a test.
    #[must_use]
    pub fn of(variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { variables }
    }

    /// Builds a configuration with `build`, which asks the [`Reader`] for each variable and gives `None` when one of
    /// them was not to be had.
    ///
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn read<T>(&self, build: impl FnOnce(&Reader<'_>) -> Option<T>) -> Result<T, ConfigError> {
        let reader = Reader { environment: self, faults: RefCell::default() };
        let config = build(&reader);
        let faults = reader.faults.into_inner();
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(ConfigError { faults }),
        }
    }
}

/// Reads variables and keeps note of those that are wrong.
pub struct Reader<'a> {
    environment: &'a Environment,
    faults: RefCell<Vec<Fault>>,
}

impl Reader<'_> {
    /// The text of the variable. An empty one counts as missing.
    #[must_use]
    pub fn text(&self, name: &'static str) -> Option<String> {
        let found = self.optional(name);
        if found.is_none() {
            self.faults.borrow_mut().push(Fault { name, malformed: None });
        }
        found
    }

    /// The value of the variable, parsed. The message of the parser's error must not repeat the text: it may be a
    /// secret and ends up in the log.
    #[must_use]
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, name: &'static str) -> Option<T> {
        self.parse(name, &self.text(name)?)
    }

    /// As [`parsed`](Self::parsed), with a value for a variable that is not there.
    #[must_use]
    pub fn parsed_or<T: FromStr<Err: fmt::Display>>(&self, name: &'static str, default: T) -> Option<T> {
        match self.optional(name) {
            Some(text) => self.parse(name, &text),
            None => Some(default),
        }
    }

    /// The text of a variable that need not be there.
    #[must_use]
    pub fn optional(&self, name: &'static str) -> Option<String> {
        self.environment.variables.get(name).filter(|text| !text.is_empty()).cloned()
    }

    fn parse<T: FromStr<Err: fmt::Display>>(&self, name: &'static str, text: &str) -> Option<T> {
        text.parse()
            .map_err(|error: T::Err| {
                self.faults.borrow_mut().push(Fault { name, malformed: Some(error.to_string()) });
            })
            .ok()
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Fault {
    name: &'static str,
    malformed: Option<String>,
}

/// The variables that are missing or malformed, by name, never with their values.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Fault { name, malformed }) in self.faults.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            match malformed {
                None => write!(f, "{separator}{name} is missing")?,
                Some(reason) => write!(f, "{separator}{name} is malformed: {reason}")?,
            }
        }
        Ok(())
    }
}

/// As [`Display`](fmt::Display): `main` prints the error it ends with in this form.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_that_is_wrong_is_named_at_once() {
        let environment = Environment::of(&[("B", "x"), ("C", "")]);
        let error = environment
            .read(|read| {
                let (a, b, c) = (read.text("A"), read.parsed::<u8>("B"), read.parsed::<u8>("C"));
                Some((a?, b?, c?))
            })
            .unwrap_err();
        assert_eq!(error.to_string(), "A is missing; B is malformed: invalid digit found in string; C is missing");
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn a_default_stands_in_for_a_missing_variable_but_not_for_a_malformed_one() {
        let read = |variables: &[(&str, &str)]| Environment::of(variables).read(|read| read.parsed_or("N", 7_u8));
        assert_eq!(read(&[]), Ok(7));
        assert_eq!(read(&[("N", "8")]), Ok(8));
        assert!(read(&[("N", "eight")]).is_err());
    }
}
