//! What the sample events take for granted (`events/README.md`), over in-memory ports.

use app::{
    backtesting::{OrderBacktest, PackToTry},
    ports::{
        AssessmentRegister, BacktestShelf, Blacklist, CaseBoard, GroupRegister, HoldShelf, PackageShelf, Queue,
        RulePackShelf,
    },
    registration::{Register, Registration},
};
use domain::{
    account::Account,
    actor::Actor,
    backtest::BacktestOutcome,
    case::Case,
    complaint::{AccountFace, Complaint, Snapshot},
    document::DocumentType,
    evidence_package::{BuiltPackage, EvidencePackage, LogObjects, NewPackage, PackageScope, PersonalData},
    group::AccountGroup,
    id::{AccountId, BacktestId, CaseId, ComplaintId, GroupId, PublicationId},
    legal_hold::{HoldScope, LegalHold, NewHold},
    personal::Personal,
    policy_document::PolicyDocument,
    principal::{PrincipalKey, PrincipalKind},
    profile::Bilingual,
    publication::Part,
    receipt::Receipt,
    subject::Subject,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Lane, MemoryCallers, Twins, samples, samples::object};

use crate::{
    appeals::appeals, dismissed::dismissed, proposals::proposals, qualifications::qualifications, reports::reports,
    under_way::under_way,
};

pub(crate) const ACTIVE: &str = "acct_01m8323b80e00r000000000001";
const PENDING: &str = "acct_01m8323b80e00r000000000002";
pub(crate) const SUSPENDED: &str = "acct_01m8323b80e00r000000000003";
pub(crate) const OTHER: &str = "acct_01m8323b80e00r000000000004";
const GROUP: &str = "grp_01m8323b80e00r000000000001";
const OF_LISTED: &str = "acct_01m8323b80e00r000000000005";
const UNBOUND: &str = "acct_01m8323b80e00r000000000006";
const CASE: &str = "case_01m8323b80e00r00000000000b";
const CLAIMED: &str = "case_01m8323b80e00r00000000000c";
pub(crate) const REVIEWER: &str = "arn:aws:iam::123456789012:user/reviewer";
const JOINED: &str = "cmpl_01m8323b80e00r00000000000q";
const WAITING: [&str; 3] =
    ["cmpl_01m8323b80e00r00000000000m", "cmpl_01m8323b80e00r00000000000n", "cmpl_01m8323b80e00r00000000000p"];

/// How the identifiers of the sample events begin or are spelt: they stay readable in snapshots.
pub(crate) const KNOWN: [&str; 53] = [
    "01m8323b80e00r000000000091",
    "01m8323b80e00r000000000092",
    "01m8323b80e00r000000000081",
    "01m8323b80e00r000000000082",
    "01m8323b80e00r000000000071",
    "01m8323b80e00r000000000072",
    "01m8323b80e00r000000000073",
    "01m8323b80e00r000000000061",
    "01m8323b80e00r000000000062",
    "01m8323b80e00r000000000063",
    "01m8323b80e00r000000000064",
    "2js0vtb9y5hdgt5c5nqm714hwt",
    "7gjg8zq7abh3ct1bxqt7dhv43p",
    "01m8323b80e00r000000000051",
    "01m8323b80e00r000000000052",
    "01m8323b80e00r000000000053",
    "01m8323b80e00r000000000054",
    "01m8323b80e00r000000000055",
    "01m8323b80e00r000000000056",
    "01m8323b80e00r000000000099",
    "01m8323b80e00r000000000009",
    "01m8323b80e00r00000000000e",
    "01m8323b80e00r00000000000f",
    "01m8323b80e00r000000000001",
    "01m8323b80e00r000000000002",
    "01m8323b80e00r000000000003",
    "01m8323b80e00r000000000004",
    "01m8323b80e00r000000000005",
    "01m8323b80e00r000000000006",
    "01m8323b80e00r000000000007",
    "01m8323b80e00r000000000008",
    "01m8323b80e00r000000000033",
    "01m8323b80e00r000000000071",
    "01m8323b80e00r000000000041",
    "01m8323b80e00r000000000042",
    "01m8323b80e00r000000000043",
    "01m8323b80e00r000000000044",
    "01m8323b80e00r000000000045",
    "01m8323b80e00r00000000000b",
    "01m8323b80e00r00000000000c",
    "01m8323b80e00r00000000000d",
    "01m8323b80e00r000000000032",
    "01m8323b80e00r00000000000m",
    "01m8323b80e00r00000000000n",
    "01m8323b80e00r00000000000p",
    "01m8323b80e00r00000000000q",
    "01m8323b80e00r000000000018",
    "01m8323b80e00r000000000019",
    "01m8323b80e00r00000000001a",
    "01m8323b80e00r00000000001b",
    "359vekds1rgzqt823kxncmabgh",
    "7h04hn22kcgdt8nktphacmsj9c",
    "0s5g38ra0kha4s8ykn7t8hwt2w",
];

pub(crate) fn account_id(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// Puts everything in place. Nothing is on its way yet.
pub(crate) async fn furnished() -> Twins {
    // Each in a box: together they are more than a test's stack.
    let twins = Twins::at(samples::NOON);
    policy_documents(&twins);
    Box::pin(accounts(&twins)).await;
    twins.protected_names.protect(samples::protected_name("人民日报*", &[PrincipalKind::Media]));
    Box::pin(comments(&twins)).await;
    twins.publications.put(samples::publication(account_id(ACTIVE), "post-1", "今天在胡同口吃到了很好吃的炸酱面。"));
    media(&twins);
    Box::pin(listed(&twins)).await;
    Box::pin(cases(&twins)).await;
    Box::pin(appeals(&twins)).await;
    Box::pin(proposals(&twins)).await;
    Box::pin(dismissed(&twins)).await;
    Box::pin(qualifications(&twins)).await;
    control_files(&twins);
    Box::pin(rule_packs(&twins)).await;
    Box::pin(holds(&twins)).await;
    twins.letter_boxes.put("enforcement", r#"{"event_id":"evt_1","event_type":"case_decided","case_id":"case_1"}"#);
    Box::pin(packages(&twins)).await;
    Box::pin(backtests(&twins)).await;
    Box::pin(reports(&twins)).await;
    Box::pin(under_way(&twins)).await;
    let _ = twins.rule_packs.take_events();
    let _ = twins.holds.take_events();
    let _ = twins.packages.take_events();
    let _ = twins.backtests.take_events();
    let _ = twins.accounts.take_events();
    let _ = twins.cases.take_events();
    twins
}

/// The publish rules: of version 1 the grace period is over, of version 2 it runs.
fn rules(version: u32) -> PolicyDocument {
    PolicyDocument {
        document_id: "publish-rules".to_owned(),
        title: Bilingual { zh: "发布规则".to_owned(), en: "Publish rules".to_owned() },
        effective_at: samples::NOON - SignedDuration::from_hours(if version == 1 { 720 } else { 120 }),
        grace_hours: 240,
        ..samples::service_agreement(version)
    }
}

fn policy_documents(twins: &Twins) {
    for version in [1, 2] {
        twins.policy_documents.add(rules(version));
    }
}

/// Two publications that wait for media, one of them with a frame that nobody has put.
fn media(twins: &Twins) {
    let words = Part::Text { text: "今天的云".to_owned() };
    let [picture, sound, film] = ["scene.png", "2.mp3", "3.mp4"].map(|name| format!("uploads/2026/11/23/{name}"));
    let one = vec![words.clone(), samples::image(&picture)];
    let many = vec![
        words,
        samples::image(&picture),
        Part::Audio { url: "https://cdn.example.org/2.mp3".to_owned(), transcript: None, object: Some(object(&sound)) },
        Part::Video {
            url: "https://cdn.example.org/3.mp4".to_owned(),
            transcript: None,
            object: Some(object(&film)),
            key_frames: vec![object(&picture), object("uploads/2026/11/23/gone.png")],
        },
    ];
    twins.publications.put(samples::awaiting_media(account_id(ACTIVE), "media-1", one));
    twins.publications.put(samples::awaiting_media(account_id(ACTIVE), "media-2", many));
    let scene = include_bytes!("../../crates/pictures/tests/pictures/scene.png");
    twins.media.put(&picture, scene.as_slice());
    twins.media.put(&sound, "sound");
    twins.media.put(&film, "film");
}

/// The active account's publication has a comment, for comments are assessed.
async fn comments(twins: &Twins) {
    let publication_id = PublicationId::named(account_id(ACTIVE), "post-1");
    let mut record = samples::comment(publication_id, "c-1", "炸酱面看着真香。");
    record.comment.account_id = account_id(ACTIVE);
    twins.comments.put(record);
    let register = twins.assessments.register().await.unwrap();
    let registered = register.register(samples::assessment(), samples::reviewer("lead"), samples::NOON);
    AssessmentRegister::save(&*twins.assessments, &registered.unwrap().unwrap()).await.unwrap();
    let _ = twins.assessments.take_events();
}

async fn accounts(twins: &Twins) {
    for (id, make) in [
        (ACTIVE, samples::account().named("江边的钓鱼人").active()),
        (SUSPENDED, samples::account().named("返利小能手").suspended(None)),
        (OTHER, samples::account().named("示例集团").kind(PrincipalKind::Enterprise).active()),
    ] {
        let agreements = vec![samples::acceptance(&rules(1))];
        twins.accounts.put(Account { account_id: account_id(id), agreements, ..make });
    }
    let unbound = samples::account().named("不看协议的人").active();
    twins.accounts.put(Account { account_id: account_id(UNBOUND), ..unbound });
    // The one that waits has a real seal, for the verifier opens it.
    let registration = Registration {
        accounts: twins.accounts.clone(),
        vault: twins.vault.clone(),
        index: twins.index.clone(),
        settings: twins.settings.clone(),
        principals: twins.accounts.clone(),
        naming: samples::naming(twins),
        engines: twins.engines.clone(),
        removed: twins.removed.watch(),
        clock: Arc::new(twins.clock.clone()),
    };
    let register = Register {
        operation_id: account_id(PENDING).uuid(),
        principal_kind: PrincipalKind::Individual,
        document_type: DocumentType::ResidentIdentityNumber,
        // The second example of GB 11643-1999, so that the first one's quota is free.
        document_number: Personal::new("440524188001010014".to_owned()),
        issuing_state: None,
        name: Personal::new("张三".to_owned()),
        display_name: "等待核验".to_owned(),
        actor: samples::platform(),
    };
    registration.register(register).await.unwrap();
}

/// A principal on the blacklist, and the account that it had before.
async fn listed(twins: &Twins) {
    let principal = PrincipalKey::new(1, &[0x11; 32]);
    let account = samples::account().named("旧账号").of(&principal).active();
    let agreements = vec![samples::acceptance(&rules(1))];
    twins.accounts.put(Account { account_id: account_id(OF_LISTED), agreements, ..account });
    Blacklist::save(&*twins.accounts, &samples::listing(&principal, 180)).await.unwrap();
    let account = twins.accounts.get(account_id(OF_LISTED)).unwrap();
    let group_id: GroupId = GROUP.parse().unwrap();
    let joining = account.join_group(group_id, samples::platform(), samples::NOON).unwrap().unwrap();
    let members = [account_id(OF_LISTED)].into();
    let (name, scope) = ("旧矩阵".to_owned(), "返利信息".to_owned());
    let group = AccountGroup::register(group_id, principal, name, scope, members, samples::platform(), samples::NOON);
    GroupRegister::save(&*twins.accounts, &group, &[joining]).await.unwrap();
}

async fn cases(twins: &Twins) {
    let about = |id: &str| Subject::Account(account_id(id));
    let post = samples::publication(account_id(ACTIVE), "post-1", "").publication.publication_id;
    for (id, subject, policy) in [
        (WAITING[0], about(ACTIVE), "fraud"),
        (WAITING[1], about(ACTIVE), "fraud"),
        (WAITING[2], Subject::Publication(post), "gambling"),
    ] {
        let complaint = Complaint {
            complaint_id: id.parse::<ComplaintId>().unwrap(),
            policy: policy.to_owned(),
            ..samples::complaint(subject)
        };
        twins.cases.file(&complaint.file(), &samples::snapshot()).await.unwrap();
    }
    let mut chance = [0; 15];
    for (at, byte) in (1..).zip(&mut chance) {
        *byte = at;
    }
    let first = Complaint {
        complaint_id: JOINED.parse::<ComplaintId>().unwrap(),
        receipt: Receipt::from_chance(chance).digest(),
        ..samples::complaint(about(ACTIVE))
    };
    open(twins, CASE, first).await;
    let case = open(twins, CLAIMED, samples::complaint(about(OTHER))).await;
    let claim = case.claim(MemoryCallers::actor(REVIEWER), samples::NOON).unwrap();
    twins.cases.save(&claim).await.unwrap();
}

async fn open(twins: &Twins, case_id: &str, complaint: Complaint) -> Case {
    // One that is the same in every run.
    let account = samples::account().named("江边的钓鱼人").active();
    let snapshot = Snapshot { account: AccountFace::of(&account, samples::NOON), ..samples::snapshot() };
    twins.cases.file(&complaint.clone().file(), &snapshot).await.unwrap();
    let mut change = samples::opening(&complaint, "default");
    change.state.case_id = case_id.parse::<CaseId>().unwrap();
    twins.cases.open(&change, Some(&complaint)).await.unwrap();
    change.state
}

/// What an operator has put.
fn control_files(twins: &Twins) {
    let text = "第一条 账号应当遵守法律法规。";
    let agreement = |text: &str| {
        format!(
            "document_id: service-agreement\nversion: 1\ntitle: {{zh: 服务协议, en: Service agreement}}\ntext: {text}\n\
             sha256: 0fe665682f3475f3b66f81a2fa899a1924cb9d371d353a289d2a98bdf0b7415b\n\
             effective_at: 2026-12-01T00:00:00+08:00\ngrace_hours: 336\n"
        )
    };
    for (key, content) in [
        ("settings/settings.yaml", "version: 2\naccount_caps:\n  individual: 3\n".to_owned()),
        (
            "settings/坏 1.yaml",
            "version: 2\naccount_caps:\n  media: 5\n  individual: 0\n  enterprise: 101\n".to_owned(),
        ),
        ("settings/not-yaml.yaml", "version: 2\naccount_caps: [\n".to_owned()),
        ("settings/large.yaml", format!("# {}", "x".repeat(70_000))),
        ("policy-documents/service-agreement.yaml", agreement("service-agreement-1.txt")),
        ("policy-documents/no-text.yaml", agreement("service-agreement-2.txt")),
        ("policy-documents/texts/service-agreement-1.txt", text.to_owned()),
        ("protected-names/names.txt", "version | 2\n*公安局 | government | 公安机关 | The police\n".to_owned()),
        ("blacklist/list.csv", format!("principal,reason,review_on\n{ACTIVE},\"冒充客服, 骗取验证码\",2027-05-31\n")),
        (
            "blacklist/wrong.csv",
            format!("principal,reason,review_on\n11010519491231002X,诈骗,2027-05-31\n{ACTIVE},诈骗,2026-01-01\n"),
        ),
        ("groups/groups.csv", format!("group,scope,holder,member\n城市天气,各地天气预报,{ACTIVE},{SUSPENDED}\n")),
        (
            "groups/wrong.txt",
            format!("group | scope | holder | member\n路况 | 播报 | {ACTIVE} | acct_01m8323b80e00r0000000000zz\n"),
        ),
        ("wishes/wish.yaml", "wish: 1\n".to_owned()),
    ] {
        let _ = twins.control_files.put(&format!("controls/{key}"), content);
    }
    // 人民 as a spreadsheet saves it that was not told otherwise.
    let _ =
        twins.control_files.put("controls/protected-names/gbk.csv", b"version,2\n\xC8\xCB\xC3\xF1,media,,".as_slice());
}

/// A hold of the active account that `record-officer` has placed, and one that `content-safety-lead` has released.
async fn holds(twins: &Twins) {
    let person = |name: &str| MemoryCallers::actor(&format!("arn:aws:iam::123456789012:user/{name}"));
    for id in ["hold_01m8323b80e00r000000000061", "hold_01m8323b80e00r000000000062"] {
        let new = NewHold {
            hold_id: id.parse().unwrap(),
            scope: HoldScope::Subject { subject: Subject::Account(account_id(ACTIVE)) },
            about: Some(Subject::Account(account_id(ACTIVE))),
            account_id: Some(account_id(ACTIVE)),
            legal_basis: "（2026）调证字第 1 号".to_owned(),
            reason: "协助调查".to_owned(),
            late_for: vec![],
        };
        let placed = LegalHold::place(new, person("record-officer"), samples::NOON).unwrap();
        let (mark, _) = twins.holds.under_way().await.unwrap();
        twins.holds.place(mark, &placed).await.unwrap();
        if id.ends_with('2') {
            let reason = "调查终结".to_owned();
            let released = placed.state.release(reason, person("content-safety-lead"), samples::NOON);
            HoldShelf::release(&*twins.holds, &released.unwrap()).await.unwrap();
        }
    }
}

/// Packages about the active account: one that waits for approval, one that is approved, one that is ready.
async fn packages(twins: &Twins) {
    let person = |name: &str| MemoryCallers::actor(&format!("arn:aws:iam::123456789012:user/{name}"));
    for number in 1..=3 {
        let new = NewPackage {
            package_id: format!("pkg_01m8323b80e00r00000000007{number}").parse().unwrap(),
            scope: PackageScope {
                of: HoldScope::Subject { subject: Subject::Account(account_id(ACTIVE)) },
                from: samples::NOON - SignedDuration::from_hours(2),
                until: samples::NOON + SignedDuration::from_hours(1),
            },
            about: Some(Subject::Account(account_id(ACTIVE))),
            account_id: Some(account_id(ACTIVE)),
            legal_basis: "（2026）京公调证字第 1 号".to_owned(),
            reason: "协助调查".to_owned(),
            personal_data: PersonalData::Sealed,
            log_objects: LogObjects::Named,
        };
        let ordered = EvidencePackage::order(new, person("record-officer"), samples::NOON).unwrap();
        PackageShelf::save(&*twins.packages, &ordered).await.unwrap();
        if number == 1 {
            continue;
        }
        let approved = ordered.state.approve(person("content-safety-lead"), samples::NOON).unwrap();
        PackageShelf::save(&*twins.packages, &approved).await.unwrap();
        if number == 3 {
            let built = BuiltPackage {
                key: "evidence-packages/pkg_01m8323b80e00r000000000073.zip".to_owned(),
                sha256: "7".repeat(64),
                size: 4_096,
                records: 3,
                built_at: samples::NOON,
            };
            let ready = approved.state.built(Ok(built), Actor::function("record-worker"), samples::NOON).unwrap();
            PackageShelf::save(&*twins.packages, &ready).await.unwrap();
        }
    }
}

/// Two backtests by `operator`: one that runs, of two hours, and one that has finished.
async fn backtests(twins: &Twins) {
    let person = |name: &str| MemoryCallers::actor(&format!("arn:aws:iam::123456789012:user/{name}"));
    let draft = "id: shop\nversion: 9\nbanks: { cards: [储值卡] }\nrules:\n  - { id: cards, version: 1, state: draft, title: { zh: 卡, \
                 en: cards }, policy: fraud, effect: hold, bank: cards, examples: { matches: [转让储值卡], passes: [] } }\n";
    for number in [81, 82] {
        let backtest_id: BacktestId = format!("bt_01m8323b80e00r0000000000{number}").parse().unwrap();
        let order = OrderBacktest {
            operation_id: backtest_id.uuid(),
            pack: PackToTry::Draft(draft.to_owned()),
            rules: vec![],
            from: samples::NOON - SignedDuration::from_hours(4),
            until: samples::NOON - SignedDuration::from_hours(2),
            reason: "新规则上线前试算".to_owned(),
            actor: person("operator"),
        };
        let ordered = twins.backtest_desk().order(order).await.unwrap();
        if number == 81 {
            let event = twins.backtests.events().pop().unwrap();
            twins.backtester().begin(&event).await.unwrap();
            let _ = twins.queues.take(Lane::Relay(Queue::Backtest));
        } else {
            let outcome = BacktestOutcome { contents: 1_000, hits: 7 };
            let finished = ordered.end(Ok(outcome), Actor::function("backtester"), samples::NOON).unwrap();
            BacktestShelf::save(&*twins.backtests, &finished).await.unwrap();
        }
    }
}

/// Two packs that were published, the second in force, and what operators have uploaded since.
async fn rule_packs(twins: &Twins) {
    for published in [samples::published_pack(3, 0x33), samples::published_pack(4, 0x44)] {
        let change = twins.rule_packs.register().await.unwrap().publish(&published).unwrap();
        twins.rule_packs.put(&change, Some(&published)).await.unwrap();
    }
    let games = "百家乐\n龙虎斗\n";
    let pack = |version: u32, file: &str| {
        format!(
            "id: shop\nversion: {version}\nbanks:\n  games:\n    files:\n      - {{ name: banks/{file}, sha256: \
             279031d1000a0f73c5503ad878ba59ee85df524fbadcd76bbc1709e2677f8b10 }}\nrules:\n  - id: gambling\n    version: 1\n    \
             title: {{ zh: 赌博, en: gambling }}\n    policy: gambling\n    effect: reject\n    bank: games\n    \
             examples: {{ matches: [来玩百家乐], passes: [百家姓] }}\n"
        )
    };
    let bad = pack(8, "games.txt").replace("bank: games\n", "bank: game\n").replace("id: gambling", "id: ''");
    for (key, content) in [
        ("shop-7/rule-pack.yaml", pack(7, "games.txt")),
        ("shop-7/banks/games.txt", games.to_owned()),
        ("old/rule-pack.yaml", pack(2, "games.txt")),
        ("old/banks/games.txt", games.to_owned()),
        ("bad/rule-pack.yaml", bad),
        ("bad/banks/games.txt", games.to_owned()),
        ("incomplete/rule-pack.yaml", pack(9, "missing.txt")),
        ("incomplete/banks/one.txt", "龙虎斗\n".to_owned()),
        ("not-yaml/rule-pack.yaml", "version: 2\nbanks: [\n".to_owned()),
        ("only-banks/a.txt", games.to_owned()),
        ("rule-pack.yaml", pack(7, "games.txt")),
    ] {
        let _ = twins.control_files.put(&format!("controls/rule-packs/{key}"), content);
    }
}

/// What an event left behind: new events, messages, log records, webhooks, receipts.
pub(crate) fn traces(twins: &Twins) -> Value {
    let mut traces = serde_json::Map::new();
    let events = [
        twins.accounts.take_events(),
        twins.cases.take_events(),
        twins.publications.take_events(),
        twins.comments.take_events(),
        twins.assessments.take_events(),
        twins.settings.take_events(),
        twins.protected_names.take_events(),
        twins.policy_documents.take_events(),
        twins.rule_packs.take_events(),
        twins.removed.take_events(),
        twins.reports.take_events(),
        twins.incidents.take_events(),
        twins.holds.take_events(),
        twins.packages.take_events(),
        twins.backtests.take_events(),
        twins.reconciliation.take_events(),
    ]
    .concat();
    let mut leave = |what: &str, list: Vec<Value>| {
        if !list.is_empty() {
            traces.insert(what.to_owned(), Value::Array(list));
        }
    };
    leave("events", events.iter().map(|event| json!(event.body.name())).collect());
    for queue in Queue::ALL {
        let bodies = twins.queues.take(Lane::Relay(queue));
        leave(&format!("{queue:?}").to_lowercase(), bodies.iter().map(|body| told(body, "event_type")).collect());
    }
    let logged = twins.queues.take(Lane::ContentLog);
    leave("content-log", logged.iter().flat_map(|body| kinds(body)).collect());
    leave("media", twins.queues.take(Lane::Media).iter().map(|body| told(body, "part")).collect());
    leave("sweep", twins.queues.take(Lane::Sweep).iter().map(|body| told(body, "hour")).collect());
    leave("relay-dlq", twins.queues.take(Lane::DeadLetters).iter().map(|body| told(body, "reason")).collect());
    leave("log", twins.content_log.records().iter().map(|record| json!(record.kind)).collect());
    leave("webhooks", twins.webhook.messages().iter().map(|message| told(&message.body, "type")).collect());
    leave("sent back", twins.letter_boxes.back().iter().map(|body| told(body, "event_type")).collect());
    leave("reports", twins.control_files.reports().into_iter().map(|(key, report)| json!({ key: report })).collect());
    leave("receipts", twins.receipts.all().iter().map(|receipt| json!(receipt.deleted.len())).collect());
    Value::Object(traces)
}

fn told(body: &str, member: &str) -> Value {
    serde_json::from_str::<Value>(body).unwrap()[member].clone()
}

fn kinds(body: &str) -> Vec<Value> {
    let batch: Value = serde_json::from_str(body).unwrap();
    batch["records"].as_array().into_iter().flatten().map(|record| record["kind"].clone()).collect()
}
