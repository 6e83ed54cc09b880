//! A failure on a page: in words, in both languages, with what was written, so that it can be sent again.

use askama::Template;
use axum::{
    Form,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, FromRequestParts as _, Request},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::Response,
};
use lambda::{
    http::{RequestId, outcome, refused},
    problem::{Language, Problem},
};

use super::{PageLanguage, Texts, Told, html};

/// `?lang=` behind `again` is the language of the page.
#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    t: &'a Texts,
    title: &'a str,
    base: &'a str,
    home: &'a str,
    problem: Told,
    other: Told,
    again: &'a str,
    written: Vec<(String, String)>,
    request_id: &'a str,
}

/// A browser shows whatever it is answered with, and people cannot read problem+json. What was written goes back to whoever wrote
/// it: the same proof lets the same words in again, so that nothing has to be typed twice.
pub(super) async fn in_words(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    // The limit was applied before the router.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let again = Request::from_parts(head.clone(), Body::from(body.clone()));
    match outcome(next.run(again)).await {
        Ok(response) => response,
        Err(problem) => page(head, body, problem).await,
    }
}

async fn page(mut head: Parts, body: Bytes, problem: Problem) -> Response {
    let Ok(PageLanguage(language)) = PageLanguage::from_request_parts(&mut head, &()).await;
    let Ok(request_id) = RequestId::from_request_parts(&mut head, &()).await;
    let (is_form, path) = (head.method == Method::POST, head.uri.path().to_owned());
    let (base, home) = if path == "/report" { ("report/", "report") } else { ("", "../report") };
    // What is no form is not sent again.
    let written = match Form::from_request(Request::from_parts(head, Body::from(body)), &()).await {
        Ok(Form(written)) if is_form && problem.status().is_server_error() => written,
        _ => vec![],
    };
    // There is a page behind each form, and nothing to be read where one is sent.
    let again = if is_form && written.is_empty() { home } else { path.rsplit('/').next().unwrap_or_default() };
    let told = Told::of(&problem, language);
    let page = FailurePage {
        t: Texts::of(language),
        title: told.title,
        base,
        home,
        other: Told::of(&problem, language.pick(Language::En, Language::Zh)),
        problem: told,
        again,
        written,
        request_id: &request_id.0,
    };
    let response = html(StatusCode::OK, &page, None);
    refused(problem, response)
}
