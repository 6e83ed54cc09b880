//! The review desk inside the console (B10): widgets of a CloudWatch dashboard, as HTML without JavaScript, and the same as
//! commands for the console's test tab. It does nothing by itself: the use cases are those of the APIs.

pub mod acts;
pub mod ask;
mod describe;
pub mod door;
mod form;
mod letters;
mod page;
mod plot;
mod screens;
mod text;
pub mod view;
mod words;

use std::{path::Path, sync::Arc};

use app::{
    blacklisting::BlacklistDesk,
    casework::CaseDesk,
    filing::FilingDesk,
    holding::{HoldDesk, ScopeReader},
    incidents::IncidentDesk,
    operating::{AccountFiles, DeadLetterDesk, RecordDesk},
    packaging::PackageDesk,
    ports::{CallerRegister, Clock, IdempotencyLedger, SystemClock},
    rule_packs::RulePackHistory,
    workload::WorkloadDesk,
};
use aws::LetterBoxUrls;
use domain::{id::uuid_at, profile::Profile};
use lambda::{
    config::{ConfigError, Environment},
    direct::Call,
    http::RequestId,
    idempotency::Once,
    problem::{Code, FieldCode, Language, Problem},
};
use serde_json::{Map, Value, json};

use crate::{
    ask::{Act, Screen, read},
    door::{Operator, come_in},
    form::Form,
    page::{Frame, Notice},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub cases_table: String,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub operations_table: String,
    pub idempotency_table: String,
    pub callers_table: String,
    pub evidence_bucket: String,
    pub artefacts_bucket: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub index_key_versions: aws::IndexVersions,
    /// What follows a door's person in the name of their session: `@example.com`, or nothing.
    pub session_domain: String,
    pub boxes: Vec<LetterBoxUrls>,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (cases, accounts) = (read.text("CASES_TABLE"), read.text("ACCOUNTS_TABLE"));
            let (publications, comments) = (read.text("PUBLICATIONS_TABLE"), read.text("COMMENTS_TABLE"));
            let (operations, idempotency) = (read.text("OPERATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (callers, evidence) = (read.text("CALLERS_TABLE"), read.text("EVIDENCE_BUCKET"));
            let artefacts = read.text("ARTEFACTS_BUCKET");
            let (sealing, index) = (read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let versions = read.parsed("INDEX_KEY_VERSIONS");
            let letters = [
                ("verification", read.text("VERIFICATION_DLQ_URL"), Some(read.text("VERIFICATION_QUEUE_URL"))),
                ("content-log", read.text("CONTENT_LOG_DLQ_URL"), Some(read.text("CONTENT_LOG_QUEUE_URL"))),
                ("triage", read.text("TRIAGE_DLQ_URL"), Some(read.text("TRIAGE_QUEUE_URL"))),
                ("media", read.text("MEDIA_DLQ_URL"), Some(read.text("MEDIA_QUEUE_URL"))),
                ("enforcement", read.text("ENFORCEMENT_DLQ_URL"), Some(read.text("ENFORCEMENT_QUEUE_URL"))),
                ("notification", read.text("NOTIFICATION_DLQ_URL"), Some(read.text("NOTIFICATION_QUEUE_URL"))),
                ("record", read.text("RECORD_DLQ_URL"), Some(read.text("RECORD_QUEUE_URL"))),
                ("backtest", read.text("BACKTEST_DLQ_URL"), Some(read.text("BACKTEST_QUEUE_URL"))),
                ("sweep", read.text("SWEEP_DLQ_URL"), Some(read.text("SWEEP_QUEUE_URL"))),
                ("control-files", read.text("CONTROL_FILES_DLQ_URL"), Some(read.text("CONTROL_FILES_QUEUE_URL"))),
                (
                    "rule-pack-uploads",
                    read.text("RULE_PACK_UPLOADS_DLQ_URL"),
                    Some(read.text("RULE_PACK_UPLOADS_QUEUE_URL")),
                ),
                // What nobody could read, and runs that Lambda gave up: they came from no queue.
                ("relay", read.text("RELAY_DLQ_URL"), None),
                ("schedule", read.text("SCHEDULE_DLQ_URL"), None),
            ];
            let boxes = letters.into_iter().map(|(name, letters, queue)| {
                let queue = match queue {
                    Some(queue) => Some(queue?),
                    None => None,
                };
                Some(LetterBoxUrls { name, letters: letters?, queue })
            });
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                cases_table: cases?,
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                operations_table: operations?,
                idempotency_table: idempotency?,
                callers_table: callers?,
                evidence_bucket: evidence?,
                artefacts_bucket: artefacts?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                index_key_versions: versions?,
                session_domain: read.optional("OPERATOR_SESSION_DOMAIN").unwrap_or_default(),
                boxes: boxes.collect::<Option<_>>()?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub cases: CaseDesk,
    pub accounts: AccountFiles,
    pub blacklist: BlacklistDesk,
    pub holds: HoldDesk,
    pub packages: PackageDesk,
    pub workload: WorkloadDesk,
    pub incidents: IncidentDesk,
    pub packs: RulePackHistory,
    pub record: RecordDesk,
    pub letters: DeadLetterDesk,
    pub filings: FilingDesk,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
    pub session_domain: String,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (board, accounts) =
            (Arc::new(aws.cases(&config.cases_table)), Arc::new(aws.accounts(&config.accounts_table)));
        let settings = Arc::new(aws.settings(&config.operations_table, clock.clone()));
        let scopes = Arc::new(ScopeReader {
            accounts: accounts.clone(),
            publications: Arc::new(aws.publications(&config.publications_table)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            board: board.clone(),
        });
        Ok(Self {
            cases: CaseDesk {
                board: board.clone(),
                accounts: accounts.clone(),
                shelf: Arc::new(aws.publications(&config.publications_table)),
                evidence: Arc::new(aws.evidence(&config.evidence_bucket)),
                comments: Arc::new(aws.comments(&config.comments_table)),
                principals: Arc::new(aws.principals(&config.accounts_table)),
                blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
                removed: Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
                settings: settings.clone(),
                clock: clock.clone(),
                profile: Profile::cn_2017(),
            },
            blacklist: BlacklistDesk {
                accounts: accounts.clone(),
                principals: Arc::new(aws.principals(&config.accounts_table)),
                blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
                index: Arc::new(aws.principal_index(&config.index_key_id, &config.index_key_versions)),
                clock: clock.clone(),
            },
            holds: HoldDesk {
                holds: Arc::new(aws.legal_holds(&config.operations_table)),
                scopes: scopes.clone(),
                clock: clock.clone(),
            },
            packages: PackageDesk {
                packages: Arc::new(aws.packages(&config.operations_table)),
                archive: Arc::new(aws.package_objects(&config.artefacts_bucket)),
                scopes,
                clock: clock.clone(),
            },
            workload: WorkloadDesk {
                calendar: Arc::new(aws.case_calendar(&config.cases_table)),
                breaker: Arc::new(aws.circuit_breaker(&config.accounts_table)),
                settings: settings.clone(),
                clock: clock.clone(),
            },
            filings: FilingDesk {
                book: Arc::new(aws.filing_rows(&config.accounts_table)),
                groups: Arc::new(aws.groups(&config.accounts_table)),
                settings: settings.clone(),
                documents: Arc::new(aws.policy_documents(&config.operations_table, clock.clone())),
                files: Arc::new(aws.filing_objects(&config.artefacts_bucket)),
                clock: clock.clone(),
            },
            accounts: AccountFiles { accounts, board, settings: settings.clone(), clock: clock.clone() },
            incidents: IncidentDesk {
                shelf: Arc::new(aws.incidents(&config.operations_table, clock.clone())),
                settings,
                clock: clock.clone(),
                profile: Profile::cn_2017(),
            },
            packs: RulePackHistory {
                shelf: Arc::new(aws.rule_packs(&config.operations_table, clock.clone())),
                clock: clock.clone(),
            },
            record: RecordDesk {
                watermark: Arc::new(aws.watermark(&config.operations_table)),
                seals: Arc::new(aws.seal_ledger(&config.operations_table)),
                clock: clock.clone(),
            },
            letters: DeadLetterDesk { boxes: Arc::new(aws.letter_boxes(config.boxes.clone())) },
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock,
            session_domain: config.session_domain.clone(),
        })
    }
}

/// Answers a widget with a page, a command with JSON, and each refusal in the same form.
pub async fn handle(deps: &Deps, call: Call) -> Value {
    let Call { event, function_arn, request_id } = call;
    if event["describe"] == true {
        return Value::from(describe::WIDGET);
    }
    if event["widgetContext"].is_object() {
        return Value::from(widget(deps, &event, &function_arn, &request_id).await);
    }
    let language = language(event["locale"].as_str().unwrap_or("zh"));
    match command(deps, event, &function_arn, &request_id).await {
        Ok(answer) => answer,
        Err(problem) => {
            tell(&problem);
            json!({ "problem": problem.body(language, &RequestId(request_id)) })
        }
    }
}

/// The console's locales are written `en`, `zh-cn`, `zh-tw`, and so on.
fn language(locale: &str) -> Language {
    if locale.to_lowercase().starts_with("zh") { Language::Zh } else { Language::En }
}

/// A refusal on the log line of the call.
fn tell(problem: &Problem) {
    lambda::fact("problem", problem.code().as_str());
}

async fn widget(deps: &Deps, event: &Value, function_arn: &str, request_id: &str) -> String {
    let context = &event["widgetContext"];
    let mut frame = Frame {
        language: language(context["locale"].as_str().unwrap_or("en")),
        is_dark: context["theme"] == "dark",
        offset: page::offset(context["timezone"]["offsetISO"].as_str()),
        endpoint: function_arn.to_owned(),
        now: deps.clock.now(),
        kept: Form::default(),
    };
    let operator = match come_in(function_arn, &deps.session_domain, &*deps.callers).await {
        Ok(operator) => operator,
        Err(problem) => {
            tell(&problem);
            return page::refusal(&frame, &problem, request_id);
        }
    };
    lambda::fact("operator.role", operator.role.as_str());
    let (screen, notice) = pressed(deps, &operator, event, context).await;
    if matches!(notice, Some(Notice::Refused(_))) {
        frame.kept = Form::of(context);
    }
    let notice = notice.map(|notice| notice.said(&frame, request_id));
    match view::look(deps, &operator, &screen).await {
        Ok(view) => page::whole(&frame, &operator, &screen, notice.as_ref(), &screens::shown(&frame, &operator, &view)),
        Err(problem) => {
            tell(&problem);
            let refused = Notice::Refused(problem).said(&frame, request_id);
            page::whole(&frame, &operator, &screen, notice.as_ref(), &refused)
        }
    }
}

/// Does what the button says and tells which screen comes then.
async fn pressed(deps: &Deps, operator: &Operator, event: &Value, context: &Value) -> (Screen, Option<Notice>) {
    let form = Form::of(context);
    let mut said: Map<String, Value> = event.as_object().cloned().unwrap_or_default();
    said.remove("widgetContext");
    let name = said.remove("operation_id").and_then(|name| name.as_str().map(ToOwned::to_owned));
    let screen = match said.remove("next").as_ref().and_then(Value::as_object).cloned() {
        Some(next) => next,
        None if said.contains_key("screen") => std::mem::take(&mut said),
        None => Map::new(),
    };
    let screen = if screen.is_empty() {
        Ok(Screen::first_of(operator.role))
    } else {
        screens::filled(screen, &form).and_then(read)
    };
    let (screen, wrong) = match screen {
        Ok(screen) => (screen, None),
        Err(problem) => (Screen::first_of(operator.role), Some(problem)),
    };
    let outcome = match (wrong, said.contains_key("act")) {
        (Some(problem), _) => Err(problem),
        (None, false) => return (screen, None),
        (None, true) => press(deps, operator, name.as_deref(), said, &form).await,
    };
    let notice = match outcome {
        Ok((act, once)) => Notice::Done { act, before: matches!(once, Once::Before(_)) },
        Err(problem) => {
            tell(&problem);
            Notice::Refused(problem)
        }
    };
    (screen, Some(notice))
}

async fn press(
    deps: &Deps,
    operator: &Operator,
    name: Option<&str>,
    said: Map<String, Value>,
    form: &Form,
) -> Result<(Act, Once), Problem> {
    let missing = || Problem::new(Code::InvalidBody).at("/operation_id", FieldCode::MissingField);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(missing)?;
    let act = form.act(said)?;
    let once = acts::perform(deps, operator, name, &act).await?;
    Ok((act, once))
}

async fn command(deps: &Deps, event: Value, function_arn: &str, request_id: &str) -> Result<Value, Problem> {
    let malformed = || Problem::new(Code::InvalidBody).at("/command", FieldCode::MissingField);
    let Value::Object(mut said) = event else { return Err(malformed()) };
    let Some(command) = said.remove("command").and_then(|name| name.as_str().map(ToOwned::to_owned)) else {
        return Err(malformed());
    };
    said.remove("locale");
    if command == "help" {
        return Ok(json!({ "help": describe::COMMANDS }));
    }
    let operator = come_in(function_arn, &deps.session_domain, &*deps.callers).await?;
    lambda::fact("operator.role", operator.role.as_str());
    lambda::fact("command", command.as_str());
    if !describe::ACTS.contains(&command.as_str()) {
        said.insert("screen".to_owned(), Value::String(command));
        return Ok(view::look(deps, &operator, &read(said)?).await?.json());
    }
    let dry_run = said.remove("dry_run").is_none_or(|dry_run| dry_run != false);
    let name = said.remove("operation_id").and_then(|name| name.as_str().map(ToOwned::to_owned));
    said.insert("act".to_owned(), Value::String(command.clone()));
    let act: Act = read(said)?;
    if dry_run {
        let would = acts::rehearse(deps, &operator, &act).await?;
        return Ok(json!({ "command": command, "dry_run": true, "would": would }));
    }
    let name = name.unwrap_or_else(|| format!("{request_id}/{}", uuid_at(deps.clock.now())));
    let (Once::Now(result) | Once::Before(result)) = acts::perform(deps, &operator, &name, &act).await?;
    let result: Value = serde_json::from_str(&result).unwrap_or_default();
    Ok(json!({ "command": command, "dry_run": false, "result": result }))
}
