//! The story: from registration to deletion, on the local stack and on real texts. `cargo xtask demo` starts the stack
//! and runs this.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match acceptance::story::tell().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe story breaks off: {error:#}");
            ExitCode::FAILURE
        }
    }
}
