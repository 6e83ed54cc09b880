//! Who asks, and under which name the request is known.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use domain::actor::Actor;
use http::{Extensions, request::Parts};
use lambda_http::{RequestExt as _, request::RequestContext};

use crate::problem::{Code, Problem};

/// The gateway's name of the request, or the function's where there is no gateway: in the `x-request-id` header, in
/// every problem and on the log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    pub(super) fn of(parts: &Parts) -> Self {
        let gateway = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
            Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
            _ => None,
        };
        let function = || parts.lambda_context_ref().map(|context| context.request_id.clone());
        Self(gateway.or_else(function).unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self::of(parts)))
    }
}

/// The IAM principal that signed the request, as the gateway verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        caller_arn(&parts.extensions)
            .map(|arn| Self(Actor::caller(arn)))
            .ok_or_else(|| Problem::new(Code::CallerUnknown))
    }
}

/// The ARN of the IAM principal: `authorizer.iam.userArn` in payload 2.0, `identity.userArn` in payload 1.0.
pub(crate) fn caller_arn(extensions: &Extensions) -> Option<&str> {
    let arn = match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => context.identity.user_arn.as_deref(),
        RequestContext::ApiGatewayV2(context) => context.authorizer.as_ref()?.iam.as_ref()?.user_arn.as_deref(),
        _ => None,
    };
    arn.filter(|arn| !arn.is_empty())
}
