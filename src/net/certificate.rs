//! Reads a server's certificate (X.509, RFC 5280). The only file that uses x509-parser.

use serde::Serialize;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

use super::one_line;
use crate::model::Timestamp;

/// At most this many host names of a certificate are kept: shared servers have hundreds.
const MOST_NAMES: usize = 20;

/// The fields of a certificate that `check --connect` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// The subject's common name and organisation, or else the first host.
    pub subject: String,
    /// The issuer's common name and organisation.
    pub issuer: String,
    /// The DNS names of the subjectAltName extension.
    pub hosts: Vec<String>,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
}

/// Parses a DER-encoded certificate; None if it is not one.
pub(super) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let hosts: Vec<String> = alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(host) => Some(one_line(host)),
            _ => None,
        })
        .take(MOST_NAMES)
        .collect();
    let subject = name(certificate.subject()).or_else(|| hosts.first().cloned());
    let validity = certificate.validity();
    Some(Certificate {
        subject: subject.unwrap_or_else(|| "(no name)".to_owned()),
        issuer: name(certificate.issuer()).unwrap_or_else(|| "(no name)".to_owned()),
        hosts,
        not_before: Timestamp::from_unix(validity.not_before.timestamp()),
        not_after: Timestamp::from_unix(validity.not_after.timestamp()),
    })
}

/// A distinguished name in short: `common name (organisation)`, or whichever of them there is.
fn name(full: &X509Name<'_>) -> Option<String> {
    let common = full.iter_common_name().find_map(|part| part.as_str().ok()).filter(|name| !name.is_empty());
    let organisation = full.iter_organization().find_map(|part| part.as_str().ok()).filter(|name| !name.is_empty());
    let short = match (common, organisation) {
        (Some(common), Some(organisation)) => format!("{common} ({organisation})"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => return None,
    };
    Some(one_line(&short))
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::read;

    #[test]
    fn reads_subject_issuer_hosts_and_validity() {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, "E7");
        authority.distinguished_name.push(DnType::OrganizationName, "Let\u{1b}us Encrypt");
        let signer = Issuer::new(authority, authority_key);
        let mut params = CertificateParams::new(vec!["imap.example.org".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2026, 4, 2);
        let der = params.signed_by(&KeyPair::generate().unwrap(), &signer).unwrap();
        let certificate = read(der.der()).unwrap();
        assert_eq!(certificate.subject, "imap.example.org", "without a common name its first host");
        assert_eq!(certificate.hosts, ["imap.example.org"]);
        assert!(certificate.issuer.ends_with("(Let us Encrypt)"), "{}", certificate.issuer);
        assert_eq!(certificate.not_after.to_string(), "2026-04-02T00:00:00Z");
        assert_eq!(read(b"no certificate"), None);
        assert_eq!(read(&der.der()[..60]), None);
    }
}
