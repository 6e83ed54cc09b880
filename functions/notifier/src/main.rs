use notifier::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("notifier")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_sqs_patiently(&deps.backoff, |record| handle(&deps, record)).await
}
