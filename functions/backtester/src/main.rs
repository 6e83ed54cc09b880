use backtester::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("backtester")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_sqs(|record| handle(&deps, record)).await
}
