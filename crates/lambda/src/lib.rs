//! What every function shares. A function's `main` is wiring:
//!
//! ```no_run
//! # use lambda::{batch::{RecordError, SqsRecord}, config::{ConfigError, Environment}};
//! # struct Config {}
//! # impl Config { fn from_env(_: &Environment) -> Result<Self, ConfigError> { Ok(Self {}) } }
//! # struct Deps {}
//! # impl Deps { fn connect(_: &Config) -> Self { Self {} } }
//! # async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> { Ok(()) }
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), lambda::Error> {
//!     let config = Config::from_env(&lambda::start("enforcer")?)?;
//!     let deps = Deps::connect(&config);
//!     lambda::run_sqs(|record| handle(&deps, record)).await
//! }
//! ```
//!
//! In the order of an event's way: [`start`] and [`config`] → a runner ([`http`] with [`idempotency`] and [`openapi`],
//! [`batch`], [`stream`], [`schedule`], [`direct`] for whoever calls the function itself, [`notification`] for what S3 tells) → the handler, which may screen by a pack
//! ([`rule_packs`]) → [`problem`] → [`logs`] and [`metrics`].

pub mod batch;
mod caught;
pub mod config;
pub mod direct;
pub mod http;
pub mod idempotency;
mod invocation;
pub mod logs;
pub mod metrics;
pub mod notification;
pub mod openapi;
pub mod problem;
pub mod removed_content;
pub mod rule_packs;
mod runtime;
pub mod schedule;
mod start;
pub mod stream;

pub use batch::{run_sqs, run_sqs_patiently, run_sqs_together};
pub use direct::run_direct;
pub use http::run_http;
pub use invocation::fact;
pub use lambda_runtime::Error;
pub use schedule::run_schedule;
pub use start::start;
pub use stream::run_stream;
#[doc(hidden)]
pub use utoipa_axum;
