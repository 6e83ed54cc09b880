//! Valid things with defaults; a test states only what matters to it.

use std::sync::Arc;

use app::{
    blacklisting::BlacklistDesk,
    control_files::ControlDesk,
    grouping::Grouping,
    media_screening::wait_for_media,
    naming::{Naming, name_rules},
    ports::{CommentRecord, PublicationRecord},
    retaining::SweepOrder,
};
use data_encoding::BASE64;
use domain::{
    account::{Account, NewAccount},
    actor::Actor,
    assessment::{InteractiveFunction, NewAssessment},
    blacklist::{BlacklistEntry, NewListing},
    case::{Case, Matter, Opening},
    change::Change,
    comment::{Comment, CommentStatus, Commenter},
    complaint::{AccountFace, Complaint, ReporterLanguage, Snapshot, WordsDigest},
    decision::{Action, Decision},
    display_name::DisplayName,
    document::{Document, DocumentType},
    enforcement::Enforcement,
    id::{AccountId, CaseId, CommentId, ComplaintId, DecisionId, ListingId, PublicationId, RecordId, RunId},
    media::MediaObject,
    personal::{Personal, Sealed},
    policy_document::{Acceptance, Agreement, PolicyDocument},
    principal::{Identity, PrincipalKey, PrincipalKind},
    profile::{Bilingual, Profile},
    protected_name::{self, ProtectedName},
    publication::{NewEdition, Part, Publication, PublicationStatus, Revisions, content_hash},
    receipt::Receipt,
    retention::{RetentionPeriod, Stage},
    rule_pack::{PublishedRulePack, RulePackRef},
    settings::PublicFace,
    subject::Subject,
};
use evidence::{
    object::{self, LogHour, LogObject},
    record::{LogRecord, SCHEMA},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use screening::verdict::Verdict;
use uuid::Uuid;

use crate::Twins;

mod qualifications;

pub use qualifications::{LICENCE_PDF, day, decision_on, licensing, news_licence};

/// The resident identity number that GB 11643-1999 gives as its example; nobody's.
pub const RESIDENT_IDENTITY_NUMBER: &str = "11010519491231002X";

/// The unified social credit code that GB 32100-2015 gives as its example.
pub const SOCIAL_CREDIT_CODE: &str = "91350100M000100Y43";

/// 23 November 2026, noon in Shanghai: when a test begins.
pub const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

const TODAY: Date = jiff::civil::date(2026, 11, 23);

#[must_use]
pub fn document_of_a_person() -> Document {
    Document::parse(DocumentType::ResidentIdentityNumber, RESIDENT_IDENTITY_NUMBER, TODAY).unwrap()
}

#[must_use]
pub fn document_of_an_organisation() -> Document {
    Document::parse(DocumentType::UnifiedSocialCreditCode, SOCIAL_CREDIT_CODE, TODAY).unwrap()
}

#[must_use]
pub fn identity_of_a_person() -> Identity {
    Identity {
        kind: PrincipalKind::Individual,
        document: document_of_a_person(),
        name: Personal::new("张三".to_owned()),
    }
}

/// The platform's app, as IAM knows it.
#[must_use]
pub fn platform() -> Actor {
    Actor::caller("arn:aws:iam::000000000000:user/platform")
}

/// A member of staff, as IAM knows them.
#[must_use]
pub fn reviewer(name: &str) -> Actor {
    Actor::caller(&format!("arn:aws:iam::000000000000:user/{name}"))
}

/// A principal that no other test knows.
#[must_use]
pub fn principal() -> PrincipalKey {
    PrincipalKey::new(1, [Uuid::now_v7().as_bytes().as_slice(), &[0; 16]].concat().as_slice())
}

/// Something that looks sealed.
#[must_use]
pub fn sealed() -> Sealed {
    Sealed {
        scheme: 1,
        wrapped_key: BASE64.encode(b"a wrapped key"),
        nonce: BASE64.encode(&[7; 12]),
        ciphertext: BASE64.encode(b"a ciphertext"),
    }
}

/// A name as the starter settings compare it.
#[must_use]
pub fn display_name(text: &str) -> DisplayName {
    name_rules(&PublicFace::default().name_affixes).read(text).unwrap()
}

/// Naming over the twins.
#[must_use]
pub fn naming(twins: &Twins) -> Naming {
    Naming::new(twins.protected_names.clone(), twins.settings.clone())
}

/// The desk that takes operators' files, over the twins.
#[must_use]
pub fn control_desk(twins: &Twins) -> ControlDesk {
    let clock = || Arc::new(twins.clock.clone());
    ControlDesk {
        files: twins.control_files.clone(),
        settings: twins.settings.clone(),
        policy_documents: twins.policy_documents.clone(),
        protected_names: twins.protected_names.clone(),
        blacklist: BlacklistDesk {
            accounts: twins.accounts.clone(),
            principals: twins.accounts.clone(),
            blacklist: twins.accounts.clone(),
            index: twins.index.clone(),
            clock: clock(),
        },
        groups: Grouping {
            accounts: twins.accounts.clone(),
            principals: twins.accounts.clone(),
            groups: twins.accounts.clone(),
            clock: clock(),
        },
        callers: twins.callers.clone(),
        clock: clock(),
    }
}

/// A protected name as a list writes it: `*` where it may go on.
#[must_use]
pub fn protected_name(name: &str, carried_by: &[PrincipalKind]) -> ProtectedName {
    let list = format!("version | 1\n{name} | nobody | 公共机构 | A public body");
    let mut list = protected_name::parse(&list, &name_rules(&PublicFace::default().name_affixes)).unwrap();
    ProtectedName { carried_by: carried_by.to_vec(), ..list.names.remove(0) }
}

/// An account of a person, [`NOON`], until told otherwise.
#[derive(Debug, Clone)]
pub struct AccountSample {
    new: NewAccount,
    at: Timestamp,
}

/// An account that has just been registered by a principal of its own.
#[must_use]
pub fn account() -> AccountSample {
    AccountSample {
        new: NewAccount {
            account_id: AccountId::at(NOON),
            principal_kind: PrincipalKind::Individual,
            principal_key: principal(),
            display_name: display_name(&format!("钓鱼人{}", &Uuid::now_v7().simple().to_string()[20..])),
            identity: sealed(),
        },
        at: NOON,
    }
}

impl AccountSample {
    #[must_use]
    pub fn of(mut self, principal: &PrincipalKey) -> Self {
        self.new.principal_key = principal.clone();
        self
    }

    #[must_use]
    pub fn kind(mut self, kind: PrincipalKind) -> Self {
        self.new.principal_kind = kind;
        self
    }

    #[must_use]
    pub fn named(mut self, display_name: &str) -> Self {
        self.new.display_name = self::display_name(display_name);
        self
    }

    #[must_use]
    pub fn with_identity(mut self, identity: Sealed) -> Self {
        self.new.identity = identity;
        self
    }

    #[must_use]
    pub fn registered_at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// The change that registers it.
    #[must_use]
    pub fn registering(self) -> Change<Account> {
        Account::register(self.new, platform(), self.at)
    }

    #[must_use]
    pub fn pending(self) -> Account {
        self.registering().state
    }

    #[must_use]
    pub fn active(self) -> Account {
        let at = self.at;
        self.pending().verify(Actor::function("registration-verifier"), at).unwrap().state
    }

    /// Active, and its updates suspended from its registration on; without `days`, until that is lifted.
    #[must_use]
    pub fn suspended(self, days: Option<u16>) -> Account {
        let at = self.at;
        let account = self.active();
        let enforcement = enforcement(Subject::Account(account.account_id), Action::SuspendUpdates { days }, at);
        account.enforce(enforcement, Actor::function("enforcer"), at).unwrap().state
    }
}

/// A version of the service agreement, in effect from [`NOON`] on, with a day's grace.
#[must_use]
pub fn service_agreement(version: u32) -> PolicyDocument {
    PolicyDocument {
        document_id: "service-agreement".to_owned(),
        version,
        sha256: format!("{version:064x}"),
        title: Bilingual { zh: "服务协议".to_owned(), en: "Service agreement".to_owned() },
        effective_at: NOON,
        grace_hours: 24,
        acceptance: Acceptance::Required,
    }
}

/// That somebody accepted `document` at [`NOON`].
#[must_use]
pub fn acceptance(document: &PolicyDocument) -> Agreement {
    let PolicyDocument { document_id, version, sha256, .. } = document.clone();
    Agreement { document_id, version, sha256, accepted_at: NOON, accepted_by: platform() }
}

/// A pack that was published at [`NOON`], whose hashes are that byte over and over.
#[must_use]
pub fn published_pack(version: u32, content: u8) -> PublishedRulePack {
    let sha256 = format!("{content:02x}").repeat(32);
    PublishedRulePack {
        pack: RulePackRef { pack_id: "shop".to_owned(), pack_version: version, sha256: sha256.clone() },
        source_sha256: sha256,
        rules: 12,
        terms: 100_000,
        bytes: 5_000_000,
        published_at: NOON,
        published_by: platform(),
    }
}

/// The change that puts a principal on the blacklist at [`NOON`], to be looked at again after `days`.
#[must_use]
pub fn listing(principal: &PrincipalKey, days: i64) -> Change<BlacklistEntry> {
    let new = NewListing {
        listing_id: ListingId::at(NOON),
        account_id: None,
        reason: "多次以返利为名诈骗".to_owned(),
        review_at: NOON + SignedDuration::from_hours(24 * days),
    };
    BlacklistEntry::of(principal.clone(), NOON).list(new, Some(reviewer("li")), reviewer("lead"), NOON).unwrap()
}

/// A decision for fraud.
#[must_use]
pub fn decision(subject: Subject, action: Action, at: Timestamp) -> Decision {
    Decision {
        decision_id: DecisionId::at(at),
        case_id: CaseId::at(at),
        subject,
        matter: Matter::Complaint { policy: "fraud".to_owned() },
        action,
        policies: vec!["fraud".to_owned()],
        reason: "以高额返利为名诱导转账".to_owned(),
        facts: "三篇文章附有同一收款账号".to_owned(),
        decided_by: reviewer("reviewer"),
        approved_by: None,
        decided_at: at,
        reverses_decision_id: None,
    }
}

/// What such a decision puts in force.
///
/// # Panics
/// When the action puts nothing in force.
#[must_use]
pub fn enforcement(subject: Subject, action: Action, at: Timestamp) -> Enforcement {
    decision(subject, action, at).enforcement(&Profile::cn_2017()).unwrap()
}

/// A publication that passed, of one text.
#[must_use]
pub fn publication(account_id: AccountId, reference: &str, text: &str) -> PublicationRecord {
    let parts = vec![Part::Text { text: text.to_owned() }];
    PublicationRecord {
        publication: Publication {
            publication_id: PublicationId::named(account_id, reference),
            account_id,
            reference: reference.to_owned(),
            version: 1,
            edition: 1,
            content_hash: content_hash(&parts),
            parts,
            declared: vec![],
            status: PublicationStatus::Published,
            settlement: None,
            received_at: NOON,
            revisions: Revisions::default(),
            comments_closed: false,
        },
        verdict: Verdict { rule_pack: "sample@1".to_owned(), ..Verdict::default() },
    }
}

/// A publication of these parts whose media have not been looked at.
#[must_use]
pub fn awaiting_media(account_id: AccountId, reference: &str, parts: Vec<Part>) -> PublicationRecord {
    let PublicationRecord { publication, mut verdict } = publication(account_id, reference, "");
    wait_for_media(&mut verdict, &parts);
    let content_hash = content_hash(&parts);
    let publication = Publication { parts, content_hash, status: PublicationStatus::Held, ..publication };
    PublicationRecord { publication, verdict }
}

/// A picture of the bucket's.
#[must_use]
pub fn image(key: &str) -> Part {
    Part::Image { url: format!("https://cdn.example.org/{key}"), object: Some(object(key)) }
}

/// A file of the bucket's, whichever lies there.
#[must_use]
pub fn object(key: &str) -> MediaObject {
    MediaObject { key: key.to_owned(), sha256: None }
}

/// A comment of `reader-7` that passed, at [`NOON`], below a publication of nobody's in particular.
#[must_use]
pub fn comment(publication_id: PublicationId, reference: &str, text: &str) -> CommentRecord {
    CommentRecord {
        comment: Comment {
            comment_id: CommentId::named(publication_id, reference),
            publication_id,
            account_id: AccountId::at(NOON),
            reference: reference.to_owned(),
            commenter: Commenter("reader-7".to_owned()),
            version: 1,
            text: text.to_owned(),
            status: CommentStatus::Published,
            hidden: None,
            settlement: None,
            received_at: NOON,
        },
        verdict: Verdict { rule_pack: "sample@1".to_owned(), ..Verdict::default() },
    }
}

/// A security assessment of comments that counts for a year from [`NOON`].
#[must_use]
pub fn assessment() -> NewAssessment {
    NewAssessment {
        function: InteractiveFunction::Comments,
        document_sha256: "a".repeat(64),
        assessor: "示例测评机构".to_owned(),
        assessed_at: NOON,
        valid_until: NOON + SignedDuration::from_hours(24 * 365),
    }
}

/// What a reviewer's word makes of a publication.
///
/// # Panics
/// When the publication was settled before.
#[must_use]
pub fn settled(record: PublicationRecord, action: Action) -> Change<PublicationRecord> {
    let PublicationRecord { publication, verdict } = record;
    let (edition, subject) = (publication.edition, Subject::Publication(publication.publication_id));
    let decision = Decision { matter: Matter::Content { edition }, ..decision(subject, action, NOON) };
    let change = publication.settle(edition, &decision, &Profile::cn_2017(), reviewer("li"), NOON).unwrap();
    Change { state: PublicationRecord { publication: change.state, verdict }, event: change.event }
}

/// The edit of a publication to that text, which passed.
///
/// # Panics
/// When the publication is deleted.
#[must_use]
pub fn edited(record: PublicationRecord, text: &str) -> Change<PublicationRecord> {
    let PublicationRecord { publication, verdict } = record;
    let parts = vec![Part::Text { text: text.to_owned() }];
    let status = PublicationStatus::Published;
    let next = NewEdition { follows: publication.version, parts, declared: vec![], status, review_due_at: None };
    let change = publication.edit(next, platform(), NOON + SignedDuration::from_mins(1)).unwrap();
    Change { state: PublicationRecord { publication: change.state, verdict }, event: change.event }
}

/// A complaint about fraud, filed at [`NOON`] and due in ten days, with a receipt of its own.
#[must_use]
pub fn complaint(subject: Subject) -> Complaint {
    let mut chance = [0; 15];
    chance.copy_from_slice(&Uuid::now_v7().as_bytes()[1..]);
    Complaint {
        complaint_id: ComplaintId::at(NOON),
        receipt: Receipt::from_chance(chance).digest(),
        subject,
        version: 1,
        reason: "fraud".to_owned(),
        policy: "fraud".to_owned(),
        description: "冒充客服骗取验证码".to_owned(),
        words: WordsDigest::of("冒充客服骗取验证码"),
        in_flood: false,
        language: ReporterLanguage::Zh,
        contact: Some(sealed()),
        reporter: None,
        rights: None,
        files: vec![],
        reporter_account: None,
        filed_at: NOON,
        due_at: NOON + SignedDuration::from_hours(240),
        case_id: None,
    }
}

/// An account as it was at [`NOON`], about which somebody complains.
#[must_use]
pub fn snapshot() -> Snapshot {
    Snapshot { taken_at: NOON, account: AccountFace::of(&account().active(), NOON), content: None }
}

/// The change that opens a case for `complaint` in `queue`.
#[must_use]
pub fn opening(complaint: &Complaint, queue: &str) -> Change<Case> {
    let mut change = Case::open(Opening::by(complaint), Actor::function("complaint-triager"), NOON);
    queue.clone_into(&mut change.state.queue);
    change
}

/// A log record of a text that was received at `at`; the same name, the same record.
#[must_use]
pub fn log_record(name: &str, at: Timestamp) -> LogRecord {
    LogRecord {
        schema: SCHEMA.to_owned(),
        record_id: RecordId::named(name, 1),
        kind: "publication".to_owned(),
        occurred_at: at,
        received_at: at,
        account_id: None,
        subject: None,
        data: serde_json::json!({ "parts": [{ "type": "text", "text": name }] }),
    }
}

/// An object of that one record, kept for six months.
#[must_use]
pub fn log_object(name: &str, at: Timestamp) -> LogObject {
    let period = RetentionPeriod::parse("P6M", Stage::Prod).unwrap();
    object::pack(vec![log_record(name, at)], &period).unwrap().remove(0)
}

/// An order to sweep the hour of `hour`, as of a year later.
#[must_use]
pub fn sweep_order(hour: Timestamp) -> SweepOrder {
    let as_of = hour + SignedDuration::from_hours(24 * 365);
    SweepOrder { run_id: RunId::from_uuid(Uuid::now_v7()), hour: LogHour::of(hour).start(), as_of }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_begins_at_noon_in_shanghai() {
        assert_eq!(NOON, "2026-11-23T12:00:00+08:00".parse().unwrap());
    }

    #[test]
    fn accounts_stand_where_their_name_says() {
        assert!(account().pending().may_publish(NOON).is_err());
        assert!(account().active().may_publish(NOON).is_ok());
        assert!(account().suspended(Some(7)).may_publish(NOON).is_err());
        assert!(account().suspended(Some(7)).may_publish(NOON + SignedDuration::from_hours(168)).is_ok());
    }
}
