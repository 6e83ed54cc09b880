//! Deploys the stack to the emulator with the same tool and template as to AWS, and describes what is there.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::{
    bootstraps::Build,
    emulator::REGION,
    port,
    record::{ADMIN_KEY, Credentials, Identity, Run, Stack},
};
use crate::{environment, invoke, progress, tools::environments::SAM, workspace::Workspace};

const STACK_NAME: &str = "gatehouse-local";

/// Short, so that the sweep can be watched. Staging and prod refuse it.
const RETENTION_PERIOD: &str = "PT20S";
const LOCK_MODE: &str = "COMPLIANCE";

/// The local identities and the managed policy (an output of the template) that each has.
const IDENTITIES: [(&str, &str); 7] = [
    ("platform", "PlatformAccessArn"),
    ("reviewer", "ReviewerAccessArn"),
    // Appeals, and what two people answer for, need a third.
    ("second_reviewer", "ReviewerAccessArn"),
    ("content_safety_lead", "ContentSafetyLeadAccessArn"),
    ("operator", "OperatorAccessArn"),
    ("auditor", "AuditorAccessArn"),
    ("record_officer", "RecordOfficerAccessArn"),
];

/// Of this machine, in Lambda's words.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

/// A tool of the SAM environment that talks to the emulator, and cannot talk to AWS: no variable and no file of the
/// user's that names an account reaches it.
pub(crate) fn local_tool(workspace: &Workspace, name: &str, run: &Run) -> Command {
    let mut command = Command::new(SAM.program(workspace, name));
    command.env_clear().current_dir(&workspace.root);
    command.envs(environment::inherited(&["PATH", "HOME", "TMPDIR", "LANG", "TERM", "DOCKER_HOST", "DOCKER_CONTEXT"]));
    command
        .env("AWS_ENDPOINT_URL", run.endpoint())
        .env("AWS_ACCESS_KEY_ID", ADMIN_KEY)
        .env("AWS_SECRET_ACCESS_KEY", &run.admin_secret)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_CONFIG_FILE", workspace.local("no-config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", workspace.local("no-credentials"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("SAM_CLI_TELEMETRY", "0");
    command
}

/// The template's parameters for the local stage.
pub(crate) fn parameters(run: &Run) -> [String; 13] {
    [
        "Stage=local".to_owned(),
        format!("Architecture={}", architecture()),
        format!("RetentionPeriod={RETENTION_PERIOD}"),
        format!("LockMode={LOCK_MODE}"),
        "PointInTimeRecovery=false".to_owned(),
        "DeletionProtection=false".to_owned(),
        format!("IdentityProviderUrl={}", run.stand_in()),
        // One secret for all that is signed: on one's own machine it is one receiver.
        format!("IdentityProviderSecret={}", run.webhook_secret),
        format!("CodeDeliveryUrl={}/codes", run.stand_in()),
        format!("CodeDeliverySecret={}", run.webhook_secret),
        format!("PlatformWebhookUrl={}/webhooks", run.stand_in()),
        format!("PlatformWebhookSecret={}", run.webhook_secret),
        "LogRetentionDays=1".to_owned(),
    ]
}

/// `sam deploy`, of a new stack or of what changed.
pub(crate) fn deploy(workspace: &Workspace, run: &Run, build: &Build) -> Result<()> {
    let step = progress::step("deploying to the emulator");
    let mut sam = local_tool(workspace, "sam", run);
    sam.args(["deploy", "--config-env", "local", "--no-progressbar", "--template-file"]).arg(&build.template);
    sam.arg("--config-file").arg(workspace.root.join("samconfig.toml"));
    sam.arg("--parameter-overrides").args(parameters(run));
    invoke::logged(&mut sam, &workspace.log("deploy")?)?;
    step.done();
    Ok(())
}

/// Whether the stack that was written down is still in the emulator: an unsigned call to an API that exists is refused,
/// and one to an API that does not is not found.
pub(crate) fn is_there(run: &Run, stack: &Stack) -> bool {
    let path = stack.platform_api.strip_prefix(&run.endpoint());
    path.and_then(|path| port::get(run.port, &format!("{path}/v1/cases"))).is_some_and(|(status, _)| status == 403)
}

/// Completes the deployment with what only the local stack has (users with keys), and describes it.
pub(crate) fn describe(workspace: &Workspace, run: &Run) -> Result<Stack> {
    #[derive(Deserialize)]
    struct Description {
        outputs: BTreeMap<String, String>,
        functions: BTreeMap<String, String>,
        identities: BTreeMap<String, Identity>,
        doors: BTreeMap<String, String>,
    }
    let step = progress::step("making the local identities");
    let known = Stack::load(workspace).map(|stack| stack.identities).unwrap_or_default();
    let mut python = local_tool(workspace, "python", run);
    python.args(["-c", include_str!("../python/describe.py"), STACK_NAME]);
    python.arg(serde_json::to_string(&BTreeMap::from(IDENTITIES))?).arg(serde_json::to_string(&known)?);
    let description: Description = serde_json::from_slice(&invoke::output(&mut python)?)?;
    let outputs = description.outputs;
    let output = |key: &str| outputs.get(key).cloned().with_context(|| format!("the stack has no output {key}"));
    let api = |key: &str| Ok::<_, anyhow::Error>(format!("{}/_aws/execute-api/{}", run.endpoint(), output(key)?));
    let named = |ending: &str| {
        let keys = outputs.iter().filter_map(|(key, value)| Some((key.strip_suffix(ending)?, value)));
        keys.map(|(key, value)| (kebab_case(key), value.clone())).collect::<BTreeMap<_, _>>()
    };
    let queues = named("QueueUrl").into_iter();
    let dead_letters = named("DlqUrl").into_iter().map(|(name, url)| (name + "-dlq", url));
    let stack = Stack {
        endpoint: run.endpoint(),
        region: REGION.to_owned(),
        platform_api: api("PlatformApiId")?,
        public_api: api("PublicApiId")? + "/local",
        tables: named("Table"),
        queues: queues.chain(dead_letters).collect(),
        buckets: named("Bucket"),
        keys: named("KeyArn"),
        functions: description.functions,
        identities: description.identities,
        doors: description.doors,
        stand_in: run.stand_in(),
        webhook_secret: run.webhook_secret.clone(),
        retention_period: RETENTION_PERIOD.to_owned(),
        lock_mode: LOCK_MODE.to_owned(),
        admin: Credentials { access_key_id: ADMIN_KEY.to_owned(), secret_access_key: run.admin_secret.clone() },
    };
    stack.save(workspace)?;
    step.done();
    Ok(stack)
}

/// `ContentLog` → `content-log`.
fn kebab_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
