//! The pages of the documentation agree: with each other, with the other language, with what is there.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use acceptance::workspace;

fn read(page: &str) -> String {
    let path = workspace::root().join(page);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page that is for readers, by its path from the root.
fn pages() -> Vec<String> {
    let mut found = vec!["README.md".to_owned(), "README.zh-CN.md".to_owned(), "CHANGELOG.md".to_owned()];
    for folder in ["docs", "docs/decisions", "events"] {
        let entries = std::fs::read_dir(workspace::root().join(folder)).unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
        found.extend(pages.map(|path| format!("{folder}/{}", path.file_name().unwrap().to_string_lossy())));
    }
    found
}

/// The lines of a page that are not in fenced blocks, and those that are.
fn prose_and_code(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut prose, mut code, mut inside) = (Vec::new(), Vec::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            code.push(line);
        } else {
            prose.push(line);
        }
    }
    (prose, code)
}

fn headings(text: &str) -> Vec<&str> {
    prose_and_code(text).0.into_iter().filter(|line| line.starts_with('#')).collect()
}

/// As GitHub names the place of a heading: letters, digits, hyphens, spaces as hyphens, lower case.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter if letter.is_alphanumeric() => Some(letter),
        _ => None,
    });
    kept.collect::<String>().to_lowercase()
}

/// Where the links of a page lead, but for those out of the repository.
fn links(text: &str) -> BTreeSet<&str> {
    let prose = prose_and_code(text).0;
    let targets = prose.into_iter().flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    for page in pages() {
        let text = read(&page);
        for link in links(&text) {
            let (file, place) = link.split_once('#').map_or((link, None), |(file, place)| (file, Some(place)));
            let folder = Path::new(&page).parent().unwrap();
            let target: PathBuf = if file.is_empty() { PathBuf::from(&page) } else { folder.join(file) };
            assert!(workspace::root().join(&target).exists(), "{page}: {link} is not there");
            if let Some(place) = place {
                let text = read(&target.to_string_lossy());
                let known = headings(&text).into_iter().any(|heading| anchor(heading) == place);
                assert!(known, "{page}: {link} names no heading");
            }
        }
    }
}

/// Depth of each heading, and the commands, which are the same in every language.
fn skeleton(text: &str) -> (Vec<usize>, Vec<String>) {
    let depth = |heading: &str| heading.chars().take_while(|letter| *letter == '#').count();
    let (_, code) = prose_and_code(text);
    // Comments and the words of pictures are translated.
    let without_comment = |line: &&str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    let is_command = |line: &String| line.is_ascii() && !line.is_empty() && !line.starts_with('#');
    let commands = code.iter().map(without_comment).filter(is_command);
    (headings(text).into_iter().map(depth).collect(), commands.collect())
}

#[test]
fn the_readme_says_the_same_in_both_languages() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    assert_eq!(skeleton(&english).0, skeleton(&chinese).0, "the headings differ");
    let commands = |text: &str| skeleton(text).1.into_iter().filter(|line| !line.contains("--")).collect::<Vec<_>>();
    assert_eq!(commands(&english), commands(&chinese), "the commands differ");
    let shared = |text| {
        let all: BTreeSet<&str> = links(text);
        all.into_iter().filter(|link| !link.starts_with("README")).map(ToOwned::to_owned).collect::<BTreeSet<_>>()
    };
    let (mut of_english, of_chinese) = (shared(&english), shared(&chinese));
    of_english.insert("docs/operator-desk.zh-CN.md".to_owned());
    of_english.insert("docs/runbook.zh-CN.md".to_owned());
    assert_eq!(of_english, of_chinese, "the links differ");
}

#[test]
fn the_page_of_the_desk_says_the_same_in_both_languages() {
    let (english, chinese) = (read("docs/operator-desk.md"), read("docs/operator-desk.zh-CN.md"));
    assert_eq!(skeleton(&english), skeleton(&chinese), "headings or commands differ");
}

/// What the platform can be told of is in the integration guide.
#[test]
fn the_integration_guide_names_every_webhook() {
    let source = read("crates/app/src/notifying.rs");
    let guide = read("docs/integrate.md");
    let is_type = |word: &&str| {
        let kinds = ["account.", "qualification.", "publication.", "comment.", "enforcement.", "appeal."];
        kinds.iter().any(|kind| word.starts_with(kind))
            && word.chars().all(|c| c.is_ascii_lowercase() || "._".contains(c))
    };
    let types: BTreeSet<&str> = source.split('"').skip(1).step_by(2).filter(is_type).collect();
    assert!(types.len() > 20, "{types:?}");
    for name in types {
        assert!(guide.contains(&format!("`{name}`")), "docs/integrate.md does not name {name}");
    }
}

#[test]
fn the_deployment_guide_names_every_policy_for_callers() {
    let guide = read("docs/deploy.md");
    let template = crate::template::read("template.yaml");
    for (name, policy) in crate::template::resources(&template, "AWS::IAM::ManagedPolicy") {
        let written = policy["Properties"]["ManagedPolicyName"]["Fn::Sub"].as_str().unwrap();
        assert!(guide.contains(&written.replace("${Stage}", "<stage>")), "docs/deploy.md does not name {name}");
    }
}
