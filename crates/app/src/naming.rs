//! Who may carry which name (R4).

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    display_name::{DisplayName, NameRules, UnusableName},
    principal::PrincipalKind,
    profile::Bilingual,
    protected_name::ProtectedName,
    public_profile::Concern,
    settings::PublicFace,
};
use screening::normalise::skeleton;

use crate::{
    error::AppError,
    ports::{PortError, ProtectedNames, SettingsSource},
};

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameRefusal {
    #[error(transparent)]
    Unusable(#[from] UnusableName),
    /// A principal of this kind may not carry it.
    #[error("the name is protected")]
    Protected(Box<ProtectedNotice>),
    /// Rules in force refuse it, as they refuse content; the first few.
    #[error("rules refuse the name")]
    Refused(Vec<Concern>),
    /// Another account carries it, or one that a reader would take for it.
    #[error("the name is taken")]
    Taken,
}

/// The protected name that stands in the way, for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedNotice {
    /// As the list writes it.
    pub name: String,
    pub why: Bilingual,
}

/// How names are compared while these `affixes` are in force.
#[must_use]
pub fn name_rules(affixes: &[String]) -> NameRules {
    NameRules::new(skeleton, affixes)
}

/// Judges names.
pub struct Naming {
    protected: Arc<dyn ProtectedNames>,
    settings: Arc<dyn SettingsSource>,
    /// The affixes as they were last seen. The list is looked up by them while the settings are read, so that the two
    /// cost one round trip; when they have changed meanwhile, it is looked up again.
    affixes: Mutex<Vec<String>>,
}

impl Naming {
    #[must_use]
    pub fn new(protected: Arc<dyn ProtectedNames>, settings: Arc<dyn SettingsSource>) -> Self {
        Self { protected, settings, affixes: Mutex::new(PublicFace::default().name_affixes) }
    }

    /// The name with what it is compared as, if a principal of `kind` may carry it. Whether another account carries it
    /// shows when it is stored.
    ///
    /// # Errors
    /// The reason why not, or that the list of protected names cannot be read: then nobody takes a name (fail closed).
    pub async fn choose(&self, text: &str, kind: PrincipalKind) -> Result<DisplayName, AppError> {
        let seen = self.affixes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (settings, mut found) = futures::try_join!(self.settings.current(), self.found(text, &seen))?;
        let affixes = &settings.public_face.name_affixes;
        if *affixes != seen {
            affixes.clone_into(&mut self.affixes.lock().unwrap_or_else(PoisonError::into_inner));
            found = self.found(text, affixes).await?;
        }
        let rules = name_rules(affixes);
        let name = rules.read(text).map_err(NameRefusal::Unusable)?;
        match ProtectedName::refusing(found, &rules.forms(text), kind) {
            None => Ok(name),
            Some(ProtectedName { name, why, .. }) => {
                Err(NameRefusal::Protected(Box::new(ProtectedNotice { name, why })).into())
            }
        }
    }

    /// The protected names that could stand against this one.
    async fn found(&self, text: &str, affixes: &[String]) -> Result<Vec<ProtectedName>, PortError> {
        self.protected.among(&name_rules(affixes).forms(text).to_look_up()).await
    }
}
