//! What is written down about the local stack: `run.json` for xtask itself, `stack.json` for tests, `curl` and tools.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::workspace::{Workspace, write_whole};

/// What the running emulator was started and filled with.
#[derive(Serialize, Deserialize)]
pub(crate) struct Run {
    pub port: u16,
    /// Of the emulator's root user; made anew for each start, so that nothing else on the machine knows it.
    pub admin_secret: String,
    pub webhook_secret: String,
    /// What is deployed in it, once it is.
    pub deployed: Option<Deployed>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deployed {
    /// The emulator's process.
    pub emulator: u32,
    /// Fingerprint of the templates and of the parameters they were deployed with.
    pub infrastructure: u64,
    /// Fingerprint of the bootstraps.
    pub code: u64,
}

/// The access key of the emulator's root user; the name is MiniStack's.
pub(crate) const ADMIN_KEY: &str = "test";

impl Run {
    pub(crate) fn new(port: u16) -> Result<Self> {
        // Hexadecimal digits are base64 too: the webhook secret is 36 bytes by the Standard Webhooks scheme.
        let (admin_secret, webhook_secret) = (random_hex()?, format!("whsec_{}", random_hex()?));
        Ok(Self { port, admin_secret, webhook_secret, deployed: None })
    }

    pub(crate) fn load(workspace: &Workspace) -> Option<Self> {
        serde_json::from_slice(&fs::read(workspace.local("run.json")).ok()?).ok()
    }

    pub(crate) fn save(&self, workspace: &Workspace) -> Result<()> {
        write_whole(&workspace.local("run.json"), &serde_json::to_vec_pretty(self)?)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn stand_in(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 1)
    }
}

/// 48 hexadecimal digits of the system's randomness.
fn random_hex() -> Result<String> {
    let mut bytes = [0; 24];
    File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes)).context("no randomness")?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

/// The local stack's addresses, names and keys: `.local/stack.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stack {
    pub endpoint: String,
    pub region: String,
    /// Base URL of the platform API, such as `…/v1/accounts` goes after; works without DNS.
    pub platform_api: String,
    pub public_api: String,
    pub tables: BTreeMap<String, String>,
    /// Name to URL, dead-letter queues too.
    pub queues: BTreeMap<String, String>,
    pub buckets: BTreeMap<String, String>,
    pub keys: BTreeMap<String, String>,
    /// Logical to physical name.
    pub functions: BTreeMap<String, String>,
    pub identities: BTreeMap<String, Identity>,
    /// Whose door to the desk is which alias of its function.
    #[serde(default)]
    pub doors: BTreeMap<String, String>,
    pub stand_in: String,
    pub webhook_secret: String,
    pub retention_period: String,
    pub lock_mode: String,
    pub admin: Credentials,
}

#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Identity {
    #[serde(flatten)]
    pub credentials: Credentials,
    pub arn: String,
}

#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl Stack {
    pub(crate) fn load(workspace: &Workspace) -> Option<Self> {
        serde_json::from_slice(&fs::read(workspace.local("stack.json")).ok()?).ok()
    }

    pub(crate) fn save(&self, workspace: &Workspace) -> Result<()> {
        write_whole(&workspace.local("stack.json"), &serde_json::to_vec_pretty(self)?)
    }

    /// For `eval` in a shell: what `curl --aws-sigv4` needs.
    pub(crate) fn print_environment(&self) {
        println!("export PLATFORM_API='{}' PUBLIC_API='{}'", self.platform_api, self.public_api);
        println!("export AWS_ENDPOINT_URL='{}' REGION='{}'", self.endpoint, self.region);
        println!("export STAND_IN='{}' WEBHOOK_SECRET='{}'", self.stand_in, self.webhook_secret);
        for (name, Identity { credentials, .. }) in &self.identities {
            let keys = format!("{}:{}", credentials.access_key_id, credentials.secret_access_key);
            println!("export {}_KEYS='{keys}'", name.to_uppercase());
        }
    }

    pub(crate) fn print_addresses(&self) {
        println!("platform API  {}   (signed: the keys are in .local/stack.json)", self.platform_api);
        println!("public API    {}", self.public_api);
        println!("AWS endpoint  {}   region {}", self.endpoint, self.region);
        println!("stand-in      {}", self.stand_in);
    }
}
