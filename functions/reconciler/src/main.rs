use reconciler::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("reconciler")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_schedule(|at| handle(&deps, at)).await
}
