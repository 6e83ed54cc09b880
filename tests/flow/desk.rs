//! The desk in the console, over the ports in memory: what reviewers, the lead and operators do with it.

use app::ports::CaseBoard;
use domain::{
    case::{Case, CaseState, Matter},
    id::AccountId,
    publication::Part,
    subject::Subject,
};
use lambda::direct::{Call, process_direct};
use operator_desk::handle;
use screening::verdict::{Effect, Finding, Matched, Span, Title, Verdict};
use serde_json::{Value, json};
use testkit::{Twins, samples};

use crate::desk_deps::deps;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-local-operator-desk";

/// Somebody in front of a widget.
struct Operator<'a> {
    twins: &'a Twins,
    door: &'static str,
}

impl Operator<'_> {
    async fn call(&self, event: Value) -> Value {
        let deps = deps(self.twins);
        let function_arn = format!("{FUNCTION}:{}", self.door);
        let call = Call { event, function_arn, request_id: "request-1".to_owned() };
        process_direct(call, |call| handle(&deps, call)).await
    }

    /// The page after pressing a button.
    async fn press(&self, said: &Value, fields: &Value) -> String {
        let mut event = said.clone();
        event["widgetContext"] = json!({ "locale": "en", "theme": "light", "forms": { "all": fields } });
        self.call(event).await.as_str().expect("a widget is answered with a page").to_owned()
    }

    async fn see(&self, screen: &Value) -> String {
        self.press(screen, &json!({})).await
    }
}

/// What the button with that act sends, as the page has it.
fn button(page: &str, act: &str) -> Value {
    let marker = format!("&quot;act&quot;:&quot;{act}&quot;");
    let at = page.find(&marker).unwrap_or_else(|| panic!("no button {act}: {page}"));
    let start = page[..at].rfind('>').unwrap() + 1;
    let end = start + page[start..].find('<').unwrap();
    serde_json::from_str(&page[start..end].replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
}

fn notice(page: &str) -> &str {
    let start = page.find("id=\"notice\"").map_or(page.len(), |at| at);
    &page[start..]
}

/// A case about a publication of a stranger, whose text is `text`, found by a rule at `span`.
async fn case_about(twins: &Twins, text: &str, span: (usize, usize)) -> Case {
    let account = samples::account().named("江边的钓鱼人").active();
    let account_id: AccountId = account.account_id;
    twins.accounts.put(account);
    let mut record = samples::publication(account_id, "post-1", "");
    record.publication.parts = vec![Part::Text { text: text.to_owned() }];
    record.verdict = Verdict {
        effect: Effect::Hold,
        findings: vec![Finding {
            rule: "gambling".to_owned(),
            rule_version: 3,
            policy: "gambling".to_owned(),
            effect: Effect::Hold,
            spans: vec![Span { part: 0, start: span.0, end: span.1, utf16_start: 0, utf16_end: 0 }],
            title: Title { zh: "赌博".to_owned(), en: "Gambling <b>".to_owned() },
            matched: vec![Matched {
                bank: "games".to_owned(),
                entry: "<img src=x>".to_owned(),
                normalised: String::new(),
            }],
            places_left_out: 0,
        }],
        rule_pack: "shop@4".to_owned(),
        ..Verdict::default()
    };
    let subject = Subject::Publication(record.publication.publication_id);
    twins.publications.put(record);
    let complaint = samples::complaint(subject);
    twins.cases.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let change = samples::opening(&complaint, "default");
    twins.cases.open(&change, Some(&complaint)).await.unwrap();
    change.state
}

#[tokio::test]
async fn a_reviewer_claims_and_decides_by_buttons_alone() {
    let twins = Twins::at(samples::NOON);
    let case = case_about(&twins, "来玩百家乐", (6, 15)).await;
    let reviewer = Operator { twins: &twins, door: "reviewer-li" };
    let list = reviewer.see(&json!({})).await;
    assert!(list.contains(&case.case_id.to_string()), "{list}");
    let screen = json!({ "screen": "case", "case_id": case.case_id });
    let page = reviewer.see(&screen).await;
    assert!(page.contains("<mark title=\"gambling@3 Gambling &lt;b&gt;\">百家乐</mark>"), "{page}");
    assert!(page.contains("江边的钓鱼人"), "whose it is: {page}");

    let claimed = reviewer.press(&button(&page, "claim"), &json!({})).await;
    assert!(notice(&claimed).contains("The case is yours."), "{claimed}");
    let decide = button(&claimed, "decide");
    let fields =
        json!({ "action": "warn", "policy": "gambling", "reason": "引导赌博", "facts": "一条发布", "days": "" });
    let decided = reviewer.press(&decide, &fields).await;
    assert!(notice(&decided).contains("The decision is made."), "{decided}");
    // A second click, as slow as it may be, is the same decision.
    let again = reviewer.press(&decide, &fields).await;
    assert!(notice(&again).contains("was not done again"), "{again}");
    let stored = twins.cases.case(case.case_id).await.unwrap().unwrap();
    assert_eq!(stored.state, CaseState::Decided);
    let decision = stored.decision.unwrap();
    assert_eq!(
        (decision.policies.as_slice(), decision.reason.as_str()),
        (["gambling".to_owned()].as_slice(), "引导赌博")
    );
    assert!(format!("{:?}", decision.decided_by).contains("operator-desk:reviewer/caller_"), "{decision:?}");
    assert!(!format!("{decision:?}").contains("reviewer-li"), "people are known by pseudonym");
}

#[tokio::test]
async fn an_account_is_closed_by_two_people_at_the_desk_and_by_no_one_alone() {
    let twins = Twins::at(samples::NOON);
    let case = case_about(&twins, "来玩百家乐", (6, 15)).await;
    let account = twins.publications.all().first().unwrap().publication.account_id;
    let complaint = samples::complaint(Subject::Account(account));
    twins.cases.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let opening = samples::opening(&complaint, "default");
    twins.cases.open(&opening, Some(&complaint)).await.unwrap();
    assert_ne!(opening.state.case_id, case.case_id);
    let screen = json!({ "screen": "case", "case_id": opening.state.case_id });
    let (wang, li) = (Operator { twins: &twins, door: "lead-wang" }, Operator { twins: &twins, door: "reviewer-li" });
    let claimed = wang.press(&button(&wang.see(&screen).await, "claim"), &json!({})).await;
    let fields = json!({ "action": "close", "policy": "fraud", "reason": "屡次诈骗", "facts": "三次处置后再犯", "review_days": "180" });
    let proposed = wang.press(&button(&claimed, "decide"), &fields).await;
    assert!(proposed.contains("A severe step that waits for a second person"), "{proposed}");
    assert!(!proposed.contains("&quot;act&quot;:&quot;approve&quot;"), "nobody agrees with themselves: {proposed}");
    let seen = li.see(&screen).await;
    assert!(
        seen.contains("It waits for the content safety lead.") && !seen.contains("&quot;act&quot;:&quot;approve&quot;")
    );

    // Another lead does not agree, and says why; then it is proposed again, and the other agrees.
    let zhao = Operator { twins: &twins, door: "lead-zhao" };
    let refuse = button(&zhao.see(&screen).await, "refuse_proposal");
    let without = zhao.press(&refuse, &json!({})).await;
    assert!(notice(&without).contains("reason"), "{without}");
    let refused = zhao.press(&refuse, &json!({ "reason": "先暂停更新" })).await;
    assert!(notice(&refused).contains("the case is open again"), "{refused}");
    let page = wang.see(&screen).await;
    assert!(page.contains("Not agreed to") && page.contains("先暂停更新"), "{page}");
    let claimed = if page.contains("&quot;act&quot;:&quot;decide&quot;") {
        page
    } else {
        wang.press(&button(&page, "claim"), &json!({})).await
    };
    let _ = wang.press(&button(&claimed, "decide"), &fields).await;
    let agree = button(&zhao.see(&screen).await, "approve");
    let agreed = zhao.press(&agree, &json!({})).await;
    assert!(notice(&agreed).contains("Agreed"), "{agreed}");
    let again = zhao.press(&agree, &json!({})).await;
    assert!(notice(&again).contains("was not done again"), "{again}");
    let stored = twins.cases.case(opening.state.case_id).await.unwrap().unwrap();
    let decision = stored.decision.unwrap();
    let people = [Some(decision.decided_by), decision.approved_by].map(|it| it.unwrap().name().to_owned());
    assert!(people[0].contains(":lead/") && people[1].contains(":lead/") && people[0] != people[1], "{people:?}");
}

#[tokio::test]
async fn a_hold_is_placed_at_the_desk_and_another_person_releases_it() {
    let twins = Twins::at(samples::NOON);
    let account = samples::account().active();
    let account_id = account.account_id;
    twins.accounts.put(account);
    let (wang, zhao) = (Operator { twins: &twins, door: "lead-wang" }, Operator { twins: &twins, door: "lead-zhao" });
    let place = button(&wang.see(&json!({ "screen": "holds" })).await, "place_hold");
    let fields = json!({ "held": account_id, "legal_basis": "（2026）调证字第 2 号 <b>", "reason": "协助调查" });
    let nowhere = wang.press(&place, &json!({ "held": "everything", "legal_basis": "x", "reason": "y" })).await;
    assert!(notice(&nowhere).contains("held"), "{nowhere}");
    let placed = wang.press(&place, &fields).await;
    assert!(notice(&placed).contains("The hold is in force.") && placed.contains("2 号 &lt;b&gt;"), "{placed}");
    let again = wang.press(&place, &fields).await;
    assert!(notice(&again).contains("was not done again"), "{again}");
    assert_eq!(again.matches(&account_id.to_string()).count(), 1, "one hold: {again}");

    let auditor = Operator { twins: &twins, door: "auditor-qian" };
    let seen = auditor.see(&json!({ "screen": "holds" })).await;
    assert!(seen.contains(&account_id.to_string()) && !seen.contains("release_hold"), "{seen}");
    let own = wang.press(&button(&again, "release_hold"), &json!({ "reason": "终结" })).await;
    assert!(own.contains("note bad") && own.contains("In force") | own.contains("in force"), "{own}");
    let lift = button(&zhao.see(&json!({ "screen": "holds" })).await, "release_hold");
    let lifted = zhao.press(&lift, &json!({ "reason": "终结" })).await;
    assert!(notice(&lifted).contains("The hold is released.") && lifted.contains("终结"), "{lifted}");
}

#[tokio::test]
async fn what_a_stranger_wrote_is_text_and_nothing_else() {
    let hostile =
        "<script>alert(1)</script><cwdb-action action=\"call\" endpoint=\"arn:evil\">{}</cwdb-action>\u{202E}txt\u{0}";
    let twins = Twins::at(samples::NOON);
    let text = format!("{hostile}{}", "长".repeat(30_000));
    let case = case_about(&twins, &text, (0, 8)).await;
    let reviewer = Operator { twins: &twins, door: "reviewer-li" };
    let page = reviewer.see(&json!({ "screen": "case", "case_id": case.case_id })).await;
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("arn:evil\">"),
        "markup of a stranger"
    );
    assert!(!page.contains(['\u{202E}', '\u{0}']), "what is not seen is made visible");
    assert!(page.contains("more characters"), "what is left out is told");
    let whole = reviewer.see(&json!({ "screen": "case", "case_id": case.case_id, "whole": true })).await;
    assert!(!whole.contains("more characters") && whole.matches('长').count() == 30_000);
    for said in ["queue", "state", "cursor", "screen", "case_id"] {
        let page = reviewer.see(&json!({ "screen": "cases", said: "\"><script>" })).await;
        assert!(!page.contains("<script"), "{said}");
    }
}

#[tokio::test]
async fn two_operators_meet_on_one_case_and_each_is_told() {
    let twins = Twins::at(samples::NOON);
    let case = case_about(&twins, "来玩百家乐", (6, 15)).await;
    let (li, wang) =
        (Operator { twins: &twins, door: "reviewer-li" }, Operator { twins: &twins, door: "reviewer-wang" });
    let screen = json!({ "screen": "case", "case_id": case.case_id });
    let (seen_by_li, seen_by_wang) = (li.see(&screen).await, wang.see(&screen).await);
    let held = li.press(&button(&seen_by_li, "claim"), &json!({})).await;
    let refused = wang.press(&button(&seen_by_wang, "claim"), &json!({})).await;
    assert!(notice(&refused).contains("case_claimed_by_another"), "{refused}");
    // Half an hour later Li's claim has run out, and the form that is still open is no use.
    twins.clock.set(samples::NOON + jiff::SignedDuration::from_mins(31));
    let fields = json!({ "action": "no_action", "policy": "", "reason": "r", "facts": "f" });
    let late = li.press(&button(&held, "decide"), &fields).await;
    assert!(notice(&late).contains("case_not_claimed"), "{late}");
    let taken = wang.press(&button(&wang.see(&screen).await, "claim"), &json!({})).await;
    assert!(notice(&taken).contains("The case is yours."), "{taken}");
}

#[tokio::test]
async fn nobody_judges_an_appeal_against_a_decision_of_their_own_by_another_door() {
    let twins = Twins::at(samples::NOON);
    let case = case_about(&twins, "来玩百家乐", (6, 15)).await;
    let li = Operator { twins: &twins, door: "reviewer-li" };
    let page = li.see(&json!({ "screen": "case", "case_id": case.case_id })).await;
    let page = li.press(&button(&page, "claim"), &json!({})).await;
    let fields = json!({ "action": "warn", "policy": "gambling", "reason": "r", "facts": "f" });
    li.press(&button(&page, "decide"), &fields).await;
    let decided_by = twins.cases.case(case.case_id).await.unwrap().unwrap().decision.unwrap().decided_by;
    // The same person by the lead's door, and at the API under a session of that name.
    for arn in ["arn:aws:lambda:us-east-1:1:function:f:lead/li", "arn:aws:sts::1:assumed-role/Reviewer/li"] {
        assert!(decided_by.is_same_person(&testkit::MemoryCallers::actor(arn)), "{arn}");
    }
    assert!(matches!(case.matter, Matter::Complaint { .. }));
}

#[tokio::test]
async fn the_lead_declares_an_incident_and_a_stale_form_is_told() {
    let twins = Twins::at(samples::NOON);
    let lead = Operator { twins: &twins, door: "lead-wang" };
    let page = lead.see(&json!({ "screen": "incident" })).await;
    let fields = json!({ "measure": "hold_policy", "policy": "gambling", "reason": "突发事件", "minutes": "30" });
    let declared = lead.press(&button(&page, "declare_incident"), &fields).await;
    assert!(declared.contains("An incident lasts"), "{declared}");
    let end = json!({ "measure": "none", "reason": "结束", "minutes": "1" });
    let mut stale = button(&page, "declare_incident");
    stale["operation_id"] = json!("another-click-on-the-old-page");
    let refused = lead.press(&stale, &end).await;
    assert!(notice(&refused).contains("form_stale") && refused.contains("An incident lasts"), "{refused}");
    let ended = lead.press(&button(&declared, "declare_incident"), &end).await;
    assert!(ended.contains("No incident lasts"), "{ended}");
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let seen = operator.see(&json!({ "screen": "incident" })).await;
    assert!(!seen.contains("declare_incident"), "operators look, and declare nothing");
    let mut forged = button(&ended, "declare_incident");
    forged["operation_id"] = json!("forged");
    let refused = operator.press(&forged, &fields).await;
    assert!(notice(&refused).contains("not_for_role"), "{refused}");
}

#[tokio::test]
async fn an_operator_goes_back_to_an_earlier_pack() {
    use app::ports::RulePackShelf;
    let twins = Twins::at(samples::NOON);
    for published in [samples::published_pack(3, 0x33), samples::published_pack(4, 0x44)] {
        let change = twins.rule_packs.register().await.unwrap().publish(&published).unwrap();
        twins.rule_packs.put(&change, Some(&published)).await.unwrap();
    }
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let page = operator.see(&json!({ "screen": "rule_packs" })).await;
    let back = button(&page, "activate_rule_pack");
    let silent = operator.press(&back, &json!({ "reason": "" })).await;
    assert!(notice(&silent).contains("invalid_body"), "a reason is asked for: {silent}");
    let done = operator.press(&back, &json!({ "reason": "误伤" })).await;
    assert!(notice(&done).contains("The rule pack is in force"), "{done}");
    assert_eq!(twins.rule_packs.register().await.unwrap().version_in_force(), 3);
}

#[tokio::test]
async fn dead_letters_are_looked_at_and_sent_back() {
    let twins = Twins::at(samples::NOON);
    twins.letter_boxes.put("enforcement", r#"{"event_id":"evt_1","event_type":"case_decided"}"#);
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let page = operator.see(&json!({ "screen": "dead_letters", "queue": "enforcement" })).await;
    assert!(page.contains("case_decided") && page.contains("logs enforcer"), "{page}");
    let done = operator.press(&button(&page, "send_back"), &json!({ "at_most": "10" })).await;
    assert!(notice(&done).contains("Sent back"), "{done}");
    assert_eq!(twins.letter_boxes.back().len(), 1);
}

/// A widget is there at once: each screen is a handful of keyed reads, whatever is stored.
#[tokio::test]
async fn no_screen_asks_more_than_eight_times() {
    let twins = Twins::at(samples::NOON);
    let case = case_about(&twins, "来玩百家乐", (6, 15)).await;
    for (door, screens) in [
        (
            "lead-wang",
            vec![
                json!({ "screen": "cases" }),
                json!({ "screen": "case", "case_id": case.case_id }),
                json!({ "screen": "account" }),
                json!({ "screen": "incident" }),
                json!({ "screen": "rule_packs" }),
                json!({ "screen": "record" }),
                json!({ "screen": "packages" }),
            ],
        ),
        ("operator-zhao", vec![json!({ "screen": "dead_letters", "queue": "enforcement" })]),
    ] {
        let operator = Operator { twins: &twins, door };
        for screen in screens {
            let before = twins.faults.calls();
            let page = operator.see(&screen).await;
            let calls = twins.faults.calls() - before;
            assert!(!page.contains("note bad"), "{screen}: {page}");
            assert!(calls <= 8, "{screen}: {calls} calls");
        }
    }
}

#[tokio::test]
async fn a_month_is_filed_by_province_and_filed_again_the_same() {
    use app::ports::AccountLedger;
    use domain::actor::Actor;
    let twins = Twins::at(samples::NOON);
    let actor = || Actor::function("registration-verifier");
    for (name, province) in [("=HYPERLINK(甲)", Some("35")), ("城市天气", Some("35")), ("江边的钓鱼人", None)]
    {
        let mut account = samples::account().named(name).pending();
        account.province = province.map(ToOwned::to_owned);
        twins.accounts.put(account.clone());
        twins.accounts.save(&account.verify(actor(), samples::NOON).unwrap()).await.unwrap();
    }
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let ask = json!({ "command": "make_filings", "month": "2026-11", "dry_run": false, "locale": "en" });
    let early = operator.call(ask.clone()).await;
    assert_eq!(early["problem"]["code"], "month_not_over", "{early}");
    twins.clock.advance(jiff::SignedDuration::from_hours(24 * 30));
    let mut rehearsal = ask.clone();
    rehearsal["dry_run"] = json!(true);
    let would = operator.call(rehearsal).await;
    assert!(twins.filings.all().is_empty(), "a dry run puts nothing");
    let made = operator.call(ask.clone()).await;
    assert_eq!(made["result"]["files"], would["would"]["files"], "{made}");
    let first = twins.filings.all();
    operator.call(ask).await;
    assert_eq!(twins.filings.all(), first, "filed again, the same bytes");
    let sheet = String::from_utf8(first["filings/2026-11/35/accounts.csv"].clone()).unwrap();
    assert!(sheet.starts_with('\u{FEFF}') && sheet.contains("'=HYPERLINK") && sheet.lines().count() == 3, "{sheet}");
    assert!(first.contains_key("filings/2026-11/00/accounts.json"), "who has no province is not left out");
    let figures = String::from_utf8(first["filings/2026-11/figures.csv"].clone()).unwrap();
    assert!(figures.contains("35,个人,备案,2"), "{figures}");
}

/// What somebody has ordered about an account, with markup in what they wrote.
async fn package_of(twins: &Twins, hostile: &str) -> domain::id::PackageId {
    use app::packaging::OrderPackage;
    use domain::{
        evidence_package::{LogObjects, PackageScope, PersonalData},
        legal_hold::HoldScope,
    };
    let account = samples::account().active();
    let subject = Subject::Account(account.account_id);
    twins.accounts.put(account);
    let order = OrderPackage {
        operation_id: uuid::Uuid::now_v7(),
        scope: PackageScope {
            of: HoldScope::Subject { subject },
            from: samples::NOON - jiff::SignedDuration::from_hours(2),
            until: samples::NOON,
        },
        legal_basis: hostile.to_owned(),
        reason: hostile.to_owned(),
        personal_data: PersonalData::Included,
        log_objects: LogObjects::Named,
        actor: testkit::MemoryCallers::actor(&format!("{FUNCTION}:lead/wang")),
    };
    twins.package_desk().order(order).await.unwrap().package_id
}

#[tokio::test]
async fn an_evidence_package_is_approved_at_the_desk_by_another_lead() {
    let twins = Twins::at(samples::NOON);
    let hostile = "<script>alert(1)</script><cwdb-action>\u{202E}";
    let package_id = package_of(&twins, hostile).await;
    let (wang, zhao) = (Operator { twins: &twins, door: "lead-wang" }, Operator { twins: &twins, door: "lead-zhao" });
    let page = wang.see(&json!({ "screen": "packages" })).await;
    assert!(page.contains("waits for approval") && page.contains("identities and addresses in clear"), "{page}");
    assert!(!page.contains("<script") && !page.contains('\u{202E}'), "markup of a stranger: {page}");
    let own = wang.press(&button(&page, "approve_package"), &json!({})).await;
    assert!(own.contains("note bad") && own.contains("waits for approval"), "nobody approves their own: {own}");
    let page = zhao.see(&json!({ "screen": "packages" })).await;
    let (approve, refuse) = (button(&page, "approve_package"), button(&page, "refuse_package"));
    let silent = zhao.press(&refuse, &json!({ "reason": " " })).await;
    assert!(notice(&silent).contains("reason"), "a reason is asked for: {silent}");
    let approved = zhao.press(&approve, &json!({})).await;
    assert!(notice(&approved).contains("Approved; the package is being built."), "{approved}");
    let again = zhao.press(&approve, &json!({})).await;
    assert!(notice(&again).contains("was not done again"), "{again}");
    // The form of the page before is no use any more.
    let late = zhao.press(&refuse, &json!({ "reason": "依据不足" })).await;
    assert!(late.contains("note bad") && late.contains("being built"), "{late}");
    let stored = twins.package_desk().show(package_id).await.unwrap();
    assert!(stored.approver().is_some(), "{stored:?}");
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let refused = operator.press(&approve, &json!({})).await;
    assert!(notice(&refused).contains("not_for_role"), "{refused}");
}

#[tokio::test]
async fn an_order_that_is_turned_down_says_why_and_is_built_by_nobody() {
    let twins = Twins::at(samples::NOON);
    package_of(&twins, "（2026）京公调证字第 9 号").await;
    let zhao = Operator { twins: &twins, door: "lead-zhao" };
    let page = zhao.see(&json!({ "screen": "packages" })).await;
    let refused = zhao.press(&button(&page, "refuse_package"), &json!({ "reason": "依据<b>不足" })).await;
    assert!(
        notice(&refused).contains("The order is turned down.") && refused.contains("依据&lt;b&gt;不足"),
        "{refused}"
    );
    assert!(!refused.contains("approve_package"), "there is nothing to approve: {refused}");
}

#[tokio::test]
async fn who_comes_in_sees_what_waits_and_which_breaker_has_tripped() {
    use app::ports::CircuitBreaker;
    use domain::{comment_duty::day_of, enforcement::EnforcementKind, id::DecisionId, settings::Settings};
    let twins = Twins::at(samples::NOON);
    case_about(&twins, "来玩百家乐", (6, 15)).await;
    let most = Settings::default().enforcement.suspensions_per_day;
    let today = day_of(samples::NOON);
    for day in [today.yesterday().unwrap(), today] {
        let count = if day == today { most } else { 1 };
        for _ in 0..count {
            let kind = EnforcementKind::SuspendUpdates;
            assert!(twins.breaker.admit(kind, day, most, DecisionId::at(samples::NOON)).await.unwrap());
        }
    }
    // Eleven days later the case is over its time.
    let reviewer = Operator { twins: &twins, door: "reviewer-li" };
    let before = twins.faults.calls();
    let page = reviewer.see(&json!({ "screen": "workload" })).await;
    let calls = twins.faults.calls() - before;
    let queues = page.matches("&quot;screen&quot;:&quot;cases&quot;").count() - 1;
    assert!(calls <= queues + 4, "one for each of {queues} queues, and door, settings, counts: {calls}");
    assert!(page.contains("<svg") && page.contains("tripped") == (most > 0), "{page}");
    assert!(page.contains(&format!("Today {most} / {most}")), "{page}");
    assert!(page.contains(&format!("{today}: {most}")), "the numbers are told as well: {page}");
    twins.clock.advance(jiff::SignedDuration::from_hours(24 * 11));
    let late = reviewer.see(&json!({ "screen": "workload" })).await;
    assert!(late.contains("<span class=\"late\">1</span>") && late.contains("class=\"p-late\" x="), "{late}");
    let operator = Operator { twins: &twins, door: "operator-zhao" };
    let told = operator.call(json!({ "command": "workload" })).await;
    let default = told["queues"].as_array().unwrap().iter().find(|one| one["queue"] == "default").unwrap();
    assert_eq!((&default["open"], &default["late"]), (&json!(1), &json!(1)), "{told}");
    let seen = operator.see(&json!({ "screen": "workload" })).await;
    assert!(!seen.contains("&quot;screen&quot;:&quot;cases&quot;"), "operators see numbers and no cases: {seen}");
    let auditor = Operator { twins: &twins, door: "auditor-qian" };
    assert!(auditor.see(&json!({ "screen": "workload" })).await.contains("not_for_role"));
}
