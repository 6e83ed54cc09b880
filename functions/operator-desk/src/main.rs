use operator_desk::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let config = Config::from_env(&lambda::start("operator-desk")?)?;
    let deps = Deps::connect(&config)?;
    lambda::run_direct(|call| handle(&deps, call)).await
}
