//! Which language a caller reads.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header::ACCEPT_LANGUAGE, request::Parts};

/// A language of answers. Chinese unless `Accept-Language` ranks English higher: the duties are Chinese law and so is
/// the first audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// What `Accept-Language` (RFC 9110 §12.5.4) asks for; of two with the same weight the one named first.
    #[must_use]
    pub fn wanted(headers: &HeaderMap) -> Self {
        let ranges = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let mut best = (Self::default(), 0.0_f32);
        for range in ranges.flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let language = match parts.next().unwrap_or_default().split('-').next() {
                Some(tag) if tag.eq_ignore_ascii_case("zh") || tag == "*" => Self::Zh,
                Some(tag) if tag.eq_ignore_ascii_case("en") => Self::En,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.trim().parse().ok()).unwrap_or(1.0);
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The tag for `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub const fn pick<T: Copy>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::wanted(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(header: &str) -> Language {
        Language::wanted(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, header.parse().unwrap())]))
    }

    #[test]
    fn chinese_unless_english_ranks_higher() {
        assert_eq!(Language::wanted(&HeaderMap::new()), Language::Zh);
        assert_eq!(wanted("en-GB,en;q=0.9"), Language::En);
        assert_eq!(wanted("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh);
        assert_eq!(wanted("zh;q=0.2, en;q=0.8"), Language::En);
        assert_eq!(wanted("fr, en;q=0.1"), Language::En);
        assert_eq!(wanted("en;q=0"), Language::Zh);
        assert_eq!(wanted("*"), Language::Zh);
        assert_eq!(wanted("; q=,;;,"), Language::Zh);
    }
}
