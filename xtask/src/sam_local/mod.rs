//! Every fixture in `events/` goes to its function in a real container, on the resources of the local stack: the first of
//! each function by `sam local invoke`, as a developer would, and the others to the same containers kept warm.

mod forwarder;
mod lambda_service;
mod reply;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

use anyhow::{Context as _, Result, bail, ensure};
use lambda_service::LambdaService;
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

/// Functions at once: each waits more than it works.
const AT_ONCE: usize = 3;

pub(crate) struct Outcome {
    pub passed: usize,
    /// What failed and why, a line each.
    pub failed: Vec<String>,
}

/// A function and the events for it, never none.
struct Fixtures {
    function: Function,
    first: PathBuf,
    others: Vec<PathBuf>,
}

/// What every invocation needs.
struct Bench<'a> {
    workspace: &'a Workspace,
    run: &'a Run,
    template: PathBuf,
    variables: PathBuf,
    has_base_image: bool,
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
    let (template, has_base_image) = (template(workspace)?, docker.has_base_image);
    let bench = Bench { workspace, run: &run, template, variables, has_base_image };

    let count: usize = fixtures.iter().map(|fixtures| 1 + fixtures.others.len()).sum();
    let step = progress::step(format!("invoking functions in containers with {count} fixtures"));
    let outcome = Mutex::new(Outcome { passed: 0, failed: Vec::new() });
    let note = |function: &Function, fixture: &Path, verdict: Result<()>| {
        if let Ok(mut outcome) = outcome.lock() {
            match verdict {
                Ok(()) => outcome.passed += 1,
                Err(error) => outcome.failed.push(format!("{}: {error:#}", name(function, fixture))),
            }
            step.at(&format!("{} done", outcome.passed + outcome.failed.len()));
        }
    };
    // The first alone: it makes the image that the others use too.
    if let Some(Fixtures { function, first, .. }) = fixtures.first() {
        note(function, first, bench.invoke_once(function, first));
    }
    let service = LambdaService::start(bench.sam("start-lambda"), &workspace.log("sam-local-service")?)?;
    let queue = Mutex::new(fixtures.iter().enumerate());
    // One function's events in turn: its container takes one at a time.
    let work = || {
        while let Some((at, fixtures)) = queue.lock().ok().and_then(|mut queue| queue.next()) {
            let Fixtures { function, first, others } = fixtures;
            if at > 0 {
                note(function, first, bench.invoke_once(function, first));
            }
            for fixture in others {
                let reply = service.invoke(function, fixture);
                let verdict = reply.and_then(|it| reply::check(&it, function.trigger(), reply::expectation(fixture)));
                note(function, fixture, verdict);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    drop(service);
    step.done();
    let outcome = outcome.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for failure in &outcome.failed {
        println!("FAILED {failure}");
    }
    Ok(outcome)
}

/// `events/<function>/*.json`, by name. A function without one, and a folder without a function, are mistakes.
fn fixtures(workspace: &Workspace, only: Option<&str>) -> Result<Vec<Fixtures>> {
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
        // Every function has a smallest event; where it has not, the first by name shows as much.
        let smallest = paths.iter().position(|path| path.ends_with("smallest.json")).unwrap_or(0);
        ensure!(smallest < paths.len(), "no fixtures in {}", folder.display());
        let first = paths.remove(smallest);
        found.push(Fixtures { function, first, others: paths });
    }
    if let (true, Some(only)) = (found.is_empty(), only) {
        bail!("there is no function {only}");
    }
    Ok(found)
}

/// As in `events/`.
fn name(function: &Function, fixture: &Path) -> String {
    format!("{}/{}", function.package, fixture.file_name().unwrap_or_default().to_string_lossy())
}

impl Bench<'_> {
    /// `sam local …` on the template, with the resources of the local stack.
    fn sam(&self, command: &str) -> Command {
        let mut sam = local_tool(self.workspace, "sam", self.run);
        sam.args(["local", command, "--template"]).arg(&self.template).arg("--env-vars").arg(&self.variables);
        sam.args(["--parameter-overrides", &format!("Stage=local Architecture={}", stack::deployment::architecture())]);
        if self.has_base_image {
            sam.arg("--skip-pull-image");
        }
        sam
    }

    /// `sam local invoke` with the event.
    fn invoke_once(&self, function: &Function, fixture: &Path) -> Result<()> {
        let mut sam = self.sam("invoke");
        sam.arg("--event").arg(fixture).arg(function.logical_id());
        // The tool asks whose account it works for: the emulator answers that at once, and AWS after seconds of retries.
        let output = sam.stdin(Stdio::null()).output().context("cannot run sam")?;
        let (reply, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let verdict = if !output.status.success() {
            Err(anyhow::anyhow!("sam local invoke failed ({})", output.status))
        } else if log.contains("timed out after") {
            Err(anyhow::anyhow!("the function timed out"))
        } else {
            reply::check(&reply, function.trigger(), reply::expectation(fixture))
        };
        verdict.map_err(|error| {
            let place = self.workspace.log(&format!("sam-local-{}", name(function, fixture).replace(['/', '.'], "-")));
            let _ = place.as_ref().map(|place| fs::write(place, format!("{log}\n--- reply ---\n{reply}\n")));
            error.context(format!("see {}", place.map(|place| place.display().to_string()).unwrap_or_default()))
        })
    }
}

/// The values that SAM cannot know, for they come out of the nested stacks: for each function the variables that the
/// emulator has for it, with addresses that a container can reach.
fn variables_of(stack: &Stack, host: &str) -> Value {
    let upper = |name: &str| name.to_uppercase().replace('-', "_");
    let mut all = BTreeMap::from([
        ("INDEX_KEY_VERSIONS".to_owned(), "1".to_owned()),
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
    for (kind, named) in [("TABLE", &stack.tables), ("BUCKET", &stack.buckets), ("KEY_ID", &stack.keys)] {
        all.extend(named.iter().map(|(name, value)| (format!("{}_{kind}", upper(name)), value.clone())));
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
