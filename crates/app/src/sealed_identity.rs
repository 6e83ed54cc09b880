//! What is inside an account's seal.

use domain::{
    document::{Document, DocumentType, Presented},
    personal::{Personal, Purpose},
    principal::{Identity, PrincipalKind},
    retention::SHANGHAI,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{error::AppError, ports::PortError};

#[derive(Serialize, Deserialize)]
struct SealedText {
    kind: PrincipalKind,
    document_type: DocumentType,
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuing_state: Option<String>,
    name: String,
}

/// The text that is sealed.
pub(crate) fn text_of(identity: &Identity) -> Result<Personal<String>, AppError> {
    let text = SealedText {
        kind: identity.kind,
        document_type: identity.document.document_type(),
        number: identity.document.number(Purpose::Sealing).to_owned(),
        issuing_state: identity.document.issuing_state(Purpose::Sealing).map(str::to_owned),
        name: identity.name.reveal(Purpose::Sealing).clone(),
    };
    let json = serde_json::to_string(&text).map_err(|_| unreadable("it cannot be written"))?;
    Ok(Personal::new(json))
}

/// The identity that was sealed.
pub(crate) fn read(clear: &Personal<String>, purpose: Purpose, now: Timestamp) -> Result<Identity, AppError> {
    // The cause is left out: serde's messages quote the value.
    let text: SealedText =
        serde_json::from_str(clear.reveal(purpose)).map_err(|_| unreadable("it is not what this version writes"))?;
    let presented = Presented {
        document_type: text.document_type,
        number: &text.number,
        issuing_state: text.issuing_state.as_deref(),
    };
    let document =
        Document::read(presented, date_in_shanghai(now)).map_err(|_| unreadable("its document number is wrong"))?;
    Ok(Identity { kind: text.kind, document, name: Personal::new(text.name) })
}

/// There is nothing left to open (R9.2).
pub(crate) fn destroyed() -> AppError {
    unreadable("it was destroyed")
}

fn unreadable(why: &str) -> AppError {
    PortError::corrupt("the sealed identity", why).into()
}

pub(crate) fn date_in_shanghai(now: Timestamp) -> jiff::civil::Date {
    now.to_zoned_datetime(SHANGHAI.clone()).date()
}
