use std::time::Duration;

use app::ports::PortError;
use domain::retention::Stage;
use reqwest::{Client, Response, Url, redirect::Policy};

/// Who does not answer a connection within a second is better asked again later.
const CONNECT: Duration = Duration::from_secs(1);

/// The longest that a call can take, from the first byte out to the last one in: batches are sized by it.
pub const LONGEST_CALL: Duration = Duration::from_secs(5);

/// More than any answer that is one.
const ANSWER: usize = 64 * 1024;

/// An adapter could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("the {what} has no address of https (or of http, on the local stage)")]
    Address { what: &'static str },
    #[error("a secret is not base64 after whsec_")]
    Secret,
    #[error("no HTTP client can be made")]
    Client(#[source] reqwest::Error),
}

/// A client that follows no redirect: a redirect would carry a body to where nobody meant it to go.
pub(crate) fn client() -> Result<Client, OutboundError> {
    let builder = Client::builder().connect_timeout(CONNECT).timeout(LONGEST_CALL).redirect(Policy::none());
    builder.build().map_err(OutboundError::Client)
}

/// An address that nobody listens in on: https, save on one's own machine.
pub(crate) fn address(what: &'static str, url: &str, stage: Stage) -> Result<Url, OutboundError> {
    let url = Url::parse(url).map_err(|_| OutboundError::Address { what })?;
    match (url.scheme(), stage) {
        ("https", _) | ("http", Stage::Local) => Ok(url),
        _ => Err(OutboundError::Address { what }),
    }
}

/// No answer: why, without the address.
pub(crate) fn unanswered(what: &'static str, error: reqwest::Error) -> PortError {
    PortError::unavailable(what, error.without_url())
}

/// The answer, when it is 2xx.
pub(crate) fn successful(what: &'static str, response: Response) -> Result<Response, PortError> {
    let status = response.status();
    if status.is_success() { Ok(response) } else { Err(PortError::unavailable(what, format!("it answered {status}"))) }
}

/// The body of an answer, unless it is longer than any answer that is one.
pub(crate) async fn body(what: &'static str, mut response: Response) -> Result<Vec<u8>, PortError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unanswered(what, error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER {
            return Err(PortError::unavailable(what, "the answer is too long"));
        }
    }
    Ok(body)
}
