//! Whom the auditor trusts. The keys that lie in the copy are trusted only when the auditor names them: who can alter
//! the log can put a key beside it.

use evidence::{
    envelope::{KeyId, PublicKey},
    seal::KEYS,
};

use crate::{
    copy::Copy,
    finding::{Finding, Kind},
    verify::InputError,
};

/// What the auditor says to trust.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Names of keys that lie in the copy.
    pub named: Vec<KeyId>,
    /// Keys that the auditor has brought.
    pub brought: Vec<PublicKey>,
}

impl Trust {
    /// The trusted keys, as far as they are to be had. Every published key must be the one that its name says.
    pub(crate) fn keys(&self, copy: &dyn Copy, findings: &mut Vec<Finding>) -> Result<Vec<PublicKey>, InputError> {
        let mut keys = self.brought.clone();
        for place in copy.keys(KEYS)? {
            let pem = copy.read(&place)?;
            let key = std::str::from_utf8(&pem).ok().and_then(|pem| PublicKey::from_pem(pem).ok());
            match key {
                // Written anew, it must come out the same.
                Some(key) if key.object_key() == place && key.to_pem().as_bytes() == pem => {
                    if self.named.contains(&key.key_id()) {
                        keys.push(key);
                    }
                }
                _ => findings.push(Finding::at(Kind::KeyAltered, place, "the file is not the key that its name says")),
            }
        }
        for named in &self.named {
            if !keys.iter().any(|key| key.key_id() == *named) {
                let place = format!("{KEYS}{named}.pem");
                findings.push(Finding::at(Kind::KeyMissing, place, "the key is trusted and not there"));
            }
        }
        Ok(keys)
    }
}
