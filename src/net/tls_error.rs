//! Explains why a TLS handshake failed, and what the operator can do.

use std::io;

use rustls::CertificateError;

use crate::model::Timestamp;

const DAY: i64 = 86_400;

/// What is said of a server that answers a TLS handshake with something else.
const WITHOUT_TLS: &str = "what answers on this port speaks no TLS there: set tls = \"starttls\", or the port for TLS (993 for IMAP, \
                           465 for SMTP)";

/// What is said of a server with which no version or cipher is shared.
const OLD: &str = "it may offer only TLS 1.1 or older, or old ciphers; it must offer TLS 1.2 with ECDHE, or TLS 1.3";

/// The operator's text for a failed handshake: our own words for common faults of a certificate, rustls' text for all else.
pub(super) fn explain(error: &io::Error, now: Timestamp) -> String {
    let fault = match rustls_error(error) {
        Some(rustls::Error::InvalidCertificate(fault)) => fault,
        Some(rustls::Error::InvalidMessage(_)) => return WITHOUT_TLS.to_owned(),
        Some(rustls::Error::AlertReceived(alert)) => return format!("{error}: {}", why_refused(*alert)),
        Some(rustls::Error::PeerIncompatible(_)) => return format!("{error}: {OLD}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            return format!("the server ended the handshake: {OLD}");
        }
        _ => return error.to_string(),
    };
    let at = |time: &rustls::pki_types::UnixTime| Timestamp::from_unix(i64::try_from(time.as_secs()).unwrap_or(0));
    match fault {
        CertificateError::ExpiredContext { not_after, .. } => {
            let ended = at(not_after);
            let days = now.seconds_since(ended) / DAY;
            format!("its certificate has expired: it was valid until {ended}, {days} days ago; it must be renewed on the server")
        }
        CertificateError::Expired => "its certificate has expired; it must be renewed on the server".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is valid only from {} on; is the clock of this machine right?", at(not_before))
        }
        CertificateError::UnknownIssuer => {
            "its certificate is not signed by an authority that this machine trusts; if it is signed by an authority of your \
             own, name that authority's certificate in ca_file; if it is a public one, the server leaves out the \
             intermediate certificate: it must send the whole chain (fullchain.pem)"
                .to_owned()
        }
        // rustls has no variant for this fault.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "its certificate is that of an authority (CA:TRUE), as `openssl req -x509` makes it, and cannot serve as a \
             server's: have that authority sign one for the server, and name the authority's in ca_file"
                .to_owned()
        }
        CertificateError::BadSignature | CertificateError::UnsupportedSignatureAlgorithmContext { .. } => format!(
            "{error}: its certificate, or that of its authority, has a wrong signature, or a weak one (RSA of less than 2048 \
             bits, SHA-1); it must be renewed on the server"
        ),
        _ => error.to_string(),
    }
}

/// Whether a handshake failed because of the server's certificate.
pub(super) fn is_about_certificate(error: &io::Error) -> bool {
    matches!(rustls_error(error), Some(rustls::Error::InvalidCertificate(_)))
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

fn why_refused(alert: rustls::AlertDescription) -> &'static str {
    match alert {
        rustls::AlertDescription::ProtocolVersion | rustls::AlertDescription::HandshakeFailure => OLD,
        _ => "see the server's log",
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::CertificateError;
    use rustls::pki_types::UnixTime;

    use super::explain;
    use crate::model::Timestamp;

    #[test]
    fn faults_of_certificates_are_explained() {
        let unix = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let (day, now) = (86_400, 1_000_000);
        let expired = CertificateError::ExpiredContext { time: unix(now), not_after: unix(now - 2 * day) };
        let self_signed = rustls::OtherError(Arc::new(io::Error::other("CaUsedAsEndEntity")));
        let early = CertificateError::NotValidYetContext { time: unix(now), not_before: unix(now + day) };
        for (fault, said) in [
            (expired, "its certificate has expired: it was valid until 1970-01-10T13:46:40Z, 2 days ago"),
            (CertificateError::Expired, "its certificate has expired; it must be renewed on the server"),
            (early, "is the clock of this machine right?"),
            (CertificateError::UnknownIssuer, "not signed by an authority that this machine trusts"),
            (CertificateError::Other(self_signed), "have that authority sign one for the server"),
            (CertificateError::UnknownIssuer, "leaves out the intermediate certificate"),
            (CertificateError::BadSignature, "RSA of less than 2048 bits"),
        ] {
            let error = io::Error::other(rustls::Error::InvalidCertificate(fault));
            let words = explain(&error, Timestamp::from_unix(1_000_000));
            assert!(words.contains(said), "{words}");
        }
        let now = Timestamp::from_unix(0);
        assert_eq!(explain(&io::Error::other("connection reset"), now), "connection reset");
        for (error, said) in [
            (
                io::Error::other(rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)),
                "speaks no TLS",
            ),
            (
                io::Error::other(rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion)),
                "TLS 1.1 or older",
            ),
            (io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof"), "TLS 1.1 or older"),
        ] {
            let words = explain(&error, now);
            assert!(words.contains(said), "{words}");
        }
    }
}
