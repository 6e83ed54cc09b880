//! What stands in the path and in the query.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use garde::Validate;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::pointer;
use crate::problem::{Code, FieldCode, Problem};

/// The one identifier in the path.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = || Problem::new(Code::MalformedId);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        text.parse().map(Self).map_err(|_| malformed())
    }
}

/// The two identifiers in the path, in their order.
#[derive(Debug, Clone, Copy)]
pub struct PathIds<A, B>(pub A, pub B);

impl<A: FromStr + Send, B: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PathIds<A, B> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = || Problem::new(Code::MalformedId);
        let Path((a, b)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let (a, b) = (a.parse().map_err(|_| malformed())?, b.parse().map_err(|_| malformed())?);
        Ok(Self(a, b))
    }
}

/// The query as a `T`, of its form and within the limits that it declares with `garde`.
#[derive(Debug, Clone, Copy)]
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned + Validate<Context = ()>, S: Sync> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(value) = Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| {
            let message = rejection.body_text();
            let code = match message.as_str() {
                text if text.contains("unknown field") => FieldCode::UnknownField,
                text if text.contains("missing field") => FieldCode::MissingField,
                text if text.contains("duplicate field") => FieldCode::RepeatedKey,
                text if text.contains("unknown variant") => FieldCode::UnknownValue,
                _ => FieldCode::MalformedValue,
            };
            Problem::new(Code::InvalidQuery).at(place(&message, code), code)
        })?;
        value.validate().map_err(|report| {
            report.iter().fold(Problem::new(Code::InvalidQuery), |problem, (path, error)| {
                problem.at_with(pointer::of_garde(path), FieldCode::OutOfBounds, Some(error.message().to_owned()))
            })
        })?;
        Ok(Self(value))
    }
}

/// Which parameter `message` is about: `Failed to deserialize query string: limit: invalid digit …`, or the field
/// that it quotes.
fn place(message: &str, code: FieldCode) -> String {
    let names_field = matches!(code, FieldCode::UnknownField | FieldCode::MissingField | FieldCode::RepeatedKey);
    let name = if names_field { message.split('`').nth(1) } else { message.split(": ").nth(1) };
    let mut pointer = String::new();
    if let Some(name) = name.filter(|name| !name.contains(' ')) {
        pointer::push(&mut pointer, name);
    }
    pointer
}
