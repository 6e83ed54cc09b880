//! How failures of the SDK are told: what may work later from what will not, and in words that hold no content of
//! requests or answers (the SDK's own debug form holds both).

use std::error::Error;

use app::ports::PortError;
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

/// Codes that ask to come again, beside all answers of 5xx and 429.
const AGAIN: [&str; 14] = [
    "ConditionalRequestConflict",
    "InternalServerError",
    "KMSInternalException",
    "LimitExceededException",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// A failure of the SDK as the port tells it.
pub(crate) fn failed<E>(what: &'static str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let told = told(error);
    if may_work_later(error) { PortError::unavailable(what, told) } else { PortError::refused(what, told) }
}

/// The HTTP status of the answer, when there was one.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn may_work_later<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(service) => {
            let again = service.err().code().is_some_and(|code| AGAIN.contains(&code));
            again || status(error).is_some_and(|status| status >= 500 || status == 429)
        }
        SdkError::ConstructionFailure(_) => false,
        // No answer, or one that was cut off.
        _ => true,
    }
}

fn told<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    if let SdkError::ServiceError(service) = error {
        let code = service.err().code().unwrap_or("no code");
        let message = service.err().message().unwrap_or("no message");
        let status = status(error).unwrap_or_default();
        return format!("{code} ({status}): {message}");
    }
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        told.push_str(": ");
        told.push_str(&error.to_string());
        source = error.source();
    }
    told
}
