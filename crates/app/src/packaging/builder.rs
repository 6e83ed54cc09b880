//! Builds an approved package from the record.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    activity::Connection,
    actor::Actor,
    change::Change,
    event::Event,
    evidence_package::{BuiltPackage, EvidencePackage, LogObjects, PackageFailure, PackageState, PersonalData},
    id::{AccountId, PackageId},
    legal_hold::HoldScope,
    personal::{Purpose, Sealed},
    retention::RetentionPeriod,
};
use evidence::{
    digest::Digest,
    envelope::{Envelope, PublicKey},
    object::{self, LogHour},
    package::{
        CONNECTIONS, DECISIONS, IDENTITIES, Manifest, MediaFile, PAGE, Package, PackageError, RECORDS, SCHEMA, Source,
    },
    page::{Told, page},
    reach::Reach,
    record::{ACTIVITY, LogRecord},
    seal::{self, Seal},
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::media;
use crate::{
    error::AppError,
    ports::{
        AccountLedger, ActivityVault, Clock, IdentityVault, LogReader, MediaBucket, PackageArchive, PackageShelf,
        PortError, PrincipalRegister, SaveError, SealSigner,
    },
    sealed_identity,
};

const WHAT: &str = "evidence package";

/// How many objects are read at a time.
const AT_A_TIME: usize = 8;

/// How much one package takes, in bytes of files: far below what the function's memory holds twice.
const MOST: usize = 400 * 1024 * 1024;

/// How many hours after that of receipt an object may be written, and so sealed, and is looked for: what is later is named
/// without its seal.
const SEALED_WITHIN: usize = 6;

/// How often a change of an account is tried that meets another one.
const TRIES: usize = 5;

/// What the decisions of a package are drawn from.
const DECIDED: [&str; 9] = [
    "decision_made",
    "enforcement_applied",
    "enforcement_lifted",
    "publication_settled",
    "publication_restored",
    "comment_settled",
    "profile_refused",
    "registration_rejected",
    "appeal_decided",
];

/// Builds packages.
pub struct PackageBuilder {
    pub packages: Arc<dyn PackageShelf>,
    pub archive: Arc<dyn PackageArchive>,
    pub log: Arc<dyn LogReader>,
    pub media: Arc<dyn MediaBucket>,
    pub signer: Arc<dyn SealSigner>,
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub vault: Arc<dyn IdentityVault>,
    pub activity: Arc<dyn ActivityVault>,
    pub clock: Arc<dyn Clock>,
    pub period: RetentionPeriod,
}

/// What became of an order to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageWork {
    Built(BuiltPackage),
    Failed(PackageFailure),
    /// It was built before, or is not approved, or the event is not about it.
    Nothing,
}

/// What was found in the record.
#[derive(Debug, Default)]
struct Found {
    /// In the order of their objects.
    records: Vec<(LogRecord, String)>,
    /// Where they are from.
    named: BTreeMap<String, Source>,
    /// Sealed, and swept since.
    deleted: BTreeMap<String, Source>,
    enclosed: BTreeMap<String, Vec<u8>>,
    seals: BTreeMap<String, Vec<u8>>,
    receipts: BTreeMap<String, Vec<u8>>,
    bytes: usize,
}

impl PackageBuilder {
    /// Builds the package that the event has approved. Safe to call again after any failure: of two archives the first one
    /// stands.
    ///
    /// # Errors
    /// When a port does not work; the event is to be delivered again.
    pub async fn build(&self, event: &Event) -> Result<PackageWork, AppError> {
        let domain::event::EventBody::EvidencePackageApproved { package_id } = &event.body else {
            return Ok(PackageWork::Nothing);
        };
        let package = self.packages.package(*package_id).await?.ok_or(AppError::PackageNotFound)?;
        let PackageState::Approved { .. } = &package.state else { return Ok(PackageWork::Nothing) };
        let outcome = self.archived(&package).await?;
        let actor = Actor::function("record-worker");
        let Some(change) = package.built(outcome.clone(), actor, self.clock.now()) else {
            return Ok(PackageWork::Nothing);
        };
        match self.packages.save(&change).await {
            Ok(()) => {}
            // Another worker was faster, with the same archive.
            Err(SaveError::VersionConflict) => return Ok(PackageWork::Nothing),
            Err(SaveError::Port(error)) => return Err(error.into()),
        }
        Ok(outcome.map_or_else(PackageWork::Failed, PackageWork::Built))
    }

    async fn archived(&self, package: &EvidencePackage) -> Result<Result<BuiltPackage, PackageFailure>, AppError> {
        let accounts = self.accounts_of(package).await?;
        let Some(found) = self.find(package, &accounts).await? else { return Ok(Err(PackageFailure::TooLarge)) };
        let records = found.records.len() as u64;
        let bytes = match self.written(package, &accounts, found).await {
            Ok(bytes) => bytes,
            Err(Written::TooLarge) => return Ok(Err(PackageFailure::TooLarge)),
            Err(Written::App(error)) => return Err(error),
        };
        let stands = self.archive.put(package.package_id, &bytes).await?;
        let (sha256, size) = (Digest::of(&stands).to_string(), stands.len() as u64);
        let key = self.archive.key(package.package_id);
        Ok(Ok(BuiltPackage { key, sha256, size, records, built_at: self.clock.now() }))
    }

    /// The accounts in scope: of a principal those that it has by now.
    async fn accounts_of(&self, package: &EvidencePackage) -> Result<Vec<AccountId>, AppError> {
        match &package.scope.of {
            HoldScope::Principal { principal_key } => {
                let canonical = self.principals.canonical(principal_key).await?;
                Ok(self.principals.accounts_of(&canonical).await?)
            }
            _ => Ok(package.account_id.into_iter().collect()),
        }
    }

    /// Everything in scope, hour by hour; `None` when it is too much.
    async fn find(&self, package: &EvidencePackage, accounts: &[AccountId]) -> Result<Option<Found>, AppError> {
        let names = package.names(accounts);
        let everything = names.is_empty();
        let reach = Reach::of_names(names);
        let mut found = Found::default();
        let mut hour = LogHour::of(package.scope.from);
        while hour.start() < package.scope.until {
            let keys = self.log.objects(hour).await?;
            let objects = stream::iter(&keys).map(|key| async move { (key, self.log.read(key).await) });
            let mut objects = objects.buffered(AT_A_TIME);
            while let Some((key, bytes)) = objects.next().await {
                // Swept since it was listed.
                let Some(bytes) = bytes? else { continue };
                let lines = object::lines(&bytes).map_err(|error| PortError::corrupt("a log object", error))?;
                let of_scope = lines.lines().filter(|line| everything || reach.names_in(line));
                let mut any = false;
                for line in of_scope {
                    let record: LogRecord =
                        serde_json::from_str(line).map_err(|error| PortError::corrupt("a log record", error))?;
                    if package.scope.from <= record.received_at && record.received_at < package.scope.until {
                        found.bytes += line.len();
                        found.records.push((record, line.to_owned()));
                        any = true;
                    }
                }
                if any {
                    let source =
                        Source { key: key.clone(), sha256: Digest::of(&bytes), size: bytes.len() as u64, seal: None };
                    found.named.insert(key.clone(), source);
                    if package.log_objects == LogObjects::Enclosed {
                        found.bytes += bytes.len();
                        found.enclosed.insert(key.clone(), bytes);
                    }
                }
            }
            drop(objects);
            self.prove(hour, &keys, &mut found).await?;
            if found.bytes > MOST {
                return Ok(None);
            }
            hour = hour.next();
        }
        found.records.sort_by_key(|(record, _)| (record.received_at, record.record_id));
        Ok(Some(found))
    }

    /// Finds the seals that speak of the hour's objects, and what of them was swept.
    async fn prove(&self, hour: LogHour, there: &[String], found: &mut Found) -> Result<(), AppError> {
        let prefix = hour.prefix();
        let mut written = hour;
        for _ in 0..=SEALED_WITHIN {
            let place = seal::key(written);
            let Some(bytes) = self.log.read(&place).await? else { break };
            let opened = Envelope::open(&bytes).map_err(|error| PortError::corrupt("a seal", error))?;
            note(&opened.seal, &place, &prefix, there, found);
            found.bytes += bytes.len();
            found.seals.insert(place, bytes);
            let all = found.named.values().filter(|it| it.key.starts_with(&prefix)).all(|it| it.seal.is_some());
            // What was written in the hour is nearly all; the next seal has what came late.
            if all && written > hour {
                break;
            }
            written = written.next();
        }
        if found.deleted.keys().any(|key| key.starts_with(&prefix)) {
            self.receipts(hour, found).await?;
        }
        Ok(())
    }

    /// The receipts of what was swept of the hour: of the days after the end of its time.
    async fn receipts(&self, hour: LogHour, found: &mut Found) -> Result<(), AppError> {
        let end = format!("-{}{}", hour.name(), evidence::sweep::RECEIPT);
        let mut day = self.period.keep_until(hour.start());
        for _ in 0..3 {
            let papers = self.log.papers(day).await?;
            for key in papers.into_iter().filter(|key| key.ends_with(&end)) {
                if let Some(bytes) = self.log.read(&key).await? {
                    found.receipts.insert(key, bytes);
                }
            }
            day = day.saturating_add(SignedDuration::from_hours(24)).unwrap_or(day);
        }
        Ok(())
    }

    async fn written(
        &self,
        package: &EvidencePackage,
        accounts: &[AccountId],
        found: Found,
    ) -> Result<Vec<u8>, Written> {
        let Found { records, named, deleted, enclosed, seals, receipts, bytes } = found;
        let (named, deleted): (Vec<Source>, Vec<Source>) =
            (named.into_values().collect(), deleted.into_values().collect());
        let key = self.signer.public_key().await.map_err(AppError::from)?;
        let mut files = BTreeMap::new();
        let lines: String = records.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        files.insert(RECORDS.to_owned(), lines.into_bytes());
        let records: Vec<LogRecord> = records.into_iter().map(|(record, _)| record).collect();
        let decided: Vec<_> =
            records.iter().filter(|it| DECIDED.contains(&it.kind.as_str())).map(|it| &it.data).collect();
        files.insert(DECISIONS.to_owned(), json(&decided)?);
        if package.personal_data == PersonalData::Included {
            files.insert(IDENTITIES.to_owned(), json(&self.identities(package.package_id, accounts).await?)?);
            files.insert(CONNECTIONS.to_owned(), json(&self.connections(&records).await?)?);
        }
        files.insert(key.object_key(), key.to_pem().into_bytes());
        for signer in signers(&seals) {
            let place = format!("{}{signer}.pem", seal::KEYS);
            if let Some(pem) = self.log.read(&place).await.map_err(AppError::from)? {
                files.insert(place, pem);
            }
        }
        files.extend(seals);
        files.extend(enclosed);
        files.extend(receipts);
        let room = MOST.saturating_sub(bytes);
        let media = media::fetched(&*self.media, &records, room).await.map_err(AppError::from)?;
        files.extend(media.files);
        let now = self.clock.now();
        files.insert(
            PAGE.to_owned(),
            told_in(package, &records, (&named, &deleted, &media.listed), &key, now).into_bytes(),
        );
        let packed = Package { files };
        let manifest = Manifest {
            schema: SCHEMA.to_owned(),
            package_id: package.package_id.to_string(),
            scope: serde_json::to_value(&package.scope.of).map_err(refused)?,
            from: package.scope.from,
            until: package.scope.until,
            legal_basis: package.legal_basis.clone(),
            ordered_by: package.ordered_by.name().to_owned(),
            approved_by: package.approver().map(Actor::name).unwrap_or_default().to_owned(),
            personal_data: package.personal_data == PersonalData::Included,
            built_at: now,
            records: records.len() as u64,
            sources: named,
            deleted,
            media: media.listed,
            files: packed.listed(),
        };
        let manifest = manifest.to_bytes().map_err(refused)?;
        let signature = self.signer.sign(&Manifest::message(&manifest)).await.map_err(AppError::from)?;
        packed.signed(manifest, key.key_id(), &signature).map_err(|error| match error {
            PackageError::Archive(_) => Written::TooLarge,
            other => refused(other),
        })
    }

    /// Who stands behind the accounts. Every unsealing is on record before the clear text is there (R9.1).
    async fn identities(&self, package: PackageId, accounts: &[AccountId]) -> Result<Vec<serde_json::Value>, AppError> {
        let mut identities = Vec::new();
        for account_id in accounts {
            let Some(sealed) = self.unsealing(*account_id, package).await? else {
                identities.push(serde_json::json!({ "account_id": account_id, "identity": null }));
                continue;
            };
            let clear = self.vault.unseal(&account_id.to_string(), &sealed, Purpose::Evidence).await?;
            let identity = sealed_identity::read(&clear, Purpose::Evidence, self.clock.now())?;
            identities.push(serde_json::json!({
                "account_id": account_id,
                "identity": {
                    "principal_kind": identity.kind,
                    "document_type": identity.document.document_type(),
                    "document_number": identity.document.number(Purpose::Evidence),
                    "name": identity.name.reveal(Purpose::Evidence),
                },
            }));
        }
        Ok(identities)
    }

    /// The sealed identity of the account, after the event of its unsealing is stored; `None` when it is destroyed.
    async fn unsealing(&self, account_id: AccountId, package: PackageId) -> Result<Option<Sealed>, AppError> {
        for _ in 0..TRIES {
            let Some(account) = self.accounts.load(account_id).await? else { return Ok(None) };
            let Some(sealed) = account.identity.clone() else { return Ok(None) };
            let actor = Actor::function("record-worker");
            let change: Change<_> = account.unseal(Purpose::Evidence, package.to_string(), actor, self.clock.now());
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(Some(sealed)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(PortError::unavailable(WHAT, "the account changes all the time").into())
    }

    async fn connections(&self, records: &[LogRecord]) -> Result<Vec<serde_json::Value>, AppError> {
        let of_activity = records.iter().filter(|record| record.kind == ACTIVITY);
        let opened = stream::iter(of_activity).map(|record| async move {
            let sealed: Sealed = serde_json::from_value(record.data["sealed"].clone())
                .map_err(|_| PortError::corrupt(WHAT, "an activity without a seal"))?;
            let owner = record.record_id.to_string();
            let clear = self.activity.unseal(&owner, &sealed, Purpose::Evidence).await?;
            // The cause is left out: it would quote the value.
            let connection: Connection = serde_json::from_str(clear.reveal(Purpose::Evidence))
                .map_err(|_| PortError::corrupt(WHAT, "what was sealed is no connection"))?;
            Ok::<_, PortError>(serde_json::json!({
                "record_id": record.record_id,
                "account_id": record.account_id,
                "occurred_at": record.occurred_at,
                "action": record.data["action"],
                "connection": connection,
            }))
        });
        Ok(opened.buffered(AT_A_TIME).try_collect().await?)
    }
}

/// Why no archive was written.
enum Written {
    TooLarge,
    App(AppError),
}

impl From<AppError> for Written {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

fn refused(error: impl std::error::Error + Send + Sync + 'static) -> Written {
    Written::App(PortError::refused(WHAT, error).into())
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Written> {
    serde_json::to_vec_pretty(value).map_err(refused)
}

/// The keys that signed the seals.
fn signers(seals: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let envelopes = seals.values().filter_map(|bytes| serde_json::from_slice::<Envelope>(bytes).ok());
    envelopes.flat_map(|envelope| envelope.signatures).map(|signature| signature.keyid.to_string()).collect()
}

/// Takes what the seal says of the objects of an hour.
fn note(seal: &Seal, place: &str, prefix: &str, there: &[String], found: &mut Found) {
    for entry in seal.entries.iter().filter(|entry| entry.key.starts_with(prefix)) {
        match found.named.get_mut(&entry.key) {
            Some(source) => drop(source.seal.get_or_insert_with(|| place.to_owned())),
            None if !there.contains(&entry.key) => {
                let (key, sha256, size) = (entry.key.clone(), entry.sha256, entry.size);
                let source = Source { key: key.clone(), sha256, size, seal: Some(place.to_owned()) };
                found.deleted.insert(key, source);
            }
            None => {}
        }
    }
}

/// The page for people.
fn told_in(
    package: &EvidencePackage,
    records: &[LogRecord],
    (sources, deleted, media): (&[Source], &[Source], &[MediaFile]),
    key: &PublicKey,
    now: Timestamp,
) -> String {
    let scope = serde_json::to_string(&package.scope.of).unwrap_or_default();
    let approved_by = package.approver().map(Actor::name).unwrap_or_default();
    let told = Told {
        package_id: &package.package_id.to_string(),
        scope: &scope,
        from: package.scope.from,
        until: package.scope.until,
        legal_basis: &package.legal_basis,
        reason: &package.reason,
        ordered_by: package.ordered_by.name(),
        approved_by,
        personal_data: package.personal_data == PersonalData::Included,
        built_at: now,
        key_id: &key.key_id().to_string(),
        sources,
        deleted,
        media,
    };
    page(&told, records)
}
