//! The documented form of the APIs: each function builds a [`utoipa_axum::router::OpenApiRouter`], from which come both
//! its routes and its part of `docs/openapi.yaml`.

use std::collections::BTreeMap;

use utoipa::{
    IntoParams, IntoResponses, PartialSchema as _, ToSchema as _,
    openapi::{
        Components, ContentBuilder, InfoBuilder, KnownFormat, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
        Response, ResponseBuilder, SchemaFormat, SecurityRequirement, ServerBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use crate::problem::{Code, ProblemBody};

/// The problems that any request can meet.
pub struct ReadProblems;

/// The problems that a write can meet, beside those of a read.
pub struct WriteProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 500, 503])
    }
}

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 409, 413, 415, 422, 500, 503])
    }
}

/// One response for each status, which names the codes that come with it.
fn problems(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let response = |status: &u16| {
        let codes = Code::ALL.iter().filter(|code| code.status().as_u16() == *status).map(|code| code.as_str());
        let description = format!("One of: {}", codes.collect::<Vec<_>>().join(", "));
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", content).build();
        (status.to_string(), RefOr::T(response))
    };
    statuses.iter().map(response).collect()
}

/// The `Idempotency-Key` header where it must be there.
pub struct IdempotencyKeyRequired;

/// The `Idempotency-Key` header where it may be there.
pub struct IdempotencyKeyOptional;

impl IntoParams for IdempotencyKeyRequired {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![idempotency_key(utoipa::openapi::Required::True)]
    }
}

impl IntoParams for IdempotencyKeyOptional {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![idempotency_key(utoipa::openapi::Required::False)]
    }
}

fn idempotency_key(required: utoipa::openapi::Required) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"))
        .build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(
            "Names this write. The same key with the same body gives the same answer for 24 hours \
             (`Idempotent-Replayed: true`); with another body it is refused.",
        ))
        .schema(Some(schema))
        .build()
}

/// One document of all functions' parts: title, servers, how to sign, the form of a problem. A path that is only open
/// to signed callers says so itself with `security(("sigv4" = []))`.
#[must_use]
pub fn merge(documents: Vec<OpenApi>) -> OpenApi {
    let info = InfoBuilder::new()
        .title("Gatehouse")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The compliance backend of a platform that hosts public accounts. Every refusal is a problem \
             (RFC 9457) with a stable code, in Chinese unless Accept-Language prefers English.",
        ))
        .build();
    let server = |name: &str, description: &str| {
        let variable = |default: &str| utoipa::openapi::ServerVariableBuilder::new().default_value(default).build();
        ServerBuilder::new()
            .url(format!("https://{{{name}}}"))
            .description(Some(description))
            .parameter(name, variable("example.execute-api.cn-north-1.amazonaws.com.cn"))
            .build()
    };
    let mut merged = OpenApiBuilder::new()
        .info(info)
        .servers(Some([
            server("platform_api", "The platform and its staff; every request is signed."),
            server("public_api", "The public: complaints."),
        ]))
        .components(Some(shared()))
        .build();
    for document in documents {
        merged.merge(document);
    }
    merged
}

/// The security requirement of signed routes.
#[must_use]
pub fn signed() -> SecurityRequirement {
    SecurityRequirement::new::<_, [String; 0], String>("sigv4", [])
}

fn shared() -> Components {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    let mut components = Components::new();
    components.schemas.extend(schemas);
    let scheme = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Authorization",
        "AWS Signature Version 4, service `execute-api`, with IAM credentials that may invoke the route.",
    )));
    components.add_security_scheme("sigv4", scheme);
    components
}

/// The schema of a moment: RFC 3339, UTC.
#[must_use]
pub fn timestamp() -> utoipa::openapi::Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_merged_document_has_what_all_parts_refer_to() {
        let part = || {
            let path = utoipa::openapi::path::OperationBuilder::new()
                .responses(WriteProblems::responses().into_iter().collect::<utoipa::openapi::Responses>())
                .parameters(Some(IdempotencyKeyRequired::into_params(|| None)))
                .security(signed())
                .build();
            OpenApiBuilder::new()
                .paths(
                    utoipa::openapi::PathsBuilder::new()
                        .path("/v1/a", utoipa::openapi::PathItem::new(utoipa::openapi::HttpMethod::Post, path)),
                )
                .build()
        };
        insta::assert_yaml_snapshot!(merge(vec![part()]));
    }
}
