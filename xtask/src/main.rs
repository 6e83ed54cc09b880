//! `cargo xtask`: the local stack, the tests, deployment.

mod api_checks;
mod bench;
mod desk;
mod environment;
mod functions;
mod invoke;
mod progress;
mod public_page;
mod quality;
mod release;
mod sam_local;
mod screening;
mod stack;
mod story;
mod suite;
mod tools;
mod training;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Gatehouse: the local stack, the tests, deployment")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Brings the local stack up: tools, functions, emulator, stand-in, deployment, identities; writes .local/stack.json
    ///
    /// What is there and fresh is reused: a second run takes seconds. The emulator listens on 127.0.0.1:4566 and the
    /// stand-in on the port after it; `GATEHOUSE_PORT`=… chooses another pair. The emulator keeps its data in memory: it
    /// lives until `down`, or until the emulator ends otherwise, and the next `up` then begins with an empty stack.
    Up,
    /// Stops everything that `up` started; the stack's data goes with it (the emulator keeps it in memory)
    Down {
        /// Also removes the logs, the built deployment and the emulator's working folders from .local
        #[arg(long)]
        wipe: bool,
    },
    /// Says what runs, and at which addresses
    Status,
    /// Prints the log lines of the local functions, oldest first
    Logs {
        /// One function, such as accounts-api; all of them without it
        function: Option<String>,
        /// Goes on until Ctrl-C
        #[arg(long, short)]
        follow: bool,
        /// How far back to begin
        #[arg(long, default_value_t = 10, value_name = "MINUTES")]
        since: u32,
    },
    /// Puts a file as the operator below controls/ on the local stack, and prints the report
    ///
    /// `cargo xtask control settings my-settings.yaml`; the text of a policy document goes to `policy-documents/texts`; of a
    /// rule pack the folder is put: `cargo xtask control rule-packs my-pack`.
    Control {
        /// The folder below controls/, such as settings
        kind: String,
        file: std::path::PathBuf,
    },
    /// Serves the operators' desk on the local stack, in a page that plays the console's part
    ///
    /// On the second port after the emulator's, loopback alone, until Ctrl-C. `--walk` goes through it with a headless browser
    /// instead, and makes the pictures in docs/img anew.
    Desk {
        #[arg(long)]
        walk: bool,
    },
    /// Tells the story of Gatehouse on the local stack with real texts
    Demo,
    /// Runs every check and test; ends with a table and `N passed, N failed, N skipped`
    Test,
    /// Complains on the public's page of the local stack, in a headless browser
    PublicPage,
    /// Gives every fixture in events/ to its function in a real container: one each by `sam local invoke`, the others kept warm
    SamLocal {
        /// One function, such as accounts-api
        #[arg(long, value_name = "FUNCTION")]
        only: Option<String>,
    },
    /// Asks the content log (docs/querying.md)
    Log {
        #[command(subcommand)]
        task: LogTask,
    },
    /// Asks the APIs of the local stack whatever docs/openapi.yaml allows, and whatever it does not (schemathesis)
    ApiChecks,
    /// Writes docs/openapi.yaml and docs/api.md anew from the code
    Openapi,
    /// Prints addresses and local keys as shell variables: `eval "$(cargo xtask env)"`
    Env,
    /// Checks, tests, seals and explains rule packs
    Pack {
        #[command(subcommand)]
        task: screening::Pack,
    },
    /// Trains a scorer for rule packs from labelled texts: `cargo xtask train FOLDER -o scorers/x.scorer`
    ///
    /// Reads every .jsonl of the folder whose rows are {"text": …, "label": …}; writes the scorer and, beside it, its model
    /// card. The same texts and options make the same bytes.
    Train(training::Train),
    /// Gives what nobody wrote to the engine until the time is over: to the normalisation and the search, the reading of
    /// packs, of artefacts, of pictures
    Fuzz {
        /// One of them: text, pack, artefact, picture
        #[arg(long, value_name = "TARGET")]
        only: Option<String>,
        /// For each
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Another one finds other things; the same one finds the same
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Measures; without a subject the deployed bootstraps: their sizes, and the start of publications-api against a bare
    /// hello world
    #[command(args_conflicts_with_subcommands = true)]
    Bench {
        #[command(subcommand)]
        subject: Option<Subject>,
        #[arg(long)]
        json: bool,
    },
    /// Builds for AWS and deploys with the named environment of samconfig.toml
    Deploy {
        #[arg(long, value_enum)]
        env: release::Environment,
        /// Says what would be done, and does nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
enum LogTask {
    /// Prints records as lines of JSON; `--help` tells by what they are chosen
    #[command(disable_help_flag = true)]
    Query {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        options: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Subject {
    /// How fast texts are screened, next to the raw automaton and other libraries
    Screening {
        /// The folder of texts; `GATEHOUSE_DATA` or ../shared/data without it
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// How well disguises are seen through, and what it costs in ordinary text
    Quality {
        /// The folder of labelled texts; `GATEHOUSE_DATA` or ../shared/data without it
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Trains the scorer on the texts of this folder instead of four fifths of those that are scored
        #[arg(long, value_name = "DIR")]
        train: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without the backtrace that anyhow would add: what goes wrong here is a machine's state, not this program's.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::open()?;
    match task {
        Task::Up => stack::up(&workspace).map(|stack| stack.print_addresses()),
        Task::Down { wipe } => stack::down(&workspace, wipe),
        Task::Status => {
            stack::status(&workspace);
            Ok(())
        }
        Task::Logs { function, follow, since } => stack::logs(&workspace, function.as_deref(), follow, since),
        Task::Control { kind, file } => stack::control(&workspace, &kind, &file),
        Task::Desk { walk: false } => desk::serve(&workspace),
        Task::Desk { walk: true } => stack::up(&workspace).and_then(|_| desk::walk(&workspace, true)),
        Task::Demo => story::demo(&workspace),
        Task::Test => suite::run(&workspace),
        Task::PublicPage => public_page::walk(&workspace, true),
        Task::SamLocal { only } => sam_local::command(&workspace, only.as_deref()),
        Task::ApiChecks => api_checks::run(&workspace),
        Task::Log { task: LogTask::Query { options } } => story::log_query(&workspace, &options),
        Task::Openapi => story::openapi(&workspace),
        Task::Env => stack::print_environment(&workspace),
        Task::Pack { task } => screening::pack(&workspace, &task),
        Task::Bench { subject: None, json } => bench::run(&workspace, json),
        Task::Bench { subject: Some(Subject::Screening { data, json }), .. } => {
            screening::speed(&workspace, data.as_deref(), json)
        }
        Task::Bench { subject: Some(Subject::Quality { data, train, json }), .. } => {
            quality::run(&workspace, data.as_deref(), train.as_deref(), json)
        }
        Task::Train(train) => training::run(&workspace, &train),
        Task::Fuzz { only, seconds, seed } => screening::fuzz(&workspace, only.as_deref(), seconds, seed),
        Task::Deploy { env, dry_run } => release::deploy(&workspace, env, dry_run),
    }
}
