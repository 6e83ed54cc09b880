//! Identity documents: their form and their check characters (R6.1).
//!
//! A document is normalised before it is judged (full-width forms, white space, hyphens, lower-case letters), and a
//! failure names the rule that failed and never the number.

mod birth_date;
mod mod11_2;
mod organisation_code;
mod passport;
mod permanent_residence;
mod resident_identity;
mod social_credit;
mod states;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    normalise::ascii_forms,
    personal::{Personal, Purpose},
    principal::PrincipalKind,
};

/// What kinds of document a principal can be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// Unified social credit code, 18 characters (GB 32100).
    UnifiedSocialCreditCode,
    /// Legacy organisation code, 9 characters (GB 11714).
    OrganisationCode,
    /// Resident identity number, 18 characters (GB 11643).
    ResidentIdentityNumber,
    /// Number of the residence permit of residents from Hong Kong, Macao and Taiwan: as a resident identity number, with
    /// regions of its own. A type of its own, because another authority issues it and another register knows it.
    ResidencePermitNumber,
    /// Number of the identity card of a foreign permanent resident, 18 characters or (cards until 2023) 15.
    PermanentResidenceNumber,
    /// Passport number and issuing state (ICAO 9303).
    Passport,
}

impl DocumentType {
    pub const ALL: [Self; 6] = [
        Self::UnifiedSocialCreditCode,
        Self::OrganisationCode,
        Self::ResidentIdentityNumber,
        Self::ResidencePermitNumber,
        Self::PermanentResidenceNumber,
        Self::Passport,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnifiedSocialCreditCode => "unified_social_credit_code",
            Self::OrganisationCode => "organisation_code",
            Self::ResidentIdentityNumber => "resident_identity_number",
            Self::ResidencePermitNumber => "residence_permit_number",
            Self::PermanentResidenceNumber => "permanent_residence_number",
            Self::Passport => "passport",
        }
    }
}

/// What somebody presents, as they wrote it.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    pub document_type: DocumentType,
    pub number: &'a str,
    /// Three letters, for passports and nothing else.
    pub issuing_state: Option<&'a str>,
}

/// A document whose form and check character are right. Whether it belongs to whoever presented it is for the
/// identity provider to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    document_type: DocumentType,
    /// What tells the document from every other of its type: the number, behind the issuing state if it has one.
    code: Personal<String>,
}

/// Letters of an issuing state.
const STATE: usize = 3;

impl Document {
    /// Normalises and judges what is presented. `today` bounds the date of birth inside a number.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn read(presented: Presented<'_>, today: Date) -> Result<Self, DocumentError> {
        let number = ascii_forms(presented.number);
        let state = presented.issuing_state.map(ascii_forms);
        let document_type = presented.document_type;
        if state.is_some() != matches!(document_type, DocumentType::Passport) {
            return Err(DocumentError::IssuingState);
        }
        let state = state.unwrap_or_default();
        match document_type {
            DocumentType::UnifiedSocialCreditCode => social_credit::check(&number)?,
            DocumentType::OrganisationCode => organisation_code::check(&number)?,
            DocumentType::ResidentIdentityNumber => resident_identity::check(&number, today)?,
            DocumentType::ResidencePermitNumber => resident_identity::check_permit(&number, today)?,
            DocumentType::PermanentResidenceNumber => permanent_residence::check(&number, today)?,
            DocumentType::Passport => passport::check(&state, &number)?,
        }
        Ok(Self { document_type, code: Personal::new(state + &number) })
    }

    /// [`read`](Self::read), for the documents that have no issuing state.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(document_type: DocumentType, number: &str, today: Date) -> Result<Self, DocumentError> {
        Self::read(Presented { document_type, number, issuing_state: None }, today)
    }

    #[must_use]
    pub const fn document_type(&self) -> DocumentType {
        self.document_type
    }

    /// The normalised number in clear, for `purpose`.
    #[must_use]
    pub fn number(&self, purpose: Purpose) -> &str {
        self.split(purpose).1
    }

    /// The issuing state of a passport, for `purpose`: with a nationality few people are many fewer.
    #[must_use]
    pub fn issuing_state(&self, purpose: Purpose) -> Option<&str> {
        self.split(purpose).0
    }

    /// What a principal is told apart by: two documents that name the same principal give the same (R13.2).
    ///
    /// A unified social credit code holds the organisation code (GB 11714) in positions 9 to 17 (GB 32100, 5.4), so that
    /// an organisation that was registered by the one is known by the other. Identity numbers and residence permits are
    /// one series of numbers.
    #[must_use]
    pub fn principal_code(&self, purpose: Purpose) -> (&'static str, &str) {
        let code = self.code.reveal(purpose).as_str();
        match self.document_type {
            // Its form is right, so that it has eighteen ASCII characters.
            DocumentType::UnifiedSocialCreditCode => {
                (DocumentType::OrganisationCode.as_str(), code.get(8..17).unwrap_or(code))
            }
            DocumentType::ResidencePermitNumber => (DocumentType::ResidentIdentityNumber.as_str(), code),
            DocumentType::OrganisationCode
            | DocumentType::ResidentIdentityNumber
            | DocumentType::PermanentResidenceNumber
            | DocumentType::Passport => (self.document_type.as_str(), code),
        }
    }

    /// The province in the number, the first two digits of its region (GB/T 2260): where the principal registered, or was
    /// first entered. Of an organisation code, a passport and a foreigner's card there is none.
    #[must_use]
    pub fn province(&self) -> Option<&str> {
        let code = self.code.reveal(Purpose::Judging).as_str();
        match self.document_type {
            DocumentType::UnifiedSocialCreditCode => code.get(2..4),
            DocumentType::ResidentIdentityNumber | DocumentType::ResidencePermitNumber => code.get(..2),
            DocumentType::OrganisationCode | DocumentType::PermanentResidenceNumber | DocumentType::Passport => None,
        }
    }

    /// Whether the number can be that of a principal of `kind`: the first character of a social credit code says which authority
    /// gave it (GB 32100-2015, 4.2), and bodies of government have theirs from the one for institutional organisation, or from
    /// that of the armed forces. Of other kinds the code does not tell.
    #[must_use]
    pub fn may_be_of(&self, kind: PrincipalKind) -> bool {
        let gave_it = self.code.reveal(Purpose::Judging).chars().next();
        match (self.document_type, kind) {
            (DocumentType::UnifiedSocialCreditCode, PrincipalKind::Government) => matches!(gave_it, Some('1' | 'A')),
            _ => true,
        }
    }

    fn split(&self, purpose: Purpose) -> (Option<&str>, &str) {
        let code = self.code.reveal(purpose).as_str();
        match self.document_type {
            DocumentType::Passport => {
                code.split_at_checked(STATE).map_or((None, code), |(state, number)| (Some(state), number))
            }
            _ => (None, code),
        }
    }
}

/// The rule that a document breaks. Never the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DocumentError {
    #[error("the number has the wrong length")]
    Length,
    #[error("the number has a character that its standard does not use")]
    Character,
    #[error("the number's region is not one that is assigned")]
    Region,
    #[error("the nationality in the number is not one, or not that of a foreigner")]
    Nationality,
    #[error("the date of birth in the number is not a date, or lies in the future")]
    BirthDate,
    #[error("the check character is wrong")]
    CheckCharacter,
    #[error("the issuing state is missing, not known, or given for a document that has none")]
    IssuingState,
    #[error("the number does not have the form that its issuing state gives to numbers")]
    NationalForm,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn a_company_is_no_body_of_government() {
        let company = Document::parse(DocumentType::UnifiedSocialCreditCode, "91350100M000100Y43", TODAY).unwrap();
        assert!(!company.may_be_of(PrincipalKind::Government) && company.may_be_of(PrincipalKind::Enterprise));
        let body = Document::parse(DocumentType::UnifiedSocialCreditCode, "11350100M000100Y4B", TODAY);
        let body = body.unwrap_or_else(|error| panic!("{error}"));
        assert!(body.may_be_of(PrincipalKind::Government));
        let code = Document::parse(DocumentType::OrganisationCode, "D2143569-X", TODAY).unwrap();
        assert!(code.may_be_of(PrincipalKind::Government), "an organisation code does not tell");
    }

    #[test]
    fn a_number_tells_the_province_and_no_more() {
        let province = |kind, number| Document::parse(kind, number, TODAY).unwrap().province().map(str::to_owned);
        assert_eq!(province(DocumentType::UnifiedSocialCreditCode, "91350100M000100Y43").as_deref(), Some("35"));
        assert_eq!(province(DocumentType::ResidentIdentityNumber, "440524188001010014").as_deref(), Some("44"));
        assert_eq!(province(DocumentType::OrganisationCode, "D2143569-X"), None);
    }

    /// One of each type, from the standards.
    const EXAMPLES: [(DocumentType, &str, Option<&str>); 6] = [
        (DocumentType::UnifiedSocialCreditCode, "91350100M000100Y43", None),
        (DocumentType::OrganisationCode, "D2143569-X", None),
        (DocumentType::ResidentIdentityNumber, "11010519491231002X", None),
        (DocumentType::ResidencePermitNumber, "810000199408230021", None),
        (DocumentType::PermanentResidenceNumber, "911124198108030024", None),
        (DocumentType::Passport, "L898902C3", Some("AUT")),
    ];

    fn example((document_type, number, issuing_state): (DocumentType, &str, Option<&str>)) -> Document {
        Document::read(Presented { document_type, number, issuing_state }, TODAY).unwrap()
    }

    #[test]
    fn each_type_has_a_document_and_reads_only_its_own() {
        for (document_type, number, issuing_state) in EXAMPLES {
            for other in DocumentType::ALL {
                let read = Document::read(Presented { document_type: other, number, issuing_state }, TODAY);
                assert_eq!(read.is_ok(), other == document_type, "{number} as {other:?}");
            }
        }
    }

    #[test]
    fn input_is_normalised_before_it_is_judged() {
        let document =
            Document::parse(DocumentType::ResidentIdentityNumber, " １１０１０５ 19491231－002x ", TODAY).unwrap();
        assert_eq!(document.number(Purpose::Sealing), "11010519491231002X");
        let passport = example((DocumentType::Passport, "l898902c3", Some(" ａut")));
        assert_eq!(passport.number(Purpose::Sealing), "L898902C3");
        assert_eq!(passport.issuing_state(Purpose::Sealing), Some("AUT"));
    }

    #[test]
    fn a_passport_has_an_issuing_state_and_nothing_else_has() {
        let passport = Document::parse(DocumentType::Passport, "L898902C3", TODAY);
        assert_eq!(passport, Err(DocumentError::IssuingState));
        let number = "11010519491231002X";
        let document_type = DocumentType::ResidentIdentityNumber;
        let card = Document::read(Presented { document_type, number, issuing_state: Some("CHN") }, TODAY);
        assert_eq!(card, Err(DocumentError::IssuingState));
    }

    #[test]
    fn an_organisation_is_known_by_the_organisation_code_inside_its_credit_code() {
        let credit_code = Document::parse(DocumentType::UnifiedSocialCreditCode, "91350100M000100Y43", TODAY).unwrap();
        let legacy = Document::parse(DocumentType::OrganisationCode, "M000100Y-4", TODAY).unwrap();
        assert_eq!(credit_code.principal_code(Purpose::Indexing), ("organisation_code", "M000100Y4"));
        assert_eq!(credit_code.principal_code(Purpose::Indexing), legacy.principal_code(Purpose::Indexing));
    }

    #[test]
    fn two_states_may_give_the_same_passport_number() {
        let (one, other) = (
            example((DocumentType::Passport, "L898902C3", Some("AUT"))),
            example((DocumentType::Passport, "L898902C3", Some("CHE"))),
        );
        assert_ne!(one.principal_code(Purpose::Indexing), other.principal_code(Purpose::Indexing));
    }

    #[test]
    fn a_document_never_prints_its_number() {
        for shown in EXAMPLES {
            let number: String = shown.1.replace('-', "");
            assert!(!format!("{:?}", example(shown)).contains(&number));
        }
    }

    proptest! {
        /// How people write a number changes nothing: spaces, hyphens, full-width forms, lower case.
        #[test]
        fn a_document_is_the_same_however_it_is_written(
            which in 0_usize..EXAMPLES.len(),
            wide in proptest::collection::vec(any::<bool>(), 18),
            gaps in proptest::collection::vec(0_usize..4, 18),
        ) {
            let (document_type, number, issuing_state) = EXAMPLES[which];
            let written: String = number.chars().zip(wide.iter().zip(&gaps)).flat_map(|(c, (wide, gap))| {
                let c = if *wide { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c.to_ascii_lowercase() };
                ["", " ", "\u{3000}", "-"][*gap].chars().chain([c])
            }).collect();
            let read = Document::read(Presented { document_type, number: &written, issuing_state }, TODAY);
            prop_assert_eq!(read, Ok(example(EXAMPLES[which])));
        }

        #[test]
        fn no_text_makes_it_panic(which in 0_usize..6, number in "\\PC{0,24}", state in proptest::option::of("\\PC{0,4}")) {
            let document_type = DocumentType::ALL[which];
            let _ = Document::read(Presented { document_type, number: &number, issuing_state: state.as_deref() }, TODAY);
        }
    }
}
