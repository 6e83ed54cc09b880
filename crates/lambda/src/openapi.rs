//! The documented form of the APIs: each function has [`Routes`](crate::http::Routes), from which come both what it
//! serves and its part of `docs/openapi.yaml`.

mod closed;
mod identifiers;

use std::collections::BTreeMap;

use utoipa::{
    IntoParams, IntoResponses, PartialSchema as _, ToSchema as _,
    openapi::{
        Components, ContentBuilder, InfoBuilder, Object, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
        ResponseBuilder, SchemaFormat, ServerBuilder, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use crate::problem::{Code, ProblemBody};

/// The problems that any request can meet.
pub struct ReadProblems;

/// The problems that a write can meet, beside those of a read.
pub struct WriteProblems;

/// The problems that a complaint of the public can meet: a write that comes with a proof of work.
pub struct ComplaintProblems;

impl IntoResponses for ComplaintProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 409, 410, 413, 415, 422, 425, 428, 429, 500, 503])
    }
}

/// The problems that a write can meet which sends or judges a one-time code.
pub struct CodeProblems;

impl IntoResponses for CodeProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503])
    }
}

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 410, 500, 503])
    }
}

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503])
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

/// The `Idempotency-Key` header of the public, who may leave it out.
pub struct IdempotencyKeyOfThePublic;

impl IntoParams for IdempotencyKeyRequired {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(255))
            .pattern(Some("^[!-~]+$"))
            .build();
        vec![idempotency_key(
            schema,
            utoipa::openapi::Required::True,
            "Names this write among all writes of the caller's role. The same key with the same body gives the same \
             status and body for 24 hours (`Idempotent-Replayed: true`; other headers are not repeated); with another \
             body it is refused, also when the first one was.",
        )]
    }
}

impl IntoParams for IdempotencyKeyOfThePublic {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .build();
        vec![idempotency_key(
            schema,
            utoipa::openapi::Required::False,
            "A random UUID (version 4 or 7) that names this write. The same key with the same body gives the same \
             answer for 24 hours; with another body it is refused.",
        )]
    }
}

fn idempotency_key(schema: Object, required: utoipa::openapi::Required, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
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
             (RFC 9457) with a stable code, in Chinese unless Accept-Language prefers English. 公众账号平台的合规后端；所有拒绝\
             均为带稳定代码的问题说明，默认中文。\n\n\
             Formats of texts: `legible-line` holds something that is seen and nothing that is not (no controls, zero-width \
             marks, marks of direction, private use, no more than three combining marks in a row); `legible-text` may have \
             line breaks beside.",
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
    for item in merged.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        operations.into_iter().flatten().for_each(may_stop_at_the_gateway);
    }
    identifiers::describe(&mut merged);
    closed::describe(&mut merged);
    merged
}

/// What API Gateway says before a request reaches us: it is in its own form, and no problem of ours.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "message": "Forbidden" }))]
#[expect(dead_code, reason = "describes, is never made")]
struct GatewayMessage {
    message: String,
}

/// A request that is not signed, or not by somebody who may, is answered by the gateway, and so is what is beyond its
/// throttle.
fn may_stop_at_the_gateway(operation: &mut Operation) {
    if operation.security.as_ref().is_none_or(Vec::is_empty) {
        return;
    }
    for status in ["403", "429", "500", "503"] {
        let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) else { continue };
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("GatewayMessage"))).build();
        response.content.insert("application/json".to_owned(), RefOr::T(content));
        response.description.push_str("; in `application/json` the gateway's own word");
    }
}

fn shared() -> Components {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas.push((GatewayMessage::name().into_owned(), GatewayMessage::schema()));
    let mut components = Components::new();
    components.schemas.extend(schemas);
    let scheme = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Authorization",
        "AWS Signature Version 4, service `execute-api`, with IAM credentials that may invoke the route.",
    )));
    components.add_security_scheme("sigv4", scheme);
    components
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
