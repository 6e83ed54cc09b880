//! What the documentation tells a newcomer to type works as it stands.
//!
//! Of the pages' fenced blocks those in `bash` are run, one after the other in one shell; those in `sh` are to be read (they
//! start things, or change them for everybody). A block whose language is followed by a name is that file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use acceptance::{
    principals::{Principal, distinct},
    stack::Stack,
    workspace,
};

use crate::stack::running;

/// A fenced block.
struct Block {
    language: String,
    file: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(workspace::root().join(page)).unwrap();
    let mut blocks = Vec::new();
    // Outside and inside take turns.
    for inside in text.split("\n```").skip(1).step_by(2) {
        let (info, text) = inside.split_once('\n').unwrap();
        let mut words = info.split_whitespace().map(ToOwned::to_owned);
        blocks.push(Block {
            language: words.next().unwrap_or_default(),
            file: words.next(),
            text: format!("{text}\n"),
        });
    }
    assert!(!blocks.is_empty(), "{page} has no blocks");
    blocks
}

/// The principals of the standards' examples hold only so many accounts, and nobody two of one name.
fn as_somebody_new(text: &str) -> String {
    let (person, company) = (Principal::person("张三"), Principal::company("示例科技有限公司"));
    text.replace("11010519491231002X", &person.document_number)
        .replace("91350100M000100Y43", &company.document_number)
        .replace("城市天气", &distinct("城市天气"))
        .replace("13800138000", &format!("139{}", &person.document_number[9..17]))
        .replace("user-4711", &acceptance::principals::unique("user"))
}

/// Everything that was printed.
fn shown(command: &mut Command, what: &str) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{what}: {}\n{all}", output.status);
    all
}

/// Pastes a page into a shell.
fn pasted(page: &str) -> String {
    let lines: String = blocks(page).into_iter().filter(|it| it.language == "bash").map(|it| it.text).collect();
    assert!(lines.contains("cargo xtask env"), "{page} does not say how to get the addresses");
    let mut shell = Command::new("bash");
    shell.args(["-euc", &as_somebody_new(&lines)]).current_dir(workspace::root());
    shown(&mut shell, page)
}

/// The codes of the problems in an answer, in their order.
fn problems(shown: &str) -> Vec<&str> {
    let with_code = shown.split("\"code\":\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    with_code.filter(|code| code.contains('_')).collect()
}

#[tokio::test]
async fn the_readme_works_as_it_is_pasted() {
    running().await;
    let shown = pasted("README.md");
    assert_eq!(problems(&shown), [""; 0], "{shown}");
    for word in ["\"active\"", "\"published\"", "\"receipt\"", "\"cases\""] {
        assert!(shown.contains(word), "{word} is not in {shown}");
    }
}

/// R6.1, R13.1, R15.2 as a newcomer meets them.
#[tokio::test]
async fn the_tutorial_works_as_it_is_pasted() {
    running().await;
    let shown = pasted("docs/tutorial.md");
    assert_eq!(problems(&shown), ["account_suspended"], "{shown}");
    for word in ["mobile_proven_at", "\"reject\"", "\"statement_of_reasons\"", "enforcement.applied"] {
        assert!(shown.contains(word), "{word} is not in {shown}");
    }
}

/// The files of a page, in a folder of their own.
fn unpacked(page: &str) -> PathBuf {
    let folder = workspace::root().join(format!(".local/tmp/documentation-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for block in blocks(page) {
        if let Some(file) = block.file {
            std::fs::write(folder.join(file), as_somebody_new(&block.text)).unwrap();
        }
    }
    folder
}

fn environment(stack: &Stack) -> BTreeMap<&'static str, String> {
    let keys = &stack.identities.platform;
    BTreeMap::from([
        ("PLATFORM_API", stack.platform_api.clone()),
        ("REGION", stack.region.clone()),
        ("PLATFORM_KEYS", format!("{}:{}", keys.access_key_id, keys.secret_access_key)),
        ("STAND_IN", stack.stand_in.clone()),
        ("WEBHOOK_SECRET", stack.webhook_secret.clone()),
    ])
}

fn is_here(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Python is there, for the local stack needs it; the other two are run where they are.
#[tokio::test]
async fn the_programs_of_the_integration_guide_work() {
    let stack = running().await;
    let folder = unpacked("docs/integrate.md");
    let environment = environment(&stack);
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&folder).envs(&environment).env_remove("AWS_SESSION_TOKEN");
        shown(&mut command, &arguments.join(" "))
    };
    let told = run("python3", &["first.py"]);
    assert!(told.starts_with("pass published"), "{told}");
    let account_id = told.lines().last().unwrap();
    let told = run("python3", &["webhooks.py", account_id]);
    assert!(told.contains("account.verified") && told.contains("altered: not signed"), "{told}");
    std::fs::write(folder.join("licence.pdf"), "%PDF-1.7\n%%EOF\n").unwrap();
    let told = run("python3", &["licence.py", account_id, "licence.pdf"]);
    assert_eq!(told.trim(), "200 in_review", "{told}");
    for (program, arguments, wanted) in
        [("node", vec!["second.mjs", account_id], "published"), ("java", vec!["Gatehouse.java", account_id], "201")]
    {
        if is_here(program) {
            let told = run(program, &arguments);
            assert!(told.starts_with(wanted), "{program}: {told}");
        } else {
            println!("{program} is not on this machine, so that its program was not run");
        }
    }
    remove(&folder);
}

fn remove(folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
}
