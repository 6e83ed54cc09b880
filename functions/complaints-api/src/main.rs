use complaints_api::{Config, Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("complaints-api")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_http(router(deps)).await
}
