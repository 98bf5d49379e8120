//! A probe as an e-mail: its headers and bytes.

use crate::model::{EmailAddress, LOOP_MARK, PROBE_FIELD, PROBE_MARK, Timestamp};

/// A test e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeLetter {
    /// The random id by which it is found.
    pub id: String,
    /// The desk's address.
    pub from: EmailAddress,
    /// The desk's address, or its plus address.
    pub to: EmailAddress,
    /// The server in whose name it has a forged `Authentication-Results`; None for none.
    pub forged: Option<String>,
}

impl ProbeLetter {
    /// Its Message-ID, without brackets.
    pub fn message_id(&self) -> String {
        format!("probe.{}@{}", self.id, self.from.domain())
    }

    /// Its bytes: ASCII with CR LF, marked as automatic (RFC 3834) and with our loop mark, so that no maildesk answers it.
    pub fn bytes(&self, now: Timestamp) -> Vec<u8> {
        let Self { id, from, to, .. } = self;
        let forged = self.forged.as_ref().map(|server| {
            format!(
                "Authentication-Results: {server}; dmarc=pass reason=\"{id}\"\r\n header.from={}\r\n",
                from.domain()
            )
        });
        let date = now.to_jiff().strftime("%a, %d %b %Y %H:%M:%S +0000");
        format!(
            "{}From: <{from}>\r\nTo: <{to}>\r\nSubject: maildesk probe {id}\r\nDate: {date}\r\nMessage-ID: <{}>\r\n\
             Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n{LOOP_MARK}: {PROBE_MARK}\r\n\
             {PROBE_FIELD}: {id}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
             `maildesk check --probe` sent this test e-mail, and removes it as soon as it has arrived.\r\n\
             It may be deleted.\r\n",
            forged.unwrap_or_default(),
            self.message_id(),
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::ProbeLetter;
    use crate::mail::{authentication, automatic, parse};
    use crate::model::{EmailAddress, Timestamp};

    fn letter(forged: Option<&str>) -> Vec<u8> {
        let address = |text| EmailAddress::parse(text).unwrap();
        let (from, to) = (address("support@example.org"), address("support+probe@example.org"));
        let letter = ProbeLetter { id: "c0ffee".repeat(5), from, to, forged: forged.map(str::to_owned) };
        letter.bytes(Timestamp::from_unix(1_790_000_000))
    }

    #[test]
    fn says_that_nobody_wrote_it() {
        let incoming = parse::parse(&letter(None));
        assert!(!automatic::signs(&incoming.headers).is_empty());
        assert_eq!(incoming.date, Some(Timestamp::from_unix(1_790_000_000)));
        assert!(incoming.defects.is_empty(), "{:?}", incoming.defects);
        assert_eq!(incoming.header("Authentication-Results").count(), 0);
    }

    /// Otherwise it would prove nothing that the forged field arrives.
    #[test]
    fn its_forged_field_would_be_believed() {
        let incoming = parse::parse(&letter(Some("mx.example.org")));
        assert!(authentication::vouched(&incoming, "mx.example.org").is_some());
    }
}
