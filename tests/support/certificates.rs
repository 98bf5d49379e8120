//! A certificate authority and a certificate for localhost, made for one test.

use std::fs;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Writes `ca.pem`, `cert.pem`, `key.pem`, and `other-ca.pem`, which has signed nothing.
pub fn write(folder: &Path) {
    write_until(folder, None);
}

/// The same with a certificate that is good until the beginning of this day, for two months before that.
pub fn write_until(folder: &Path, day: Option<Date>) {
    let (authority, signer) = authority();
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names).unwrap();
    if let Some(day) = day {
        let midnight =
            |day: Date| rcgen::date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
        params.not_before = midnight(day.saturating_sub(60.days()));
        params.not_after = midnight(day);
    }
    let certificate = params.signed_by(&key, &signer).unwrap();
    fs::write(folder.join("ca.pem"), authority).unwrap();
    fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    fs::write(folder.join("other-ca.pem"), self::authority().0).unwrap();
}

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}
