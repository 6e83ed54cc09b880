use retention_sweeper::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("retention-sweeper")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_sqs(|record| handle(&deps, record)).await
}
