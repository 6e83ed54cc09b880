//! `GET /report`: the public's page (R15.2). Server-side HTML in both languages that works without a script; the one script
//! there is does the proof of work while the form is filled in. Nobody else is asked for anything, and the policy of the page
//! says so to the browser.

mod failure;
mod form;
mod texts;

use std::sync::Arc;

use app::{
    complaints::{Admission, AnnouncedFile, ComplaintDesk, ComplaintView, FileState},
    ports::UploadForm,
};
use askama::Template;
use axum::{
    Form,
    extract::{FromRef, FromRequestParts, Query, State, rejection::FormRejection},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
        request::Parts,
    },
    middleware::from_fn,
    response::{IntoResponse, Response},
};
use domain::{
    complaint::{ComplaintStatus, MOST_FILES},
    id::uuid_at,
    profile::Profile,
    qualification::EvidenceType,
    receipt::Receipt,
    retention::SHANGHAI,
};
use jiff::Timestamp;
use lambda::{
    http::{Routes, SourceAddress, refused},
    problem::{Code, Language, Problem},
    routes,
};
use serde::Deserialize;

use self::{
    form::{ComplaintForm, ReceiptForm},
    texts::Texts,
};

/// What the page works with.
#[derive(Clone)]
pub(crate) struct Pages {
    pub(crate) complaints: Arc<ComplaintDesk>,
    pub(crate) admission: Arc<Admission>,
}

pub(crate) fn pages<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Pages: FromRef<S>,
{
    Routes::new()
        .routes(routes!(report, send))
        .routes(routes!(look_up, status))
        .routes(routes!(evidence))
        .routes(routes!(contest))
        .routes(routes!(style))
        .routes(routes!(script))
        .map(|router| router.layer(from_fn(failure::in_words)))
}

/// What a page says when it cannot do what it was asked: in words, with what was written.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "describes, is never made")]
enum PageRefusals {
    /// What was wrong with what was sent, and the form with it.
    #[response(status = "4XX", content_type = "text/html")]
    Refused(String),
    /// It did not work; the same form can be sent again from the page.
    #[response(status = "5XX", content_type = "text/html")]
    Failed(String),
}

/// In which language the page is read: as its address says, or else the browser.
pub(crate) struct PageLanguage(Language);

#[derive(Default, Deserialize)]
#[serde(default)]
struct LanguageQuery {
    lang: String,
}

impl<S: Sync> FromRequestParts<S> for PageLanguage {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let asked = Query::<LanguageQuery>::try_from_uri(&parts.uri).unwrap_or_default().0.lang;
        Ok(Self(match asked.as_str() {
            "zh" => Language::Zh,
            "en" => Language::En,
            _ => Language::wanted(&parts.headers),
        }))
    }
}

struct Told {
    title: &'static str,
    detail: &'static str,
}

impl Told {
    fn of(problem: &Problem, language: Language) -> Self {
        let (title, detail) = problem.words(language);
        Self { title, detail }
    }
}

struct Reason<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    t: &'a Texts,
    title: &'a str,
    base: &'a str,
    home: &'a str,
    problem: Option<Told>,
    form: &'a ComplaintForm,
    ticket: String,
    challenge: String,
    reasons: Vec<Reason<'a>>,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage<'a> {
    t: &'a Texts,
    title: &'a str,
    base: &'a str,
    home: &'a str,
    receipt: String,
    saved: String,
    due: String,
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    t: &'a Texts,
    title: &'a str,
    base: &'a str,
    home: &'a str,
    problem: Option<Told>,
    receipt: &'a str,
    state: Option<StateShown>,
}

/// Where a complaint stands, in words.
struct StateShown {
    status: &'static str,
    title: &'static str,
    filed: String,
    due: String,
    outcome: Option<String>,
    files: (usize, usize),
    contest: Option<&'static str>,
    bad_faith: Option<String>,
    may_send: bool,
    may_contest: bool,
    uploads: Vec<Upload>,
}

struct Upload {
    number: usize,
    content_type: String,
    url: String,
    fields: Vec<(String, String)>,
}

/// The page to complain on
///
/// HTML in Chinese or English; works without a script. 举报页面。
#[utoipa::path(
    get, path = "/report", operation_id = "show_page", tag = "page",
    params(("lang" = Option<String>, Query, description = "`zh` or `en`; else as `Accept-Language` says")),
    responses((status = 200, body = String, content_type = "text/html"), PageRefusals)
)]
async fn report(
    State(pages): State<Pages>,
    SourceAddress(address): SourceAddress,
    PageLanguage(language): PageLanguage,
) -> Result<Response, Problem> {
    let challenge = pages.admission.challenge(&address).await?;
    let ticket = pages.admission.ticket(&address).await?.unwrap_or_default();
    Ok(report_page(language, &ComplaintForm::default(), ticket, &challenge, None))
}

/// Send the form
///
/// The same form sent twice is one complaint. 提交举报表单。
#[utoipa::path(
    post, path = "/report", operation_id = "send_page", tag = "page",
    request_body(content = ComplaintForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, body = String, content_type = "text/html"), PageRefusals)
)]
async fn send(
    State(pages): State<Pages>,
    SourceAddress(address): SourceAddress,
    PageLanguage(language): PageLanguage,
    form: Result<Form<ComplaintForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Ok(Form(form)) = form else { return Err(Problem::new(Code::InvalidBody)) };
    let filed = async {
        // Before the proof is spent, so that a slip costs no second one.
        let mut command = form.command(uuid_at(pages.complaints.clock.now()), language)?;
        let words = command.description.clone();
        let owner = pages.admission.admit_again(&address, Some(form.proof()), command.operation_id).await?;
        // A second click meets what the first one filed; other words under one proof are another complaint.
        if owner != command.operation_id && !pages.complaints.is_sent_again(owner, &words).await? {
            return Err(Problem::from(app::error::AppError::from(domain::proof_of_work::ProofRefusal::Replayed)));
        }
        command.operation_id = owner;
        Ok::<_, Problem>(pages.complaints.file(command).await?)
    };
    match filed.await {
        Ok(filed) => {
            let (t, receipt) = (Texts::of(language), grouped(filed.receipt.as_str()));
            let due = moment(filed.due_at);
            let page = ReceiptPage {
                t,
                title: t.filed_title,
                base: "report/",
                home: "report",
                saved: saved(t, &receipt, &due),
                receipt,
                due,
            };
            Ok(html(StatusCode::CREATED, &page, None))
        }
        Err(problem) if problem.status().is_server_error() => Err(problem),
        // Nothing that was written is lost. A ticket that has not waited is kept, so that it goes on waiting.
        Err(problem) => {
            let challenge = pages.admission.challenge(&address).await?;
            let ticket = if problem.code() == Code::ProofTooSoon {
                form.ticket.clone()
            } else {
                pages.admission.ticket(&address).await?.unwrap_or_default()
            };
            Ok(report_page(language, &form, ticket, &challenge, Some(&problem)))
        }
    }
}

/// The page to look a complaint up on
///
/// 查询页面。
#[utoipa::path(
    get, path = "/report/status", operation_id = "show_status_page", tag = "page",
    responses((status = 200, body = String, content_type = "text/html"))
)]
async fn look_up(PageLanguage(language): PageLanguage) -> Response {
    status_page(language, "", None, None)
}

/// Look a complaint up
///
/// The receipt is in the body and in no address. 凭回执查询。
#[utoipa::path(
    post, path = "/report/status", operation_id = "send_status_page", tag = "page",
    request_body(content = ReceiptForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"), PageRefusals)
)]
async fn status(
    State(pages): State<Pages>,
    PageLanguage(language): PageLanguage,
    form: Result<Form<ReceiptForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = form.map(|Form(form)| form).unwrap_or_default();
    shown(&pages, language, &form.receipt, Ok(())).await
}

/// Announce, or confirm, evidence
///
/// 提交证据。
#[utoipa::path(
    post, path = "/report/evidence", operation_id = "send_evidence_page", tag = "page",
    request_body(content = ReceiptForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"), PageRefusals)
)]
async fn evidence(
    State(pages): State<Pages>,
    PageLanguage(language): PageLanguage,
    form: Result<Form<ReceiptForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = form.map(|Form(form)| form).unwrap_or_default();
    let wanted = EvidenceType::ALL.into_iter().find(|it| it.as_str() == form.announce);
    let more: Vec<AnnouncedFile> =
        wanted.into_iter().map(|content_type| AnnouncedFile { content_type, sha256: None }).collect();
    let done = match Receipt::parse(&form.receipt) {
        Ok(receipt) => pages.complaints.evidence(&receipt, more).await.map(drop).map_err(Problem::from),
        Err(_) => Err(Problem::new(Code::ComplaintNotFound)),
    };
    shown(&pages, language, &form.receipt, done).await
}

/// Contest that nothing was done
///
/// 提出异议。
#[utoipa::path(
    post, path = "/report/contest", operation_id = "send_contest_page", tag = "page",
    request_body(content = ReceiptForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"), PageRefusals)
)]
async fn contest(
    State(pages): State<Pages>,
    PageLanguage(language): PageLanguage,
    form: Result<Form<ReceiptForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = form.map(|Form(form)| form).unwrap_or_default();
    let grounds = form.grounds.trim();
    let fits = (1..=2_000).contains(&grounds.chars().count());
    let done = match Receipt::parse(&form.receipt) {
        Ok(receipt) if fits => pages.complaints.contest(&receipt, grounds).await.map(drop).map_err(Problem::from),
        Ok(_) => Err(Problem::new(Code::InvalidBody)),
        Err(_) => Err(Problem::new(Code::ComplaintNotFound)),
    };
    shown(&pages, language, &form.receipt, done).await
}

/// The page's style
///
/// 页面样式。
#[utoipa::path(
    get, path = "/report/page.css", operation_id = "page_style", tag = "page",
    responses((status = 200, body = String, content_type = "text/css"))
)]
async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("../../../../web/page.css"))
}

/// The page's one script, which does the proof of work
///
/// 页面唯一的脚本：计算工作量证明。
#[utoipa::path(
    get, path = "/report/proof.js", operation_id = "page_script", tag = "page",
    responses((status = 200, body = String, content_type = "text/javascript"))
)]
async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("../../../../web/proof.js"))
}

/// The state of the complaint, with what was wrong with what was asked.
async fn shown(
    pages: &Pages,
    language: Language,
    receipt: &str,
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    let problem = done.err();
    let view = match Receipt::parse(receipt) {
        Ok(parsed) => pages.complaints.status(&parsed).await.map(|view| (parsed, view)).map_err(Problem::from),
        Err(_) => Err(Problem::new(Code::ComplaintNotFound)),
    };
    let (parsed, view) = match view {
        Ok(found) => found,
        Err(unknown) if unknown.status().is_server_error() => return Err(unknown),
        Err(unknown) => return Ok(status_page(language, receipt, None, Some(&unknown))),
    };
    // None where evidence is taken no longer.
    let forms = pages.complaints.files(&parsed).await.unwrap_or_default();
    let state = StateShown::of(&view, forms, Texts::of(language));
    Ok(status_page(language, receipt, Some(state), problem.as_ref()))
}

impl StateShown {
    fn of(view: &ComplaintView, forms: Vec<FileState>, t: &Texts) -> Self {
        let (status, title) = t.status(view.status);
        let uploads = forms.into_iter().zip(1..).filter_map(|(state, number)| match state {
            FileState::Kept => None,
            FileState::Awaited(form) => Some(Upload::of(form, number)),
        });
        let open = matches!(view.status, ComplaintStatus::Received | ComplaintStatus::UnderReview);
        Self {
            status,
            title,
            filed: moment(view.filed_at),
            due: moment(view.due_at),
            outcome: view.outcome_reason.clone(),
            files: view.files,
            contest: view.contest.as_ref().map(|it| if it.is_answered { t.contest_answered } else { t.contest_open }),
            bad_faith: view.bad_faith.as_ref().map(|(finding, _)| finding.reason.clone()),
            may_send: open && view.files.0 <= MOST_FILES,
            may_contest: view.status == ComplaintStatus::NotUpheld && view.contest.is_none(),
            uploads: uploads.collect(),
        }
    }
}

impl Upload {
    fn of(form: UploadForm, number: usize) -> Self {
        let content_type = form.fields.get("Content-Type").cloned().unwrap_or_default();
        Self { number, content_type, url: form.url, fields: form.fields.into_iter().collect() }
    }
}

fn report_page(
    language: Language,
    form: &ComplaintForm,
    ticket: String,
    challenge: &domain::proof_of_work::Challenge,
    problem: Option<&Problem>,
) -> Response {
    let (t, profile) = (Texts::of(language), Profile::cn_2017());
    let title = |text: &domain::profile::Bilingual| match language {
        Language::Zh => text.zh.clone(),
        Language::En => text.en.clone(),
    };
    let titles: Vec<(String, String)> =
        profile.complaint_reasons.iter().map(|reason| (reason.id.clone(), title(&reason.title))).collect();
    let page = ReportPage {
        t,
        title: t.report,
        base: "report/",
        home: "report",
        problem: problem.map(|problem| Told::of(problem, language)),
        form,
        ticket,
        challenge: serde_json::to_string(challenge).unwrap_or_default(),
        reasons: titles.iter().map(|(id, title)| Reason { id, title }).collect(),
    };
    told(&page, None, problem)
}

fn status_page(language: Language, receipt: &str, state: Option<StateShown>, problem: Option<&Problem>) -> Response {
    let t = Texts::of(language);
    let uploads_to = state.as_ref().and_then(|state| state.uploads.first()).map(|upload| origin(&upload.url));
    let page = StatusPage {
        t,
        title: t.look_up,
        base: "",
        home: "../report",
        problem: problem.map(|problem| Told::of(problem, language)),
        receipt,
        state,
    };
    told(&page, uploads_to.as_deref(), problem)
}

/// The page, which may say what was wrong with what was sent.
fn told(page: &impl Template, uploads_to: Option<&str>, problem: Option<&Problem>) -> Response {
    let response = html(StatusCode::OK, page, uploads_to);
    match problem {
        Some(problem) => refused(problem.clone(), response),
        None => response,
    }
}

/// The page with the policy that the browser holds it to: nothing from anybody else, and forms to us and to the store alone.
fn html(status: StatusCode, page: &impl Template, uploads_to: Option<&str>) -> Response {
    let Ok(text) = page.render() else { return Problem::new(Code::Internal).into_response() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self' {}; base-uri 'none'; \
         frame-ancestors 'none'",
        uploads_to.unwrap_or_default()
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, text).into_response()
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    // An hour: what a release changes is there on the same day.
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}

/// `https://host` of an address.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// In fives, as people read them to each other.
fn grouped(receipt: &str) -> String {
    let groups: Vec<&str> =
        receipt.as_bytes().chunks(5).map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join("-")
}

/// The text that is saved, as a data address has it.
fn saved(t: &Texts, receipt: &str, due: &str) -> String {
    let text = format!("{}: {receipt}\n{}: {due}\n", t.receipt, t.due);
    percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn moment(at: Timestamp) -> String {
    at.to_zoned_datetime(SHANGHAI.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
