//! In-memory ports under the same contract tests as the real ones, fixed clock, builders
