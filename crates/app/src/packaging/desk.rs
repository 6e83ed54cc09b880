//! Orders packages, approves them, and hands them over.

use std::sync::Arc;

use domain::{
    actor::Actor,
    change::Change,
    evidence_package::{EvidencePackage, LogObjects, NewPackage, PackageRefusal, PackageScope, PersonalData},
    id::PackageId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    holding::ScopeReader,
    ports::{Clock, PackageArchive, PackagePage, PackageShelf, PortError, SaveError},
};

/// Two people at one order at once: the second try reads what the first left.
const TRIES: usize = 5;

/// A package as it is ordered.
#[derive(Debug, Clone)]
pub struct OrderPackage {
    /// Names the package; a second try of the same one meets the first.
    pub operation_id: Uuid,
    pub scope: PackageScope,
    pub legal_basis: String,
    pub reason: String,
    pub personal_data: PersonalData,
    pub log_objects: LogObjects,
    pub actor: Actor,
}

/// Where a package can be had for some minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageLink {
    pub package: EvidencePackage,
    pub url: String,
}

/// Takes orders.
pub struct PackageDesk {
    pub packages: Arc<dyn PackageShelf>,
    pub archive: Arc<dyn PackageArchive>,
    pub scopes: Arc<ScopeReader>,
    pub clock: Arc<dyn Clock>,
}

impl PackageDesk {
    /// Orders a package; nothing is built before another person approves it.
    ///
    /// # Errors
    /// When what it names does not exist, the period is none or too long, or a port does not work.
    pub async fn order(&self, command: OrderPackage) -> Result<EvidencePackage, AppError> {
        let OrderPackage { operation_id, scope, legal_basis, reason, personal_data, log_objects, actor } = command;
        scope.check()?;
        let package_id = PackageId::from_uuid(operation_id);
        if let Some(stands) = self.packages.package(package_id).await? {
            return Ok(stands);
        }
        let (about, account_id) = self.scopes.about(&scope.of).await?;
        let new = NewPackage { package_id, scope, about, account_id, legal_basis, reason, personal_data, log_objects };
        let change = EvidencePackage::order(new, actor, self.clock.now())?;
        match self.packages.save(&change).await {
            Ok(()) => Ok(change.state),
            // An earlier try of the same order.
            Err(SaveError::VersionConflict) => self.show(package_id).await,
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }

    /// # Errors
    /// When there is no such package, or a port does not work.
    pub async fn show(&self, package_id: PackageId) -> Result<EvidencePackage, AppError> {
        self.packages.package(package_id).await?.ok_or(AppError::PackageNotFound)
    }

    /// A page of all orders, the latest first.
    ///
    /// # Errors
    /// When the cursor is not one that a page gave, or a port does not work.
    pub async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<PackagePage, AppError> {
        self.packages.list(limit, cursor).await.map_err(|error| match error {
            PortError::Refused { .. } if cursor.is_some() => AppError::CursorUnknown,
            other => other.into(),
        })
    }

    /// Approves the order.
    ///
    /// # Errors
    /// When there is no such order, it was approved or refused by others, the actor ordered it, or a port does not work.
    pub async fn approve(&self, package_id: PackageId, actor: &Actor) -> Result<EvidencePackage, AppError> {
        let again = |package: &EvidencePackage| package.approver() == Some(actor);
        self.change(package_id, again, |package, now| package.approve(actor.clone(), now)).await
    }

    /// Refuses the order, or takes it back.
    ///
    /// # Errors
    /// As of [`approve`](Self::approve).
    pub async fn refuse(
        &self,
        package_id: PackageId,
        reason: &str,
        actor: &Actor,
    ) -> Result<EvidencePackage, AppError> {
        self.change(package_id, |_| false, |package, now| package.refuse(reason.to_owned(), actor.clone(), now)).await
    }

    /// An address at which the package can be had for some minutes; that it was asked for is on record before.
    ///
    /// # Errors
    /// When there is no such package, it is not ready, or a port does not work.
    pub async fn hand_over(&self, package_id: PackageId, actor: &Actor) -> Result<PackageLink, AppError> {
        let package = self.change(package_id, |_| false, |package, now| package.hand_over(actor.clone(), now)).await?;
        let url = self.archive.link(package_id, self.clock.now()).await?;
        Ok(PackageLink { package, url })
    }

    async fn change(
        &self,
        package_id: PackageId,
        is_done: impl Fn(&EvidencePackage) -> bool,
        transition: impl Fn(EvidencePackage, Timestamp) -> Result<Change<EvidencePackage>, PackageRefusal>,
    ) -> Result<EvidencePackage, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let package = self.show(package_id).await?;
            if is_done(&package) {
                return Ok(package);
            }
            expected = package.version;
            let change = transition(package, self.clock.now())?;
            match self.packages.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}
