//! Bodies: JSON of the documented form and within the documented limits, or a problem that points at what is wrong.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
};
use garde::Validate;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::{json_keys, pointer};
use crate::problem::{Code, FieldCode, Problem};

/// The body as a `T`: well-formed JSON without repeated keys, of `T`'s form (`#[serde(deny_unknown_fields)]` on every
/// wire type), within the limits that `T` declares with `garde`. Anything else is a [`Problem`].
#[derive(Debug, Clone, Copy)]
pub struct ValidJson<T>(pub T);

impl<T, S> FromRequest<S> for ValidJson<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
    S: Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        // The limit was applied before the router.
        let bytes = to_bytes(request.into_body(), usize::MAX)
            .await
            .map_err(|error| Problem::new(Code::Internal).because(&error))?;
        read(&bytes).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn read<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, Problem> {
    let repeated = json_keys::repeated(bytes).map_err(|_| Problem::new(Code::InvalidJson))?;
    if let Some(place) = repeated {
        return Err(Problem::new(Code::InvalidBody).at(place, FieldCode::RepeatedKey));
    }
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(no_object());
    }
    of_the_form(&mut serde_json::Deserializer::from_slice(bytes))
}

/// One item of a batch as a `T`, judged as [`ValidJson`] judges a body; pointers begin at the item.
///
/// # Errors
/// The problem that the item has.
pub fn read_item<T: DeserializeOwned + Validate<Context = ()>>(item: serde_json::Value) -> Result<T, Problem> {
    if !item.is_object() {
        return Err(no_object());
    }
    of_the_form(item)
}

/// serde would read an array as the fields of a struct in their order, which nobody documented.
fn no_object() -> Problem {
    Problem::new(Code::InvalidBody).at_with("", FieldCode::WrongType, Some("expected an object".to_owned()))
}

fn of_the_form<'de, T, D>(deserializer: D) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
    D: serde::Deserializer<'de>,
{
    let value: T = serde_path_to_error::deserialize(deserializer)
        .map_err(|error| of_the_wrong_form(pointer::of_serde(error.path()), &error.inner().to_string()))?;
    value.validate().map_err(|report| beyond_limits(&report))?;
    Ok(value)
}

/// Tells from serde's message what is wrong: it has no other way of saying it. The message itself repeats what was
/// sent; only the part that says what was expected is passed on.
fn of_the_wrong_form(mut place: String, message: &str) -> Problem {
    let quoted = message.split('`').nth(1);
    let expected = message
        .split_once(", expected ")
        .map(|(_, rest)| format!("expected {}", in_words_of_json(rest.split(" at line ").next().unwrap_or(rest))));
    let code = match message {
        _ if message.starts_with("unknown field") => FieldCode::UnknownField,
        _ if message.starts_with("missing field") => FieldCode::MissingField,
        _ if message.starts_with("duplicate field") => FieldCode::RepeatedKey,
        _ if message.starts_with("unknown variant") => FieldCode::UnknownValue,
        // What serde_json says of a number where one of some words is wanted.
        _ if message.starts_with("invalid type") || message.starts_with("expected value") => FieldCode::WrongType,
        _ => FieldCode::MalformedValue,
    };
    let names_field = matches!(code, FieldCode::UnknownField | FieldCode::MissingField | FieldCode::RepeatedKey);
    if let Some(field) = quoted.filter(|_| names_field) {
        let mut step = String::new();
        pointer::push(&mut step, field);
        if !place.ends_with(&step) {
            place.push_str(&step);
        }
    }
    Problem::new(Code::InvalidBody).at_with(place, code, expected)
}

/// serde names our types and speaks of sequences; callers know neither.
fn in_words_of_json(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        _ if expected.contains("struct ") || expected.contains("enum ") => "an object",
        other => other,
    }
}

fn beyond_limits(report: &garde::Report) -> Problem {
    report.iter().fold(Problem::new(Code::InvalidBody), |problem, (path, error)| {
        problem.at_with(pointer::of_garde(path), FieldCode::OutOfBounds, Some(error.message().to_owned()))
    })
}
