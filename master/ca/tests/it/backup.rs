//! The authority under a passphrase.

use ficelle_ca::{
    authority::Policy,
    backup::{self, BackupError},
};

use crate::open;

#[tokio::test]
async fn an_export_opens_with_its_passphrase_only() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, _) = open(directory.path(), Policy::default()).await;
    assert_eq!(
        backup::export(authority.issuer(), "short").err(),
        Some(BackupError::Passphrase)
    );
    let sealed = backup::export(authority.issuer(), "correct horse battery").expect("sealed");
    assert!(!sealed.contains("PRIVATE KEY"));
    let opened = backup::import(&sealed, "correct horse battery").expect("opened");
    assert_eq!(
        opened.certificate_pem.trim(),
        authority.issuer().certificate_pem().trim()
    );
    let key = std::fs::read_to_string(directory.path().join("ca/ca_key.pem")).expect("the key");
    assert_eq!(opened.key_pem.trim(), key.trim());
    assert_eq!(
        backup::import(&sealed, "wrong horse battery").err(),
        Some(BackupError::Sealed)
    );
    assert!(matches!(
        backup::import("garbage", "x").err(),
        Some(BackupError::Form(_))
    ));
}
