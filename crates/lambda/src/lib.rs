//! What every function shares: configuration, logs, metrics, problems, batches, idempotency
