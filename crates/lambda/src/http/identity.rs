//! Who asks, and under which name the request is known.

use std::{convert::Infallible, sync::Arc};

use app::ports::CallerRegister;
use axum::{Extension, Router, extract::FromRequestParts};
use domain::{actor::Actor, personal::Personal};
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

/// Where the request comes from, as the gateway saw it; empty where there is none. It does not print.
#[derive(Debug, Clone)]
pub struct SourceAddress(pub Personal<String>);

impl<S: Sync> FromRequestParts<S> for SourceAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        };
        Ok(Self(Personal::new(address.unwrap_or_default())))
    }
}

/// The IAM principal that signed the request, as the gateway verified it. Its name, which can be that of a person (IAM
/// Identity Center makes a session's name of the e-mail address), is replaced by a pseudonym: an [`Actor`] goes into
/// events, queues and the log. The routes must be under [`knowing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Actor);

#[derive(Clone)]
struct Register(Arc<dyn CallerRegister>);

/// The routes of `router`, with `register` to know callers by.
pub fn knowing<S: Clone + Send + Sync + 'static>(register: Arc<dyn CallerRegister>, router: Router<S>) -> Router<S> {
    router.layer(Extension(Register(register)))
}

#[derive(Debug, thiserror::Error)]
#[error("the route asks for its caller and is not under lambda::http::knowing")]
struct Unknowing;

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let arn = caller_arn(&parts.extensions).ok_or_else(|| Problem::new(Code::CallerUnknown))?;
        let Some((kind, name)) = name_in(arn) else { return Ok(Self(Actor::caller(arn))) };
        let register = parts.extensions.get::<Register>();
        let register = register.ok_or_else(|| Problem::new(Code::Internal).because(&Unknowing))?;
        let pseudonym = register.0.pseudonym(&Personal::new(name.to_owned())).await?;
        Ok(Self(Actor::caller(&format!("{kind}{pseudonym}"))))
    }
}

/// What of an ARN was chosen for one person or one machine: the last part of `…:user/<path>/<name>`, of
/// `…:assumed-role/<role>/<session>` and of `…:federated-user/<name>`. The owner of an AWS account (`…:root`) has none.
fn name_in(arn: &str) -> Option<(&str, &str)> {
    let at = arn.rfind('/')? + 1;
    Some(arn.split_at(at))
}

/// Whose idempotency keys a caller's are: the role's, for the session is an instance, a task or a login, and the retry
/// comes from another one. Of every other kind of principal the whole ARN.
pub(crate) fn scope_of(arn: &str) -> &str {
    let session = arn.contains(":assumed-role/").then(|| arn.rfind('/')).flatten();
    session.map_or(arn, |session| &arn[..session])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_of_a_session_is_its_role() {
        for session in ["i-0123456789abcdef0", "li.si@example.com"] {
            let arn = format!("arn:aws-cn:sts::123456789012:assumed-role/reviewer/{session}");
            assert_eq!(scope_of(&arn), "arn:aws-cn:sts::123456789012:assumed-role/reviewer");
        }
        for other in ["arn:aws:iam::123456789012:user/staff/li", "arn:aws:iam::123456789012:root"] {
            assert_eq!(scope_of(other), other);
        }
    }

    #[test]
    fn the_name_is_the_last_part() {
        let of = |arn| name_in(arn).map(|(_, name)| name);
        assert_eq!(of("arn:aws:sts::1:assumed-role/reviewer/li.si@example.com"), Some("li.si@example.com"));
        assert_eq!(of("arn:aws:iam::1:user/staff/li"), Some("li"));
        assert_eq!(of("arn:aws:sts::1:federated-user/li"), Some("li"));
        assert_eq!(of("arn:aws:iam::1:root"), None);
    }
}
