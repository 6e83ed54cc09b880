//! HTTP with and without a signature (AWS Signature Version 4), for the APIs and for what the stack's own services are
//! asked where no adapter of ours has a word for it.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use app::ports::{Clock, SystemClock};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use reqwest::{Method, header::HeaderMap};
use serde::Deserialize;
use serde_json::Value;

/// IAM keys.
#[derive(Clone, Deserialize)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: String,
    #[serde(default)]
    pub arn: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.access_key_id)
    }
}

/// Somebody who sends requests.
#[derive(Debug, Clone)]
pub struct Caller {
    http: reqwest::Client,
    signature: Option<(Keys, String)>,
}

/// A request: method, path with query, headers, body.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Ask {
    #[must_use]
    pub fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    #[must_use]
    pub fn post(path: &str, body: &Value) -> Self {
        Self::new(Method::POST, path).text(&body.to_string())
    }

    /// The body as it goes over the wire, as JSON.
    #[must_use]
    pub fn text(mut self, body: &str) -> Self {
        self.body = Some(body.as_bytes().to_vec());
        self.header("content-type", "application/json")
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn key(self, idempotency_key: &str) -> Self {
        self.header("idempotency-key", idempotency_key)
    }

    #[must_use]
    pub fn language(self, language: &str) -> Self {
        self.header("accept-language", language)
    }
}

impl Answer {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The `code` of a problem.
    #[must_use]
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body, when the status is the expected one.
    ///
    /// # Errors
    /// Tells what came instead.
    pub fn expect(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("expected {status}, got {self}");
        }
        Ok(self.json())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head: String = self.text.chars().take(600).collect();
        write!(f, "{}: {head}", self.status)
    }
}

impl Caller {
    #[must_use]
    pub fn unsigned() -> Self {
        Self { http: http(), signature: None }
    }

    #[must_use]
    pub fn signed(keys: &Keys, region: &str) -> Self {
        Self { http: http(), signature: Some((keys.clone(), region.to_owned())) }
    }

    /// # Errors
    /// When nobody answers.
    pub async fn get(&self, base: &str, path: &str) -> Result<Answer> {
        self.send(base, "execute-api", Ask::get(path)).await
    }

    /// # Errors
    /// When nobody answers.
    pub async fn post(&self, base: &str, path: &str, body: &Value) -> Result<Answer> {
        self.send(base, "execute-api", Ask::post(path, body)).await
    }

    /// A write, under an idempotency key of its own.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn write(&self, base: &str, path: &str, body: &Value) -> Result<Answer> {
        let key = crate::principals::unique("test");
        self.send(base, "execute-api", Ask::post(path, body).key(&key)).await
    }

    /// A write that takes the place of what is there, under an idempotency key of its own.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn put(&self, base: &str, path: &str, body: &Value) -> Result<Answer> {
        let key = crate::principals::unique("test");
        self.send(base, "execute-api", Ask::new(Method::PUT, path).text(&body.to_string()).key(&key)).await
    }

    /// Sends `ask` to an API.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn ask(&self, base: &str, ask: Ask) -> Result<Answer> {
        self.send(base, "execute-api", ask).await
    }

    /// Sends `ask`, signed for `service` when the caller has keys.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn send(&self, base: &str, service: &str, ask: Ask) -> Result<Answer> {
        let url = format!("{}{}", base.trim_end_matches('/'), ask.path);
        let body = ask.body.unwrap_or_default();
        let mut request = self.http.request(ask.method.clone(), &url);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body.clone()).build().with_context(|| format!("{url} is no request"))?;
        if let Some((keys, region)) = &self.signature {
            let headers = ask.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let signed = signature(keys, region, service, ask.method.as_str(), request.url().as_str(), headers, &body)?;
            for (name, value) in signed {
                request.headers_mut().insert(name, value.parse()?);
            }
        }
        let answer = self.http.execute(request).await.with_context(|| format!("{} {url}", ask.method))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.with_context(|| format!("{} {url}: the answer broke off", ask.method))?;
        Ok(Answer { status, headers, text })
    }

    /// Starts a function and waits for its answer: the Invoke API.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn invoke(&self, endpoint: &str, function: &str, payload: &Value) -> Result<Answer> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.send(endpoint, "lambda", Ask::post(&path, payload)).await
    }
}

/// One client for each caller; a request that hangs fails.
fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(60)).no_proxy().build().unwrap_or_default()
}

/// The headers that sign a request.
fn signature<'a>(
    keys: &Keys,
    region: &str,
    service: &str,
    method: &'a str,
    url: &'a str,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: &'a [u8],
) -> Result<Vec<(&'static str, String)>> {
    let identity = Credentials::new(&keys.access_key_id, &keys.secret_access_key, None, None, "stack.json").into();
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.payload_checksum_kind = aws_sigv4::http_request::PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = aws_sigv4::http_request::PercentEncodingMode::Single;
    }
    let now = SystemTime::UNIX_EPOCH + Duration::try_from(SystemClock.now().as_duration())?;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let request = SignableRequest::new(method, url, headers, SignableBody::Bytes(body))?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let (headers, _) = instructions.into_parts();
    Ok(headers.iter().map(|header| (header.name(), header.value().to_owned())).collect())
}
