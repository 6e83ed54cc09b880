//! Who may call what: the policies of `infra/template.yaml` that are attached to people and systems.

use std::collections::BTreeMap;

/// Resources whose name ends so are policies for callers: `PlatformAccess` is what `platform` may do.
const POLICY: &str = "Access";

/// Role and method with path, as a policy writes it: `GET/v1/accounts/*`.
pub(crate) struct Callers(BTreeMap<String, Vec<String>>);

impl Callers {
    pub(crate) fn of_the_template() -> Self {
        let path = acceptance::workspace::root().join("infra/template.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        let (mut of, mut role) = (BTreeMap::<String, Vec<String>>::new(), None);
        for line in text.lines() {
            let resource = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#']));
            if let Some(name) = resource.and_then(|rest| rest.strip_suffix(':')) {
                role = name.strip_suffix(POLICY).map(snake_case);
            }
            if let (Some(role), Some((_, route))) = (&role, line.split_once("}/$default/")) {
                of.entry(role.clone()).or_default().push(route.trim_end_matches('"').to_owned());
            }
        }
        assert!(of.contains_key("platform"), "no policy {POLICY} in the template");
        Self(of)
    }

    /// The roles whose policy allows `method` on `path`.
    pub(crate) fn of(&self, method: &str, path: &str) -> Vec<String> {
        // IAM sees the path as it is sent: any text in the place of an identifier.
        let asked = format!("{method}{}", path.replace(['{', '}'], ""));
        let may = |routes: &Vec<String>| routes.iter().any(|route| allows(route, &asked));
        self.0.iter().filter(|(_, routes)| may(routes)).map(|(role, _)| role.clone()).collect()
    }
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// IAM's `*`: any text, slashes too.
fn allows(pattern: &str, asked: &str) -> bool {
    let mut steps = pattern.split('*');
    let Some(mut rest) = asked.strip_prefix(steps.next().unwrap_or_default()) else { return false };
    let steps: Vec<&str> = steps.collect();
    let Some((last, between)) = steps.split_last() else { return rest.is_empty() };
    for step in between {
        let Some((_, behind)) = rest.split_once(step) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
}

#[test]
fn a_star_stands_for_any_text() {
    assert!(allows("GET/v1/cases", "GET/v1/cases"));
    assert!(!allows("GET/v1/cases", "GET/v1/cases/case_id"));
    assert!(allows("POST/v1/accounts/*/agreements", "POST/v1/accounts/account_id/agreements"));
    assert!(!allows("POST/v1/accounts/*/agreements", "POST/v1/accounts/account_id/qualifications"));
    assert!(allows("GET/v1/accounts/*", "GET/v1/accounts/account_id/credit"));
}
