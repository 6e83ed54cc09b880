use app::ports::{CallerRegister, IdentityVault, PortError, PrincipalIndex};
use data_encoding::BASE64;
use domain::{
    document::{Document, DocumentType},
    personal::{Personal, Purpose, Sealed},
};

use crate::samples;

const CLEAR: &str = "11010519491231002X 张三";

/// Runs every check.
pub async fn identity_vault(vault: &dyn IdentityVault) {
    what_was_sealed_is_unsealed_for_its_owner(vault).await;
    a_seal_shows_nothing(vault).await;
    another_owner_cannot_unseal(vault).await;
    an_altered_seal_does_not_open(vault).await;
}

/// A vault with another key opens what was sealed before, and tells owners apart as before (a sealing key is renewed).
pub async fn a_vault_opens_what_another_sealed(renewed: &dyn IdentityVault, before: &dyn IdentityVault) {
    let sealed = sealed(before).await;
    let opened = renewed.unseal("acct_a", &sealed, Purpose::Review).await.unwrap();
    assert_eq!(opened.reveal(Purpose::Review), CLEAR);
    assert!(is_closed(&renewed.unseal("acct_b", &sealed, Purpose::Review).await));
}

/// Runs every check.
pub async fn principal_index(index: &dyn PrincipalIndex) {
    the_same_document_has_the_same_key(index).await;
    other_documents_have_other_keys(index).await;
    a_key_shows_nothing(index).await;
}

/// Runs every check.
pub async fn caller_register(register: &dyn CallerRegister) {
    let of = async |name: &str| register.pseudonym(&Personal::new(name.to_owned())).await.unwrap();
    let pseudonym = of("li.si@example.com").await;
    assert_eq!(of("li.si@example.com").await, pseudonym, "the same name, the same pseudonym");
    assert_ne!(of("wang.wu@example.com").await, pseudonym);
    let shown = pseudonym.strip_prefix("caller_").expect("a pseudonym says what it is");
    assert!(shown.len() == 26 && shown.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{pseudonym}");
    assert!(!pseudonym.contains("li.si") && !pseudonym.contains("example"), "{pseudonym}");
}

async fn sealed(vault: &dyn IdentityVault) -> Sealed {
    vault.seal("acct_a", &Personal::new(CLEAR.to_owned())).await.unwrap()
}

fn is_closed(result: &Result<Personal<String>, PortError>) -> bool {
    let closed = matches!(result, Err(PortError::Corrupt { .. } | PortError::Refused { .. }));
    closed && !format!("{result:?}").contains("1101")
}

async fn what_was_sealed_is_unsealed_for_its_owner(vault: &dyn IdentityVault) {
    for clear in [CLEAR, "", &"长".repeat(4_000)] {
        let sealed = vault.seal("acct_a", &Personal::new(clear.to_owned())).await.unwrap();
        let opened = vault.unseal("acct_a", &sealed, Purpose::IdentityCheck).await.unwrap();
        assert_eq!(opened.reveal(Purpose::IdentityCheck), clear);
    }
}

async fn a_seal_shows_nothing(vault: &dyn IdentityVault) {
    let sealed = sealed(vault).await;
    let ciphertext = BASE64.decode(sealed.ciphertext.as_bytes()).unwrap();
    assert!(!ciphertext.windows(4).any(|window| CLEAR.as_bytes().windows(4).any(|clear| clear == window)));
}

async fn another_owner_cannot_unseal(vault: &dyn IdentityVault) {
    let sealed = sealed(vault).await;
    assert!(is_closed(&vault.unseal("acct_b", &sealed, Purpose::IdentityCheck).await));
}

async fn an_altered_seal_does_not_open(vault: &dyn IdentityVault) {
    let sealed = sealed(vault).await;
    let mut bytes = BASE64.decode(sealed.ciphertext.as_bytes()).unwrap();
    bytes[0] ^= 1;
    let altered = Sealed { ciphertext: BASE64.encode(&bytes), ..sealed.clone() };
    assert!(is_closed(&vault.unseal("acct_a", &altered, Purpose::IdentityCheck).await));
    let no_base64 = Sealed { ciphertext: "!".to_owned(), ..sealed.clone() };
    assert!(is_closed(&vault.unseal("acct_a", &no_base64, Purpose::IdentityCheck).await));
}

async fn the_same_document_has_the_same_key(index: &dyn PrincipalIndex) {
    let first = index.keys_of(&samples::document_of_a_person()).await.unwrap();
    assert_eq!(index.keys_of(&samples::document_of_a_person()).await.unwrap(), first);
}

async fn other_documents_have_other_keys(index: &dyn PrincipalIndex) {
    let person = index.keys_of(&samples::document_of_a_person()).await.unwrap();
    let organisation = index.keys_of(&samples::document_of_an_organisation()).await.unwrap();
    let today = jiff::civil::date(2026, 11, 23);
    let other = Document::parse(DocumentType::ResidentIdentityNumber, "440524188001010014", today).unwrap();
    assert_ne!(person, organisation);
    assert_ne!(person, index.keys_of(&other).await.unwrap());
}

async fn a_key_shows_nothing(index: &dyn PrincipalIndex) {
    let keys = index.keys_of(&samples::document_of_a_person()).await.unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        assert!(key.as_str().starts_with('v'));
        assert!(!key.as_str().contains("19491231"));
    }
}
