//! The story: from registration to deletion, on the local stack and on real texts. `cargo xtask demo` starts the stack
//! and runs this.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    acceptance::story::tell().await
}
