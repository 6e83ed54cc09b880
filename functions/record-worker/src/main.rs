use record_worker::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("record-worker")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_sqs(|record| handle(&deps, record)).await
}
