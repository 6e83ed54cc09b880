use content_logger::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("content-logger")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_sqs_together(|records| handle(&deps, records)).await
}
