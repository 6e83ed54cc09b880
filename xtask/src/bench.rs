//! Measurements that docs and budgets quote: how large the deployed bootstraps are, and how long one takes from the
//! start of its process to its first question to the runtime, against a function that does nothing. Only ratios of one
//! run are compared: the machine's own speed is in both.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use crate::{
    functions::{self, Function},
    invoke,
    workspace::Workspace,
};

/// How often each of the two is started, in turns.
const RUNS: usize = 41;

/// What a size is told in.
const MEGABYTE: f64 = 1_000_000.0;

#[derive(Serialize)]
struct Report {
    bootstraps: Vec<Bootstrap>,
    /// Medians, in milliseconds.
    hello_ms: f64,
    publications_api_ms: f64,
    /// Of the medians.
    start_ratio: f64,
}

#[derive(Serialize)]
struct Bootstrap {
    function: String,
    megabytes: f64,
}

pub(crate) fn run(workspace: &Workspace, json: bool) -> Result<()> {
    let functions = functions::all(workspace)?;
    eprintln!("building for release …");
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["build", "--release", "--bins"]);
    for function in &functions {
        cargo.args(["-p", &function.package]);
    }
    succeed(&mut cargo)?;
    let mut hello = invoke::cargo(workspace);
    succeed(hello.args(["build", "--release", "-p", "lambda", "--example", "hello"]))?;

    let built = workspace.target()?.join("release");
    let size = |package: &str| -> Result<f64> {
        let length = fs::metadata(built.join(package)).with_context(|| format!("{package} is not built"))?.len();
        #[expect(clippy::cast_precision_loss, reason = "a file of 2^52 bytes is none of ours")]
        Ok(length as f64 / MEGABYTE)
    };
    let bootstraps = functions
        .iter()
        .map(|function| Ok(Bootstrap { function: function.package.clone(), megabytes: size(&function.package)? }))
        .collect::<Result<Vec<_>>>()?;

    let (hello, publications) = (built.join("examples/hello"), built.join("publications-api"));
    let variables = told(workspace, &Function { package: "publications-api".to_owned() })?;
    let (mut hello_times, mut publications_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        hello_times.push(start_to_first_poll(&hello, &BTreeMap::new())?);
        publications_times.push(start_to_first_poll(&publications, &variables)?);
    }
    let (hello_ms, publications_api_ms) = (median(hello_times), median(publications_times));
    let start_ratio = publications_api_ms / hello_ms;
    let report = Report { bootstraps, hello_ms, publications_api_ms, start_ratio };
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    println!("release bootstraps, stripped, not compressed");
    for bootstrap in &report.bootstraps {
        println!("  {:<24} {:>6.2} MB", bootstrap.function, bootstrap.megabytes);
    }
    println!("start to first poll, medians of {RUNS} starts each, in turns");
    println!("  bare hello world         {hello_ms:>6.2} ms");
    println!("  publications-api         {publications_api_ms:>6.2} ms   {start_ratio:.2} × hello world");
    Ok(())
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// Plays the runtime's side: the time from the start of the process to its first `GET …/invocation/next`.
fn start_to_first_poll(bootstrap: &Path, variables: &BTreeMap<String, String>) -> Result<Duration> {
    let runtime = TcpListener::bind("127.0.0.1:0")?;
    let mut command = Command::new(bootstrap);
    command.env_clear().envs(variables).envs(RUNTIME).env("AWS_LAMBDA_RUNTIME_API", runtime.local_addr()?.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let started = Instant::now();
    let mut process = command.spawn().with_context(|| format!("cannot start {}", bootstrap.display()))?;
    let poll = first_line(&runtime);
    let took = started.elapsed();
    process.kill()?;
    process.wait()?;
    let line = poll?;
    ensure!(line.contains("/invocation/next"), "{} asked for {line:?} first", bootstrap.display());
    Ok(took)
}

fn first_line(runtime: &TcpListener) -> Result<String> {
    let (connection, _) = runtime.accept()?;
    // A process that ends without asking would keep us here for ever.
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    Ok(line)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

/// What Lambda itself tells every function, and the stage.
const RUNTIME: [(&str, &str); 11] = [
    ("AWS_REGION", "cn-north-1"),
    ("AWS_DEFAULT_REGION", "cn-north-1"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
    ("AWS_SESSION_TOKEN", "none"),
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
    ("STAGE", "prod"),
];

/// The variables that the template gives a function, with values of the right kind: real endpoints, so that TLS is part of
/// what is measured; nothing is called before the first event.
fn told(workspace: &Workspace, function: &Function) -> Result<BTreeMap<String, String>> {
    let path = workspace.root.join("infra/template.yaml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let template: serde_norway::Value = serde_norway::from_str(&text)?;
    let variables = &template["Resources"][function.logical_id().as_str()]["Properties"]["Environment"]["Variables"];
    let variables = variables.as_mapping().with_context(|| format!("{} has no variables", function.logical_id()))?;
    let names = variables.keys().filter_map(|name| name.as_str());
    Ok(names.map(|name| (name.to_owned(), stand_in(name).to_owned())).collect())
}

fn stand_in(variable: &str) -> &'static str {
    if variable.ends_with("_URL") { "https://sqs.cn-north-1.amazonaws.com.cn/000000000000/bench" } else { "bench" }
}
