use std::net::IpAddr;

use app::ports::{ActivityVault, AddressIndex, PortError};
use domain::personal::{Personal, Purpose};
use jiff::SignedDuration;

use crate::samples::NOON;

/// Runs every check.
pub async fn activity_vault(vault: &dyn ActivityVault) {
    let clear = |text: &str| Personal::new(text.to_owned());
    let values: Vec<_> = ["203.0.113.7", "203.0.113.7", "2001:db8::1"]
        .into_iter()
        .enumerate()
        .map(|(at, text)| (format!("rec_{at}"), clear(text)))
        .collect();
    let sealed = vault.seal_all(NOON, &values).await.unwrap();
    let later = vault.seal_all(NOON + SignedDuration::from_hours(1), &values).await.unwrap();
    assert_eq!(vault.seal_all(NOON, &[]).await.unwrap(), []);
    for sealed in [&sealed, &later] {
        for ((owner, clear), sealed) in values.iter().zip(sealed) {
            assert!(!sealed.ciphertext.contains("203"));
            let opened = vault.unseal(owner, sealed, Purpose::Evidence).await.unwrap();
            assert_eq!(opened.reveal(Purpose::Evidence), clear.reveal(Purpose::Evidence));
        }
    }
    let other = vault.unseal("rec_9", &sealed[0], Purpose::Evidence).await;
    assert!(matches!(other, Err(PortError::Corrupt { .. } | PortError::Refused { .. })), "{other:?}");
}

/// Runs every check.
pub async fn address_index(index: &dyn AddressIndex) {
    let address = |text: &str| Personal::new(text.parse::<IpAddr>().unwrap());
    let asked = ["203.0.113.7", "203.0.113.8", "203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1"].map(address);
    let keys = index.address_keys(&asked).await.unwrap();
    assert_eq!(keys.len(), 5);
    assert!(keys[0] == keys[2] && keys[0] == keys[3], "an address has one key, however it is written");
    assert!(keys[0] != keys[1] && keys[0] != keys[4]);
    assert!(keys.iter().all(|key| !key.as_str().contains("203") || key.as_str().len() > 60));
}
