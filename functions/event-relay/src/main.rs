use event_relay::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("event-relay")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_stream(|record| handle(&deps, record)).await
}
