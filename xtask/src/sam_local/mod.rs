//! Every fixture in `events/` goes through `sam local invoke`: the deployed program in a real container, on the resources
//! of the local stack.

mod forwarder;
mod reply;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::{
    functions::{self, Function},
    progress,
    stack::{
        self,
        deployment::local_tool,
        record::{Run, Stack},
    },
    tools::docker::{self, Docker},
    workspace::Workspace,
};

/// Containers at once: each waits more than it works.
const AT_ONCE: usize = 3;

pub(crate) struct Outcome {
    pub passed: usize,
    /// What failed and why, a line each.
    pub failed: Vec<String>,
}

struct Fixture {
    function: Function,
    path: PathBuf,
}

impl Fixture {
    fn name(&self) -> String {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("{}/{file}", self.function.package)
    }
}

/// `cargo xtask sam-local`: needs an engine, brings the stack up, and fails when a fixture does.
pub(crate) fn command(workspace: &Workspace, only: Option<&str>) -> Result<()> {
    let docker = docker::find(workspace).map_err(anyhow::Error::msg)?;
    stack::up(workspace)?;
    let outcome = run(workspace, &docker, only)?;
    println!("{} passed, {} failed", outcome.passed, outcome.failed.len());
    ensure!(outcome.failed.is_empty(), "fixtures failed");
    Ok(())
}

/// Runs the fixtures of all functions or of one on the stack that is up.
pub(crate) fn run(workspace: &Workspace, docker: &Docker, only: Option<&str>) -> Result<Outcome> {
    let (run, stack) = stack::running(workspace).context("the local stack is not up")?;
    let fixtures = fixtures(workspace, only)?;
    let host = match docker.gateway {
        // For the length of the run containers reach the stack's two ports, which listen on the loopback interface alone.
        Some(gateway) => {
            forwarder::forward(gateway, run.port)?;
            forwarder::forward(gateway, run.port + 1)?;
            gateway.to_string()
        }
        None => "host.docker.internal".to_owned(),
    };
    let variables = workspace.local("build/sam-local-variables.json");
    fs::write(&variables, serde_json::to_vec_pretty(&variables_of(&stack, &host))?)?;
    let template = template(workspace)?;

    let step = progress::step(format!("invoking functions in containers with {} fixtures", fixtures.len()));
    let queue = Mutex::new(fixtures.iter());
    let outcome = Mutex::new(Outcome { passed: 0, failed: Vec::new() });
    let invoke_next = || {
        let Some(fixture) = queue.lock().ok().and_then(|mut queue| queue.next()) else { return false };
        let verdict = invoke(workspace, &run, docker, &template, &variables, fixture);
        if let Ok(mut outcome) = outcome.lock() {
            match verdict {
                Ok(()) => outcome.passed += 1,
                Err(error) => outcome.failed.push(format!("{}: {error:#}", fixture.name())),
            }
            step.at(&format!("{} done", outcome.passed + outcome.failed.len()));
        }
        true
    };
    // The first alone: it makes the image that the others use too.
    invoke_next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| while invoke_next() {});
        }
    });
    step.done();
    let outcome = outcome.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for failure in &outcome.failed {
        println!("FAILED {failure}");
    }
    Ok(outcome)
}

/// `events/<function>/*.json`, by name. A function without one, and a folder without a function, are mistakes.
fn fixtures(workspace: &Workspace, only: Option<&str>) -> Result<Vec<Fixture>> {
    let mut found = Vec::new();
    for function in functions::all(workspace)? {
        if only.is_some_and(|only| only != function.package) {
            continue;
        }
        let folder = workspace.root.join("events").join(&function.package);
        let entries = fs::read_dir(&folder).with_context(|| format!("no fixtures: {}", folder.display()))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        ensure!(!paths.is_empty(), "no fixtures in {}", folder.display());
        found.extend(
            paths.into_iter().map(|path| Fixture { function: Function { package: function.package.clone() }, path }),
        );
    }
    if let (true, Some(only)) = (found.is_empty(), only) {
        bail!("there is no function {only}");
    }
    Ok(found)
}

fn invoke(
    workspace: &Workspace,
    run: &Run,
    docker: &Docker,
    template: &Path,
    variables: &Path,
    fixture: &Fixture,
) -> Result<()> {
    let mut sam = local_tool(workspace, "sam", run);
    sam.args(["local", "invoke", &fixture.function.logical_id(), "--template"]).arg(template);
    sam.arg("--event").arg(&fixture.path).arg("--env-vars").arg(variables);
    sam.args(["--parameter-overrides", &format!("Stage=local Architecture={}", stack::deployment::architecture())]);
    if docker.has_base_image {
        sam.arg("--skip-pull-image");
    }
    // The tool asks whose account it works for: the emulator answers that at once, and AWS after seconds of retries.
    let output = sam.stdin(Stdio::null()).output().context("cannot run sam")?;
    let (reply, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let verdict = if !output.status.success() {
        Err(anyhow::anyhow!("sam local invoke failed ({})", output.status))
    } else if log.contains("timed out after") {
        Err(anyhow::anyhow!("the function timed out"))
    } else {
        reply::check(&reply, fixture.function.trigger(), reply::expectation(&fixture.path))
    };
    verdict.map_err(|error| {
        let place = workspace.log(&format!("sam-local-{}", fixture.name().replace(['/', '.'], "-")));
        let _ = place.as_ref().map(|place| fs::write(place, format!("{log}\n--- reply ---\n{reply}\n")));
        error.context(format!("see {}", place.map(|place| place.display().to_string()).unwrap_or_default()))
    })
}

/// The values that SAM cannot know, for they come out of the nested stacks: for each function the variables that the
/// emulator has for it, with addresses that a container can reach.
fn variables_of(stack: &Stack, host: &str) -> Value {
    let upper = |name: &str| name.to_uppercase().replace('-', "_");
    let mut all = BTreeMap::from([
        ("CONTENT_LOG_BUCKET".to_owned(), stack.buckets.get("content-log").cloned().unwrap_or_default()),
        ("ARTEFACTS_BUCKET".to_owned(), stack.buckets.get("artefacts").cloned().unwrap_or_default()),
        ("SEALING_KEY_ID".to_owned(), stack.keys.get("sealing").cloned().unwrap_or_default()),
        ("INDEX_KEY_ID".to_owned(), stack.keys.get("index").cloned().unwrap_or_default()),
        ("RETENTION_PERIOD".to_owned(), stack.retention_period.clone()),
        ("LOCK_MODE".to_owned(), stack.lock_mode.clone()),
        ("AWS_ENDPOINT_URL".to_owned(), stack.endpoint.clone()),
        ("IDENTITY_PROVIDER_URL".to_owned(), stack.stand_in.clone()),
        ("IDENTITY_PROVIDER_SECRET".to_owned(), stack.webhook_secret.clone()),
        ("CODE_DELIVERY_URL".to_owned(), format!("{}/codes", stack.stand_in)),
        ("CODE_DELIVERY_SECRET".to_owned(), stack.webhook_secret.clone()),
        ("PLATFORM_WEBHOOK_URL".to_owned(), format!("{}/webhooks", stack.stand_in)),
        ("PLATFORM_WEBHOOK_SECRET".to_owned(), stack.webhook_secret.clone()),
    ]);
    for (name, table) in &stack.tables {
        all.insert(format!("{}_TABLE", upper(name)), table.clone());
    }
    for (name, url) in &stack.queues {
        let ending = if name.ends_with("-dlq") { "URL" } else { "QUEUE_URL" };
        all.insert(format!("{}_{ending}", upper(name)), url.clone());
    }
    let reachable = all.into_iter().map(|(name, value)| (name, json!(value.replace("127.0.0.1", host))));
    json!({ "Parameters": reachable.collect::<Map<_, _>>() })
}

/// The template with one variable more for every function: the endpoint. SAM gives a container no variable that the
/// template does not name; its value comes with the others.
fn template(workspace: &Workspace) -> Result<PathBuf> {
    let text = fs::read_to_string(workspace.local("build/infra/template.yaml"))?;
    let anchor = "Globals:\n  Function:\n";
    ensure!(text.matches(anchor).count() == 1, "infra/template.yaml has no Globals that begin with Function");
    let variable = "    Environment: { Variables: { AWS_ENDPOINT_URL: given-with-the-others } }\n";
    let place = workspace.local("build/infra/sam-local.yaml");
    fs::write(&place, text.replace(anchor, &format!("{anchor}{variable}")))?;
    Ok(place)
}
