//! Every use case over one set of twins, and the pump that plays stream and queues.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use app::{
    agreeing::AgreementDesk,
    appealing::{AppealDesk, FileAppeal},
    assessing::AssessmentDesk,
    authority_reporting::{AuthorityReportDesk, AuthorityReporter},
    blacklisting::{AgreeToListing, BlacklistDesk, ListingSpread, ProposeListing},
    case_notes::CaseNotes,
    casework::{CaseDesk, Decide},
    comment_management::CommentManagement,
    comment_tools::CommentTools,
    commenting::Commenting,
    complaints::{About, ComplaintDesk, FileComplaint, Filed},
    content_logging::ContentLogger,
    deregistering::{DeregistrationClock, DeregistrationDesk},
    disclosing::DisclosureDesk,
    enforcing::Enforcer,
    error::AppError,
    expiring::QualificationClock,
    grouping::Grouping,
    holding::HoldDesk,
    media_screening::MediaScreener,
    metering::Metering,
    mobile_proving::MobileProving,
    notifying::Notifier,
    overdue::OverdueClock,
    ports::{Clock, Queue, Watermark},
    publishing::{Publish, Publishing},
    qualifying::QualificationDesk,
    registration::{Register, Registration},
    relaying::EventRelay,
    retaining::{RetentionPlanner, RetentionSweeper, RowOrder},
    triage::ComplaintTriager,
    verifying::RegistrationVerifier,
};
use domain::{
    account::Account,
    actor::Actor,
    blacklist::BlacklistEntry,
    case::{Case, CaseState, Matter},
    complaint::ReporterLanguage,
    decision::Action,
    document::DocumentType,
    event::{Event, EventBody},
    id::{AccountId, CaseId, DecisionId, ListingId},
    personal::Personal,
    principal::PrincipalKind,
    profile::Profile,
    publication::{Declaration, Part},
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
    subject::Subject,
};
use evidence::record::LogBatch;
use jiff::SignedDuration;
use testkit::{Lane, Twins, samples};
use uuid::Uuid;

const LANES: [Lane; 9] = [
    Lane::Relay(Queue::Verification),
    Lane::Relay(Queue::Triage),
    Lane::Relay(Queue::Enforcement),
    Lane::Relay(Queue::Notification),
    Lane::Relay(Queue::Record),
    Lane::Relay(Queue::Backtest),
    Lane::ContentLog,
    Lane::Media,
    Lane::Sweep,
];

/// How the queues deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    InOrder,
    /// The newest first.
    Reversed,
    /// Each message twice.
    Doubled,
}

/// Judged over every day of four years, so once for all worlds.
static SIX_MONTHS: LazyLock<RetentionPeriod> = LazyLock::new(|| RetentionPeriod::parse("P6M", Stage::Prod).unwrap());

pub(crate) struct World {
    pub(crate) twins: Twins,
    delivery: Delivery,
    pub(crate) registration: Registration,
    pub(crate) verifier: RegistrationVerifier,
    pub(crate) proving: MobileProving,
    pub(crate) publishing: Publishing,
    pub(crate) media: MediaScreener,
    pub(crate) commenting: Commenting,
    pub(crate) tools: CommentTools,
    pub(crate) assessing: AssessmentDesk,
    pub(crate) management: CommentManagement,
    logger: ContentLogger,
    pub(crate) complaints: ComplaintDesk,
    triager: ComplaintTriager,
    pub(crate) cases: CaseDesk,
    pub(crate) qualifications: QualificationDesk,
    pub(crate) notes: CaseNotes,
    pub(crate) overdue_clock: OverdueClock,
    pub(crate) qualification_clock: QualificationClock,
    pub(crate) appeals: AppealDesk,
    pub(crate) enforcer: Enforcer,
    pub(crate) blacklist: BlacklistDesk,
    pub(crate) disclosures: DisclosureDesk,
    listings: ListingSpread,
    pub(crate) grouping: Grouping,
    pub(crate) metering: Metering,
    pub(crate) agreements: AgreementDesk,
    pub(crate) deregistrations: DeregistrationDesk,
    pub(crate) deregistration_clock: DeregistrationClock,
    reporter: AuthorityReporter,
    pub(crate) authority_reports: AuthorityReportDesk,
    notifier: Notifier,
    relay: EventRelay,
    pub(crate) planner: RetentionPlanner,
    pub(crate) sweeper: RetentionSweeper,
    pub(crate) holding: HoldDesk,
    /// What failed and is delivered again.
    redelivered: Vec<(Lane, String)>,
    restreamed: Vec<Event>,
}

impl World {
    #[expect(clippy::too_many_lines, reason = "every use case is wired once, in one place")]
    pub(crate) fn new(delivery: Delivery) -> Self {
        let twins = Twins::at(samples::NOON);
        let (accounts, board, shelf) = (twins.accounts.clone(), twins.cases.clone(), twins.publications.clone());
        let (queues, vault) = (twins.queues.clone(), twins.vault.clone());
        let clock: Arc<dyn Clock> = Arc::new(twins.clock.clone());
        let period = *SIX_MONTHS;
        let profile = Profile::cn_2017;
        Self {
            registration: Registration {
                accounts: accounts.clone(),
                vault: vault.clone(),
                index: twins.index.clone(),
                settings: twins.settings.clone(),
                principals: accounts.clone(),
                naming: samples::naming(&twins),
                engines: twins.engines.clone(),
                removed: twins.removed.watch(),
                clock: clock.clone(),
            },
            verifier: RegistrationVerifier {
                accounts: accounts.clone(),
                vault: vault.clone(),
                provider: twins.provider.clone(),
                settings: twins.settings.clone(),
                chance: twins.chance.clone(),
                clock: clock.clone(),
            },
            proving: MobileProving {
                accounts: accounts.clone(),
                challenges: twins.challenges.clone(),
                index: twins.index.clone(),
                vault: vault.clone(),
                delivery: twins.delivery.clone(),
                settings: twins.settings.clone(),
                chance: twins.chance.clone(),
                clock: clock.clone(),
            },
            publishing: Publishing {
                meter: accounts.clone(),
                settings: twins.settings.clone(),
                policy_documents: twins.policy_documents.clone(),
                shelf: shelf.clone(),
                log: queues.clone(),
                reviews: queues.clone(),
                media: queues.clone(),
                engines: twins.engines.clone(),
                removed: twins.removed.watch(),
                incidents: twins.incidents.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            media: MediaScreener {
                shelf: shelf.clone(),
                notes: twins.media_notes.clone(),
                bucket: twins.media.clone(),
                classifier: None,
                engines: twins.engines.clone(),
                removed: twins.removed.watch(),
                incidents: twins.incidents.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            commenting: Commenting {
                accounts: accounts.clone(),
                settings: twins.settings.clone(),
                assessments: twins.assessments.clone(),
                publications: shelf.clone(),
                comments: twins.comments.clone(),
                rules: twins.comments.clone(),
                log: queues.clone(),
                reviews: queues.clone(),
                engines: twins.engines.clone(),
                removed: twins.removed.watch(),
                incidents: twins.incidents.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            tools: CommentTools {
                accounts: accounts.clone(),
                publications: shelf.clone(),
                comments: twins.comments.clone(),
                rules: twins.comments.clone(),
                clock: clock.clone(),
            },
            management: CommentManagement {
                accounts: accounts.clone(),
                settings: twins.settings.clone(),
                duties: twins.comments.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            assessing: AssessmentDesk { register: twins.assessments.clone(), clock: clock.clone() },
            logger: ContentLogger {
                log: twins.content_log.clone(),
                seals: twins.seal_ledger.clone(),
                logged: twins.reconciliation.clone(),
                clock: Arc::new(twins.clock.clone()),
                period,
            },
            complaints: ComplaintDesk {
                board: board.clone(),
                complaints: board.clone(),
                reporters: board.clone(),
                ledger: twins.intake.clone(),
                secrets: twins.intake.clone(),
                notes: twins.media_notes.clone(),
                evidence: twins.evidence.clone(),
                settings: twins.settings.clone(),
                accounts: accounts.clone(),
                shelf: shelf.clone(),
                comments: twins.comments.clone(),
                vault,
                clock: clock.clone(),
                profile: profile(),
            },
            triager: ComplaintTriager {
                board: board.clone(),
                complaints: board.clone(),
                reporters: board.clone(),
                accounts: accounts.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
            },
            cases: CaseDesk {
                board,
                accounts: accounts.clone(),
                shelf: shelf.clone(),
                evidence: twins.evidence.clone(),
                comments: twins.comments.clone(),
                principals: accounts.clone(),
                blacklist: accounts.clone(),
                removed: twins.removed.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            qualifications: QualificationDesk {
                accounts: accounts.clone(),
                evidence: twins.evidence.clone(),
                vault: twins.vault.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            qualification_clock: QualificationClock { accounts: accounts.clone(), calendar: accounts.clone() },
            appeals: AppealDesk {
                board: twins.cases.clone(),
                accounts: accounts.clone(),
                shelf: shelf.clone(),
                comments: twins.comments.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            notes: CaseNotes { board: twins.cases.clone(), notes: twins.cases.clone(), clock: clock.clone() },
            overdue_clock: OverdueClock {
                board: twins.cases.clone(),
                calendar: twins.cases.clone(),
                settings: twins.settings.clone(),
            },
            blacklist: BlacklistDesk {
                accounts: accounts.clone(),
                principals: accounts.clone(),
                blacklist: accounts.clone(),
                index: twins.index.clone(),
                clock: clock.clone(),
            },
            disclosures: DisclosureDesk {
                accounts: accounts.clone(),
                vault: twins.vault.clone(),
                clock: clock.clone(),
            },
            listings: ListingSpread {
                accounts: accounts.clone(),
                principals: accounts.clone(),
                blacklist: accounts.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            agreements: AgreementDesk {
                accounts: accounts.clone(),
                documents: twins.policy_documents.clone(),
                clock: clock.clone(),
            },
            deregistrations: DeregistrationDesk {
                accounts: accounts.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
            },
            deregistration_clock: DeregistrationClock {
                accounts: accounts.clone(),
                calendar: accounts.clone(),
                board: twins.cases.clone(),
                evidence: twins.evidence.clone(),
                holds: twins.holds.clone(),
                principals: accounts.clone(),
            },
            grouping: Grouping {
                accounts: accounts.clone(),
                principals: accounts.clone(),
                groups: accounts.clone(),
                clock: clock.clone(),
            },
            metering: Metering { accounts: accounts.clone(), settings: twins.settings.clone(), clock: clock.clone() },
            enforcer: Enforcer {
                accounts,
                shelf,
                comments: twins.comments.clone(),
                duties: twins.comments.clone(),
                settings: twins.settings.clone(),
                removed: twins.removed_content_desk(),
                breaker: twins.breaker.clone(),
                principals: twins.accounts.clone(),
                blacklist: twins.accounts.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            reporter: AuthorityReporter {
                ledger: twins.reports.clone(),
                files: twins.reports.clone(),
                accounts: twins.accounts.clone(),
                principals: twins.accounts.clone(),
                blacklist: twins.accounts.clone(),
                shelf: twins.publications.clone(),
                comments: twins.comments.clone(),
                settings: twins.settings.clone(),
                clock: clock.clone(),
                profile: profile(),
            },
            authority_reports: AuthorityReportDesk { ledger: twins.reports.clone(), clock: clock.clone() },
            notifier: Notifier { webhook: twins.webhook.clone(), clock: clock.clone() },
            relay: EventRelay { queues: queues.clone(), log: queues.clone() },
            planner: RetentionPlanner {
                watermark: twins.watermark.clone(),
                queue: queues,
                holds: twins.holds.clone(),
                held: twins.holds.clone(),
                clock,
                period,
            },
            sweeper: twins.sweeper(),
            holding: twins.hold_desk(),
            redelivered: Vec::new(),
            restreamed: Vec::new(),
            delivery,
            twins,
        }
    }

    /// Plays stream and queues until nothing is left to deliver. What fails is delivered again, as SQS would.
    pub(crate) async fn pump(&mut self) {
        for _ in 0..1_000 {
            let mut events = std::mem::take(&mut self.restreamed);
            events.extend(self.twins.accounts.take_events());
            events.extend(self.twins.cases.take_events());
            events.extend(self.twins.publications.take_events());
            events.extend(self.twins.comments.take_events());
            events.extend(self.twins.assessments.take_events());
            events.extend(self.twins.removed.take_events());
            events.extend(self.twins.reports.take_events());
            events.extend(self.twins.holds.take_events());
            events.extend(self.twins.packages.take_events());
            events.extend(self.twins.backtests.take_events());
            let mut messages = std::mem::take(&mut self.redelivered);
            for lane in LANES {
                messages.extend(self.twins.queues.take(lane).into_iter().map(|body| (lane, body)));
            }
            if events.is_empty() && messages.is_empty() {
                return;
            }
            for event in self.shuffled(events) {
                if self.relay.relay(&event).await.is_err() {
                    self.restreamed.push(event);
                }
            }
            for (lane, body) in self.shuffled(messages) {
                if self.deliver(lane, &body).await.is_err() {
                    self.redelivered.push((lane, body));
                }
            }
        }
        panic!("the chain does not come to rest");
    }

    async fn deliver(&self, lane: Lane, body: &str) -> Result<(), AppError> {
        let event = || serde_json::from_str::<Event>(body).unwrap();
        match lane {
            Lane::Relay(Queue::Verification) => self.verifier.verify(&event()).await.map(drop),
            Lane::Relay(Queue::Triage) => self.triager.triage(&event()).await.map(drop),
            Lane::Relay(Queue::Enforcement) => self.enforce(&event()).await,
            Lane::Relay(Queue::Record) => self.twins.package_builder().build(&event()).await.map(drop),
            Lane::Relay(Queue::Backtest) => match serde_json::from_str(body) {
                Ok(order) => self.twins.backtester().read(&order).await.map(drop),
                Err(_) => self.twins.backtester().begin(&event()).await.map(drop),
            },
            Lane::Relay(Queue::Notification) => self.notifier.notify(&event()).await.map(drop),
            Lane::ContentLog => {
                let batch: LogBatch = serde_json::from_str(body).unwrap();
                self.logger.write(batch.records).await.map(drop)
            }
            Lane::Media => {
                let order = serde_json::from_str(body).unwrap();
                self.media.look(&order).await.map(drop)
            }
            Lane::Sweep => {
                let now = self.twins.clock.now();
                if let Ok(order) = serde_json::from_str::<RowOrder>(body) {
                    return self.twins.row_sweeper(order.rows).sweep(&order, now).await.map(drop);
                }
                self.sweeper.sweep(&serde_json::from_str(body).unwrap(), now).await.map(drop)
            }
            Lane::DeadLetters => Ok(()),
        }
    }

    /// What `enforcer` does with a message.
    pub(crate) async fn enforce(&self, event: &Event) -> Result<(), AppError> {
        if event.body.is_about_a_listing() {
            self.listings.spread(event).await?;
        } else {
            self.enforcer.enforce(event).await?;
        }
        self.reporter.report(event).await.map(drop)
    }

    fn shuffled<T: Clone>(&self, mut items: Vec<T>) -> Vec<T> {
        match self.delivery {
            Delivery::InOrder => items,
            Delivery::Reversed => {
                items.reverse();
                items
            }
            Delivery::Doubled => items.iter().flat_map(|item| [item.clone(), item.clone()]).collect(),
        }
    }

    /// A reviewer proposes the listing, and the lead agrees.
    pub(crate) async fn list(&self, proposal: ProposeListing) -> Result<BlacklistEntry, AppError> {
        let listing_id = ListingId::from_uuid(proposal.operation_id);
        let entry = self.blacklist.propose(proposal).await?;
        let second = samples::reviewer("lead");
        self.blacklist.agree(AgreeToListing { principal_key: entry.principal_key, listing_id, second }).await
    }

    #[expect(clippy::unused_self, reason = "reads as what is done in the world")]
    pub(crate) fn registering(&self, operation: u128) -> Register {
        Register {
            operation_id: operation_id(operation),
            principal_kind: PrincipalKind::Individual,
            document_type: DocumentType::ResidentIdentityNumber,
            document_number: Personal::new(samples::RESIDENT_IDENTITY_NUMBER.to_owned()),
            issuing_state: None,
            name: Personal::new("张三".to_owned()),
            display_name: format!("城市天气{operation}"),
            actor: samples::platform(),
        }
    }

    pub(crate) async fn register(&self, operation: u128) -> Result<Account, AppError> {
        self.registration.register(self.registering(operation)).await
    }

    pub(crate) async fn publish(&self, account_id: AccountId, posts: &[(&str, &str)]) -> Result<(), AppError> {
        let items = posts
            .iter()
            .map(|(reference, text)| Publish {
                account_id,
                reference: (*reference).to_owned(),
                parts: vec![Part::Text { text: (*text).to_owned() }],
                declared: vec![],
            })
            .collect();
        for answer in self.publishing.publish(items).await? {
            answer?;
        }
        Ok(())
    }

    pub(crate) async fn publish_parts(&self, account_id: AccountId, parts: Vec<Part>) -> Result<(), AppError> {
        self.publish_declared(account_id, parts, Vec::new()).await
    }

    pub(crate) async fn publish_declared(
        &self,
        account_id: AccountId,
        parts: Vec<Part>,
        declared: Vec<Declaration>,
    ) -> Result<(), AppError> {
        let item = Publish { account_id, reference: "media-1".to_owned(), parts, declared };
        self.publishing.publish(vec![item]).await?.remove(0).map(drop)
    }

    pub(crate) async fn complain(&self, operation: u128, subject: Subject) -> Result<Filed, AppError> {
        self.complaints.file(complaint(operation, About::Subject(subject))).await
    }

    pub(crate) async fn appeal(
        &self,
        operation: u128,
        account_id: AccountId,
        decision: u128,
    ) -> Result<Case, AppError> {
        let command = FileAppeal {
            operation_id: operation_id(operation),
            account_id,
            decision_id: DecisionId::from_uuid(operation_id(decision)),
            grounds: "收款账号不是我的。".to_owned(),
            actor: samples::platform(),
        };
        self.appeals.file(command).await
    }

    /// What is said when nobody but a person can settle the registration.
    pub(crate) fn request_review(&mut self, account_id: AccountId) {
        let due_at = samples::NOON + SignedDuration::from_hours(72);
        let body = EventBody::ManualReviewRequested { account_id, matter: Matter::Registration, due_at };
        self.restreamed.push(Event::new(2, Actor::function("registration-verifier"), body, samples::NOON));
    }

    /// A reviewer claims the one case, the one about complaints where there are others, and decides it.
    pub(crate) async fn decide(&self, operation: u128, action: Action) -> Result<(), AppError> {
        let cases = self.twins.cases.all_cases();
        let case = cases.iter().find(|case| matches!(case.matter, Matter::Complaint { .. })).unwrap_or(&cases[0]);
        self.decide_case(case.case_id, operation, action).await
    }

    /// A reviewer claims the case and decides it.
    pub(crate) async fn decide_case(&self, case_id: CaseId, operation: u128, action: Action) -> Result<(), AppError> {
        self.decide_as("li", case_id, operation, action).await
    }

    pub(crate) async fn decide_as(
        &self,
        reviewer: &str,
        case_id: CaseId,
        operation: u128,
        action: Action,
    ) -> Result<(), AppError> {
        let reviewer = samples::reviewer(reviewer);
        let case = self.cases.read(case_id, &reviewer).await?.case;
        let version = match case.state {
            CaseState::Open => self.cases.claim(case_id, &reviewer).await?.version,
            CaseState::AwaitingApproval | CaseState::Decided => case.version,
        };
        self.cases.decide(case_id, &reviewer, ruling(operation, version, action)).await.map(drop)
    }

    /// Lets half a year and some days pass and plans the sweep of that morning.
    pub(crate) async fn half_a_year_later(&self) -> Result<(), AppError> {
        let morning = samples::NOON + SignedDuration::from_hours(24 * 186);
        self.twins.clock.set(morning);
        self.twins.watermark.advance(samples::NOON).await?;
        self.planner.plan(morning).await?;
        for rows in RowKind::ALL {
            self.twins.row_planner(rows).plan(morning).await?;
        }
        Ok(())
    }

    /// All that must be the same whatever happened on the way. What is made afresh at each try (case ids, the grouping
    /// of records into objects) is left out.
    pub(crate) fn state(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let account = |account: Account| {
            let held = self.twins.accounts.held_by(&account.principal_key);
            let enforced: Vec<_> = account.enforcements.iter().map(|e| (e.kind, e.enforcement_id, e.ending)).collect();
            let appeals: BTreeSet<_> =
                account.appeals.iter().map(|it| format!("{} {:?}", it.decision_id, it.outcome)).collect();
            format!("{} {:?} quota {held} {enforced:?} {appeals:?}", account.account_id, account.status)
        };
        let case = |case: Case| {
            let decided = case.decision.map(|decision| (decision.decision_id, decision.action));
            format!("{:?} complaints {} {:?} {decided:?}", case.subject, case.complaint_count, case.state)
        };
        let webhook = |message: app::ports::WebhookMessage| {
            let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
            format!("{} {}", body["type"], body["data"]["account_id"])
        };
        let publications = self.twins.publications.all().into_iter();
        let complaints = self.twins.cases.all_complaints().into_iter();
        BTreeMap::from([
            ("accounts", self.twins.accounts.all().into_iter().map(account).collect()),
            (
                "publications",
                publications
                    .map(|record| format!("{} {:?}", record.publication.publication_id, record.publication.status))
                    .collect(),
            ),
            (
                "comments",
                self.twins
                    .comments
                    .all()
                    .into_iter()
                    .map(|record| format!("{} {:?}", record.comment.comment_id, record.comment.status))
                    .collect(),
            ),
            ("cases", self.twins.cases.all_cases().into_iter().map(case).collect()),
            (
                "complaints",
                complaints.map(|c| format!("{} in a case: {}", c.complaint_id, c.case_id.is_some())).collect(),
            ),
            ("log", self.logged().into_iter().map(|(kind, count)| format!("{kind} {count}")).collect()),
            ("webhooks", self.twins.webhook.messages().into_iter().map(webhook).collect()),
        ])
    }

    /// [`state`](Self::state) without what a crash repeats: a claim whose answer was lost is made again, a check that broke
    /// off is made again, and each unsealing and each missing answer is on record.
    pub(crate) fn lasting_state(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        const REPEATED: [&str; 3] = ["case_claimed", "identity_unsealed", "identity_check_unavailable"];
        let mut state = self.state();
        if let Some(log) = state.get_mut("log") {
            log.retain(|line| !REPEATED.iter().any(|kind| line.starts_with(kind)));
        }
        state
    }

    /// How many records of each kind the log holds, copies counted once.
    fn logged(&self) -> BTreeMap<String, usize> {
        let mut seen = BTreeSet::new();
        let mut kinds = BTreeMap::new();
        for record in self.twins.content_log.records() {
            if seen.insert(record.record_id) {
                *kinds.entry(record.kind).or_default() += 1;
            }
        }
        kinds
    }

    /// Every object that a receipt says was deleted.
    pub(crate) fn receipted(&self) -> BTreeSet<String> {
        self.twins.receipts.all().into_iter().flat_map(|receipt| receipt.deleted).map(|object| object.key).collect()
    }
}

/// A complaint about fraud, with a contact.
pub(crate) fn complaint(operation: u128, about: About) -> FileComplaint {
    FileComplaint {
        operation_id: operation_id(operation),
        about,
        reason: "fraud".to_owned(),
        description: "冒充客服骗取验证码".to_owned(),
        language: ReporterLanguage::Zh,
        contact: Some(Personal::new("reporter@example.org".to_owned())),
        rights: None,
        files: vec![],
        reporter_account: None,
    }
}

pub(crate) fn ruling(operation: u128, version: u64, action: Action) -> Decide {
    Decide {
        operation_id: operation_id(operation),
        version,
        action,
        policies: match action {
            Action::Approve | Action::Refuse | Action::Accept | Action::Reject => vec![],
            _ => vec!["fraud".to_owned()],
        },
        reason: "冒充客服".to_owned(),
        facts: "要求读者提供验证码".to_owned(),
    }
}

/// What the ledger of writes would give: one for each write, the same at every try.
pub(crate) fn operation_id(number: u128) -> Uuid {
    let millis = u64::try_from(samples::NOON.as_millisecond()).unwrap();
    let chance: [u8; 10] = number.to_be_bytes()[6..].try_into().unwrap();
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}

/// As callers and queues do: again, until it works or is refused for good.
pub(crate) async fn until_done<T>(mut attempt: impl AsyncFnMut() -> Result<T, AppError>) -> T {
    for _ in 0..10 {
        match attempt().await {
            Ok(done) => return done,
            Err(error) if error.is_retryable() => {}
            Err(error) => panic!("refused for good: {error}"),
        }
    }
    panic!("does not get done");
}
