//! `cargo xtask test`: every check and every test, in order, each with its time, all of them whatever fails before.

mod nextest;
mod table;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{
    api_checks, desk, invoke, public_page, sam_local, stack, tools, tools::environments, workspace::Workspace,
};

/// What a step came to.
pub(crate) enum Outcome {
    Counted { passed: usize, failed: usize, skipped: usize },
    Failed(String),
    Skipped(String),
}

impl Outcome {
    fn of(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Counted { passed: 1, failed: 0, skipped: 0 },
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }

    fn is_good(&self) -> bool {
        matches!(self, Self::Counted { failed: 0, .. })
    }
}

pub(crate) struct Row {
    pub title: &'static str,
    pub time: Duration,
    pub outcome: Outcome,
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let was_up = stack::running(workspace).is_some();
    let mut rows = Vec::new();
    let mut step = |title: &'static str, work: &mut dyn FnMut() -> Outcome| {
        println!("\n=== {title}");
        let started = Instant::now();
        let outcome = work();
        match &outcome {
            Outcome::Failed(reason) => println!("FAILED: {reason}"),
            Outcome::Skipped(reason) => println!("skipped: {reason}"),
            Outcome::Counted { .. } => {}
        }
        let good = outcome.is_good();
        rows.push(Row { title, time: started.elapsed(), outcome });
        good
    };
    let cargo = |arguments: &[&str]| Outcome::of(invoke::shown(invoke::cargo(workspace).args(arguments)));
    let skipped = |reason: &str| Outcome::Skipped(reason.to_owned());

    let tools = step("tools", &mut || Outcome::of(prepare(workspace)));
    step("format", &mut || cargo(&["fmt", "--all", "--check"]));
    step("clippy", &mut || cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]));
    step("documentation", &mut || {
        let mut doc = invoke::cargo(workspace);
        doc.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings");
        Outcome::of(invoke::shown(&mut doc))
    });
    step("licences, bans, sources", &mut || {
        if tools {
            cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"])
        } else {
            skipped("the tools could not be installed")
        }
    });
    step("unused dependencies", &mut || {
        if tools { cargo(&["shear"]) } else { skipped("the tools could not be installed") }
    });
    step("template", &mut || {
        if tools { Outcome::of(lint_templates(workspace)) } else { skipped("the tools could not be installed") }
    });
    step("tests without the stack", &mut || {
        if tools { nextest::run(workspace, "default") } else { skipped("the tools could not be installed") }
    });
    step("examples in the documentation", &mut || cargo(&["test", "--workspace", "--doc", "--quiet"]));
    let up = step("local stack up", &mut || Outcome::of(stack::up(workspace).map(drop)));
    step("tests on the local stack", &mut || {
        if up && tools { nextest::run(workspace, "local") } else { skipped("the local stack is not up") }
    });
    step("the desk in a browser", &mut || match (up, tools::browser::ensure(workspace)) {
        (false, _) => skipped("the local stack is not up"),
        (true, Err(reason)) => Outcome::Skipped(format!("no browser: {reason:#}")),
        (true, Ok(_)) => Outcome::of(desk::walk(workspace, false)),
    });
    step("the public's page in a browser", &mut || match (up, tools::browser::ensure(workspace)) {
        (false, _) => skipped("the local stack is not up"),
        (true, Err(reason)) => Outcome::Skipped(format!("no browser: {reason:#}")),
        (true, Ok(_)) => Outcome::of(public_page::walk(workspace, false)),
    });
    step("what the APIs say of themselves", &mut || match (up, environments::API_CHECKS.ensure(workspace)) {
        (false, _) => skipped("the local stack is not up"),
        (true, Err(reason)) => Outcome::Skipped(format!("no schemathesis: {reason:#}")),
        (true, Ok(())) => Outcome::of(api_checks::run(workspace)),
    });
    step("fixtures in containers (sam local)", &mut || match (up, tools::docker::find(workspace)) {
        (false, _) => skipped("the local stack is not up"),
        (true, Err(reason)) => Outcome::Skipped(reason),
        (true, Ok(docker)) => match sam_local::run(workspace, &docker, None) {
            Ok(outcome) => Outcome::Counted { passed: outcome.passed, failed: outcome.failed.len(), skipped: 0 },
            Err(error) => Outcome::Failed(format!("{error:#}")),
        },
    });
    if was_up {
        println!("\nthe local stack was up before, and stays up");
    } else {
        step("local stack down", &mut || Outcome::of(stack::down(workspace, false)));
    }
    if !table::print(&rows) {
        bail!("not everything passed");
    }
    Ok(())
}

fn prepare(workspace: &Workspace) -> Result<()> {
    environments::SAM.ensure(workspace)?;
    environments::check_tools(workspace)
}

fn lint_templates(workspace: &Workspace) -> Result<()> {
    let mut sam = std::process::Command::new(environments::SAM.program(workspace, "sam"));
    sam.current_dir(&workspace.root).args(["validate", "--lint"]).env("SAM_CLI_TELEMETRY", "0");
    // Linting is per region, and the China partition is where something is missing first.
    invoke::shown(sam.env("AWS_DEFAULT_REGION", "cn-north-1"))?;
    let mut lint = std::process::Command::new(environments::SAM.program(workspace, "cfn-lint"));
    lint.current_dir(&workspace.root).args(["--regions", "us-east-1", "cn-north-1", "--", "infra/template.yaml"]);
    lint.args(["infra/stacks/data.yaml", "infra/stacks/messaging.yaml", "infra/stacks/observability.yaml"]);
    lint.arg("infra/stacks/queries.yaml");
    invoke::shown(&mut lint)
}
