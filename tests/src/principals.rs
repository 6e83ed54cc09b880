//! Principals that nobody is: document numbers whose form and check character are right, made anew for each run, since
//! a principal may hold only so many accounts. Their region ends in 9999, which is assigned to nobody.

use app::ports::{Clock, SystemClock};
use domain::id::uuid_at;
use serde_json::{Value, json};

/// Who registers.
#[derive(Debug, Clone)]
pub struct Principal {
    pub kind: &'static str,
    pub document_type: &'static str,
    pub document_number: String,
    pub name: String,
}

impl Principal {
    /// A person whom the stand-in knows by that name.
    #[must_use]
    pub fn person(name: &str) -> Self {
        Self {
            kind: "individual",
            document_type: "resident_identity_number",
            document_number: resident_identity_number(),
            name: name.to_owned(),
        }
    }

    /// A company.
    #[must_use]
    pub fn company(name: &str) -> Self {
        Self {
            kind: "enterprise",
            document_type: "unified_social_credit_code",
            document_number: social_credit_code(),
            name: name.to_owned(),
        }
    }

    /// The same company, by the organisation code that it had before its social credit code.
    #[must_use]
    pub fn by_organisation_code(&self) -> Self {
        let document_number = self.document_number[8..17].to_owned();
        Self { document_type: "organisation_code", document_number, ..self.clone() }
    }

    /// The body of the request that registers an account of theirs. The name gets a tail that no other call has, since no
    /// two accounts carry one name.
    #[must_use]
    pub fn registration(&self, display_name: &str) -> Value {
        json!({
            "principal": {
                "kind": self.kind,
                "document_type": self.document_type,
                "document_number": self.document_number,
                "name": self.name,
            },
            "display_name": distinct(display_name),
        })
    }
}

/// 62 bits of chance.
#[must_use]
pub fn chance() -> u64 {
    // The tail of a UUIDv7 is random but for the two bits of its variant.
    uuid_at(SystemClock.now()).as_u64_pair().1 & (u64::MAX >> 2)
}

/// A display name that no other call has.
#[must_use]
pub fn distinct(display_name: &str) -> String {
    format!("{display_name}{}", tail())
}

/// Eight characters that tell names apart: letters and digits of which no two look alike.
fn tail() -> String {
    const ALPHABET: &[u8; 28] = b"23456789abcdefghjkmnpqrtuwxy";
    let mut chance = chance();
    let mut tail = String::with_capacity(8);
    for _ in 0..8 {
        tail.push(char::from(ALPHABET[(chance % 28) as usize]));
        chance /= 28;
    }
    tail
}

/// A text that no other run has, for references and idempotency keys.
#[must_use]
pub fn unique(what: &str) -> String {
    format!("{what}-{}", uuid_at(SystemClock.now()).simple())
}

/// A resident identity number, GB 11643-1999: region, birth date, sequence, check character (ISO 7064 MOD 11-2).
#[must_use]
pub fn resident_identity_number() -> String {
    let chance = chance();
    let (year, month, day) = (1950 + chance % 50, 1 + chance / 50 % 12, 1 + chance / 600 % 28);
    let (province, sequence) = (11 + chance / 16_800 % 5, chance / 84_000 % 1000);
    let digits = format!("{province}9999{year:04}{month:02}{day:02}{sequence:03}");
    // 17 digits: two of the province, four of a region that does not exist, and the rest of the standard's.
    let sum = digits.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    format!("{digits}{}", char::from(b"10X98765432"[sum as usize]))
}

/// The check character of the eight characters of an organisation code, GB 11714-1997.
fn organisation_code_check(own: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = own.chars().zip(weights).map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// A unified social credit code, GB 32100-2015: `91`, region, organisation code (GB 11714), check character.
#[must_use]
pub fn social_credit_code() -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut chance = chance();
    let mut code = "91119999".to_owned();
    for _ in 0..8 {
        code.push(char::from(ALPHABET[(chance % 31) as usize]));
        chance /= 31;
    }
    let organisation_code_check = organisation_code_check(&code[8..]);
    code.push(organisation_code_check);
    let value = |character: u8| ALPHABET.iter().position(|c| *c == character).unwrap_or(0);
    let (sum, _) = code.bytes().fold((0, 1), |(sum, weight), c| ((sum + value(c) * weight) % 31, weight * 3 % 31));
    format!("{code}{}", char::from(ALPHABET[(31 - sum) % 31]))
}

#[cfg(test)]
mod tests {
    use domain::document::{Document, DocumentType};

    use super::*;

    #[test]
    fn made_numbers_have_the_right_form_and_check_character() {
        let today = jiff::civil::date(2026, 11, 23);
        for _ in 0..500 {
            let (person, company) = (resident_identity_number(), social_credit_code());
            assert_eq!(Document::parse(DocumentType::ResidentIdentityNumber, &person, today).err(), None, "{person}");
            assert_eq!(
                Document::parse(DocumentType::UnifiedSocialCreditCode, &company, today).err(),
                None,
                "{company}"
            );
            assert_eq!(
                Document::parse(DocumentType::OrganisationCode, &company[8..17], today).err(),
                None,
                "{company}"
            );
        }
    }
}
