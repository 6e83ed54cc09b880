//! Hosts of links in a text.

use std::sync::LazyLock;

use regex::Regex;

/// Names as DNS has them (RFC 1035), with a last label of letters.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant, which the tests compile")]
    Regex::new(r"(?i-u:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})").expect("a regular expression")
});

/// Each host with its place, in bytes, in lower case.
pub(crate) fn hosts(text: &str) -> impl Iterator<Item = (usize, usize, String)> + '_ {
    HOST.find_iter(text).map(|found| (found.start(), found.end(), found.as_str().to_ascii_lowercase()))
}

/// Whether a host is the one or under it.
pub(crate) fn is_under(host: &str, of: &str) -> bool {
    host.strip_suffix(of).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_of_a_host_holds_what_is_under_it() {
        let found: Vec<_> = hosts("看https://A.Example.com/x和example.org。").map(|(_, _, host)| host).collect();
        assert_eq!(found, ["a.example.com", "example.org"]);
        assert!(is_under("a.example.com", "example.com") && is_under("example.com", "example.com"));
        assert!(!is_under("badexample.com", "example.com"));
    }
}
