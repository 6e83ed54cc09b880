//! For whoever has no script to do the work with: a ticket that lets one complaint in when it has waited for a while, which is
//! less than it takes to write one. Nothing to see, to hear or to solve (R15.2).

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};

use crate::{
    intake_secret::IntakeSecret,
    proof_of_work::{LASTS, ProofId, ProofRefusal},
};

const LABEL: &str = "waiting ticket";

/// What is written into the form: `<second>.<chance>.<HMAC>`.
#[must_use]
pub fn issue(secret: &IntakeSecret, chance: [u8; 16], now: Timestamp) -> String {
    let body = format!("{}.{}", now.as_second(), HEXLOWER.encode(&chance));
    let mac = secret.mac(LABEL, &body);
    format!("{body}.{mac}")
}

/// Whether `ticket` is ours and has waited.
///
/// # Errors
/// Why it is not taken.
pub fn verify(
    ticket: &str,
    secret: &IntakeSecret,
    wait: SignedDuration,
    now: Timestamp,
) -> Result<ProofId, ProofRefusal> {
    let (body, mac) = ticket.rsplit_once('.').ok_or(ProofRefusal::Wrong)?;
    if ticket.len() > 256 || !secret.has_signed(LABEL, body, mac) {
        return Err(ProofRefusal::Wrong);
    }
    let second = body.split_once('.').and_then(|(second, _)| second.parse().ok());
    let issued = second.and_then(|second: i64| Timestamp::from_second(second).ok()).ok_or(ProofRefusal::Wrong)?;
    match now.duration_since(issued) {
        age if age < wait => Err(ProofRefusal::TooSoon),
        age if age >= LASTS => Err(ProofRefusal::Expired),
        _ => Ok(ProofId::of(format!("ticket {body}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_lets_in_after_a_while_and_not_for_ever() {
        let (secret, issued) = (IntakeSecret::new([7; 32]), Timestamp::UNIX_EPOCH);
        let ticket = issue(&secret, [1; 16], issued);
        let wait = SignedDuration::from_secs(20);
        let at = |seconds| verify(&ticket, &secret, wait, issued + SignedDuration::from_secs(seconds));
        assert_eq!((at(19), at(1_800)), (Err(ProofRefusal::TooSoon), Err(ProofRefusal::Expired)));
        assert!(at(20).is_ok() && at(1_799).is_ok());
        assert_ne!(at(20).unwrap(), verify(&issue(&secret, [2; 16], issued), &secret, wait, issued + wait).unwrap());
    }

    #[test]
    fn a_ticket_cannot_be_made_older() {
        let (secret, now) = (IntakeSecret::new([7; 32]), Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100));
        let ticket = issue(&secret, [1; 16], now);
        let older = ticket.replacen("100.", "10.", 1);
        for forged in [older.as_str(), "", ".", "a.b.c", "100..", &ticket[1..]] {
            assert_eq!(verify(forged, &secret, SignedDuration::ZERO, now), Err(ProofRefusal::Wrong), "{forged}");
        }
    }
}
