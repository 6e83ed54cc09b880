//! Gives what nobody wrote to the engine until the time is over: `cargo xtask fuzz`.
//!
//! `cargo run --release -p screening --example fuzz -- [text|pack|artefact|picture] [--seconds N] [--seed N]`
//!
//! Each target makes inputs from seeds by mutation, without looking at what they reach, and holds laws: no panic, spans on
//! characters, the same answer twice, and time that grows with the input and no faster. The input that breaks one is
//! printed in full, and its number and seed find it again.

mod artefact;
mod dice;
mod pack;
mod picture;
mod text;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use dice::Dice;

/// No input takes longer, however slow the machine: what does hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Since when, the number, and the input.
type Attempt = (Instant, u64, Vec<u8>);

/// Makes inputs and tries them.
trait Target {
    fn name(&self) -> &'static str;

    fn input(&self, dice: &mut Dice) -> Vec<u8>;

    /// # Panics
    /// When a law is broken.
    fn try_it(&self, input: &[u8]);
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, usual: u64| value(name).and_then(|value| value.parse().ok()).unwrap_or(usual);
    let (seconds, seed) = (number("--seconds", 60), number("--seed", 1));
    let only = arguments.first().filter(|first| !first.starts_with("--"));
    let targets: Vec<Box<dyn Target>> = vec![
        Box::new(text::Text::new()),
        Box::new(pack::Pack),
        Box::new(artefact::Artefact::new()),
        Box::new(picture::Picture),
    ];
    let chosen: Vec<_> = targets.iter().filter(|target| only.is_none_or(|only| only == target.name())).collect();
    if chosen.is_empty() {
        eprintln!("there is no such target; there are text, pack, artefact and picture");
        return ExitCode::FAILURE;
    }
    let broken = chosen.into_iter().filter(|target| !run(target.as_ref(), Duration::from_secs(seconds), seed)).count();
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether all went well.
fn run(target: &dyn Target, time: Duration, seed: u64) -> bool {
    let current: Arc<Mutex<Option<Attempt>>> = Arc::default();
    watch(Arc::clone(&current));
    let start = Instant::now();
    let (mut tried, mut bytes) = (0_u64, 0);
    while start.elapsed() < time {
        let mut dice = Dice::new(seed, tried);
        let input = target.input(&mut dice);
        bytes += input.len();
        *current.lock().expect("no holder panics") = Some((Instant::now(), tried, input.clone()));
        let outcome = catch_unwind(AssertUnwindSafe(|| target.try_it(&input)));
        *current.lock().expect("no holder panics") = None;
        if outcome.is_err() {
            println!("{}: broken by input {tried} of seed {seed}: {}", target.name(), shown(&input));
            return false;
        }
        tried += 1;
    }
    println!("{}: {tried} inputs, {bytes} bytes, nothing broken (seed {seed})", target.name());
    true
}

/// Ends the program when an input hangs, and says which.
fn watch(current: Arc<Mutex<Option<Attempt>>>) {
    thread::spawn(move || {
        loop {
            #[expect(clippy::disallowed_methods, reason = "no function of the cloud: a watch beside a benchmark")]
            thread::sleep(Duration::from_secs(1));
            if let Some((since, number, input)) = current.lock().expect("no holder panics").as_ref()
                && since.elapsed() > HANGS
            {
                println!("hangs on input {number}: {}", shown(input));
                std::process::exit(1);
            }
        }
    });
}

fn shown(input: &[u8]) -> String {
    match std::str::from_utf8(input) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("{input:02x?}"),
    }
}
