//! What the public is told when a complaint is not taken, or cannot be contested (R15.2, B6).

use domain::{
    case::ContestRefusal, complaint::ComplaintRefusal, proof_of_work::ProofRefusal, reporter::ReporterRefusal,
};

use super::Code;

pub(super) const fn code_of_complaint(refusal: &ComplaintRefusal) -> Code {
    match refusal {
        ComplaintRefusal::ReasonUnknown => Code::ReasonUnknown,
        ComplaintRefusal::RightsHolderRequired => Code::RightsHolderRequired,
        ComplaintRefusal::RightsHolderNotAsked => Code::RightsHolderNotAsked,
        ComplaintRefusal::LinkUnknown => Code::LinkUnknown,
        ComplaintRefusal::SubjectRemoved => Code::SubjectRemoved,
        ComplaintRefusal::OwnContent => Code::OwnContent,
        ComplaintRefusal::EvidenceClosed => Code::EvidenceClosed,
        ComplaintRefusal::TooManyFiles => Code::TooManyFiles,
    }
}

pub(super) const fn code_of_proof(refusal: ProofRefusal) -> Code {
    match refusal {
        ProofRefusal::Missing => Code::ProofRequired,
        ProofRefusal::Wrong => Code::ProofWrong,
        ProofRefusal::Expired => Code::ProofExpired,
        ProofRefusal::TooSoon => Code::ProofTooSoon,
        ProofRefusal::Replayed => Code::ProofReplayed,
    }
}

pub(super) const fn code_of_reporter(refusal: ReporterRefusal) -> Code {
    match refusal {
        ReporterRefusal::Unknown => Code::ReporterUnknown,
        ReporterRefusal::NotDismissed => Code::ComplaintNotDismissed,
        ReporterRefusal::NotFound => Code::BadFaithNotFound,
        ReporterRefusal::OwnFinding => Code::ConflictOfInterest,
    }
}

pub(super) const fn code_of_contest(refusal: ContestRefusal) -> Code {
    match refusal {
        ContestRefusal::NotDecided => Code::ComplaintNotDecided,
        ContestRefusal::Upheld => Code::ComplaintUpheld,
        ContestRefusal::ContestedBefore => Code::ContestedBefore,
        ContestRefusal::WindowOver { .. } => Code::ContestWindowOver,
    }
}
