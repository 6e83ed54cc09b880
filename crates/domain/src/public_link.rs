//! From a link that a reporter copied to what it shows (R15.2). The platform says what its links look like, and a link is
//! held against that to the letter: a host that looks alike, a name before an `@`, another port or another path is none.

use percent_encoding::percent_decode_str;

use crate::{
    id::{AccountId, PublicationId},
    subject::{Subject, SubjectType},
};

/// What browsers and messengers carry.
pub const LONGEST: usize = 2_048;

const SCHEME: &str = "https://";

/// How a public link of the platform looks: `https://<host>/<path>`, where a step of the path may be `{account_id}`,
/// `{publication_id}`, `{comment_id}`, or `{reference}` beside `{account_id}`, which is the platform's own name of a
/// publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTemplate {
    host: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Fixed(String),
    Account,
    Publication,
    Comment,
    Reference,
}

/// Why a text is no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("it does not begin with https:// and a host")]
    Host,
    #[error("it has a placeholder that is not known, or one within a word")]
    Placeholder,
    #[error("it leads to nothing, or to two things")]
    Subject,
}

impl LinkTemplate {
    /// # Errors
    /// Why the text is none.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let (host, path) = split(text).ok_or(TemplateError::Host)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(TemplateError::Host);
        }
        let step = |step: &str| match step {
            "{account_id}" => Ok(Step::Account),
            "{publication_id}" => Ok(Step::Publication),
            "{comment_id}" => Ok(Step::Comment),
            "{reference}" => Ok(Step::Reference),
            _ if step.contains(['{', '}', '?', '#']) => Err(TemplateError::Placeholder),
            _ => Ok(Step::Fixed(step.to_owned())),
        };
        let steps: Vec<Step> = steps_of(path).map(step).collect::<Result<_, _>>()?;
        let count = |wanted: &Step| steps.iter().filter(|step| *step == wanted).count();
        let found = [Step::Account, Step::Publication, Step::Comment, Step::Reference].map(|step| count(&step));
        match found {
            [1, 0, 0, 0 | 1] | [0, 1, 0, 0] | [0, 0, 1, 0] => Ok(Self { host: host.to_owned(), steps }),
            _ => Err(TemplateError::Subject),
        }
    }

    /// What `link` shows, if it is such a link. What follows `?` or `#` is not looked at: messengers add to it.
    #[must_use]
    pub fn subject(&self, link: &str) -> Option<Subject> {
        let link = link.trim();
        if link.len() > LONGEST {
            return None;
        }
        let (host, path) = split(link)?;
        if !host.eq_ignore_ascii_case(&self.host) {
            return None;
        }
        let given: Vec<&str> = steps_of(path.split(['?', '#']).next()?).collect();
        if given.len() != self.steps.len() {
            return None;
        }
        let (mut account, mut reference, mut subject) = (None, None, None);
        for (step, given) in self.steps.iter().zip(given) {
            match step {
                Step::Fixed(fixed) if fixed == given => {}
                Step::Fixed(_) => return None,
                Step::Account => account = Some(given.parse::<AccountId>().ok()?),
                Step::Publication => subject = Some(Subject::parse(SubjectType::Publication, given).ok()?),
                Step::Comment => subject = Some(Subject::parse(SubjectType::Comment, given).ok()?),
                Step::Reference => reference = Some(percent_decode_str(given).decode_utf8().ok()?),
            }
        }
        match (subject, account, reference) {
            (Some(subject), _, _) => Some(subject),
            (None, Some(account), Some(reference)) => {
                Some(Subject::Publication(PublicationId::named(account, &reference)))
            }
            (None, Some(account), None) => Some(Subject::Account(account)),
            (None, None, _) => None,
        }
    }
}

/// Host and path.
fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(SCHEME)?;
    Some(rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at)))
}

/// A slash at the end changes nothing.
fn steps_of(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/').filter(|step| !step.is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::id::CommentId;

    fn account() -> AccountId {
        AccountId::at(Timestamp::UNIX_EPOCH)
    }

    fn resolved(template: &str, link: &str) -> Option<Subject> {
        LinkTemplate::parse(template).unwrap().subject(link)
    }

    #[test]
    fn a_link_leads_to_what_it_shows() {
        let account = account();
        let publication = PublicationId::named(account, "post 1");
        let of_account = "https://platform.example/a/{account_id}";
        assert_eq!(
            resolved(of_account, &format!("https://PLATFORM.example/a/{account}/?from=share#top")),
            Some(Subject::Account(account))
        );
        assert_eq!(
            resolved(
                "https://platform.example/a/{account_id}/p/{reference}",
                &format!("https://platform.example/a/{account}/p/post%201")
            ),
            Some(Subject::Publication(publication))
        );
        assert_eq!(
            resolved(
                "https://platform.example/p/{publication_id}",
                &format!("https://platform.example/p/{publication}")
            ),
            Some(Subject::Publication(publication))
        );
        let comment = CommentId::named(publication, "c-1");
        assert_eq!(
            resolved("https://platform.example/c/{comment_id}", &format!(" https://platform.example/c/{comment} ")),
            Some(Subject::Comment(comment))
        );
    }

    #[test]
    fn a_forged_link_leads_nowhere() {
        let account = account();
        for forged in [
            format!("http://platform.example/a/{account}"),
            format!("https://platform.example.evil.example/a/{account}"),
            format!("https://platform.example@evil.example/a/{account}"),
            format!("https://evil.example/https://platform.example/a/{account}"),
            format!("https://evil.example#https://platform.example/a/{account}"),
            format!("https://platform.example:8443/a/{account}"),
            format!("https://platform.exаmple/a/{account}"),
            format!("https://platform.example/a/../a/{account}"),
            format!("https://platform.example/b/{account}"),
            format!("https://platform.example/a/{account}/p"),
            "https://platform.example/a/acct_0".to_owned(),
            format!("javascript:https://platform.example/a/{account}"),
            format!("https://platform.example\\@evil.example/a/{account}"),
        ] {
            assert_eq!(resolved("https://platform.example/a/{account_id}", &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_template_leads_to_one_thing() {
        for (text, error) in [
            ("http://platform.example/{account_id}", TemplateError::Host),
            ("https:///{account_id}", TemplateError::Host),
            ("https://{account_id}/a", TemplateError::Host),
            ("https://user@platform.example/{account_id}", TemplateError::Host),
            ("https://platform.example/{user}", TemplateError::Placeholder),
            ("https://platform.example/a-{account_id}", TemplateError::Placeholder),
            ("https://platform.example/a", TemplateError::Subject),
            ("https://platform.example/{reference}", TemplateError::Subject),
            ("https://platform.example/{account_id}/{comment_id}", TemplateError::Subject),
        ] {
            assert_eq!(LinkTemplate::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(template in "https://[a-z.]{1,9}/[a-z{}_/]{0,40}", link in "\\PC{0,80}") {
            if let Ok(template) = LinkTemplate::parse(&template) {
                let _ = template.subject(&link);
            }
        }
    }
}
