//! The SASL mechanisms that carry an access token: XOAUTH2 of Google and Microsoft, and OAUTHBEARER (RFC 7628).

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{Mask, one_line};
use crate::model::Secret;
use crate::model::settings::Server;

/// A mechanism that carries an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenMechanism {
    /// XOAUTH2: <https://developers.google.com/workspace/gmail/imap/xoauth2-protocol>.
    Xoauth2,
    /// OAUTHBEARER (RFC 7628).
    OauthBearer,
}

impl TokenMechanism {
    /// The mechanisms to try, in order: those that the server announces; where it announces neither, both, since some servers
    /// know one without saying so. `offered` in capitals.
    pub fn to_try<'a>(offered: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let offered: Vec<&str> = offered.collect();
        let both = [Self::Xoauth2, Self::OauthBearer];
        let announced: Vec<Self> = both.into_iter().filter(|way| offered.contains(&way.name())).collect();
        if announced.is_empty() { both.to_vec() } else { announced }
    }

    /// Its name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xoauth2 => "XOAUTH2",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// What is sent first, before it is encoded as base64.
    pub fn response(self, user: &str, server: &Server, token: &Secret) -> String {
        let token = token.expose();
        match self {
            Self::Xoauth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            Self::OauthBearer => {
                // The user is a saslname of a GS2 header (RFC 5801, section 4).
                let user = user.replace('=', "=3D").replace(',', "=2C");
                let Server { host, port, .. } = server;
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        }
    }

    /// What answers the server's error, before it is encoded: only then it says that the login is refused (RFC 7628, section
    /// 3.2.3).
    pub fn answer_to_error(self) -> &'static str {
        match self {
            Self::Xoauth2 => "",
            Self::OauthBearer => "\x01",
        }
    }
}

/// The server's error in one line: JSON, as it was sent, or decoded if it is still base64.
pub fn error_of_token(challenge: &[u8], mask: &Mask) -> String {
    let decoded = BASE64_STANDARD.decode(challenge.trim_ascii()).ok().filter(|decoded| decoded.starts_with(b"{"));
    mask.one_line(&String::from_utf8_lossy(decoded.as_deref().unwrap_or(challenge)))
}

/// The words of a refused login, with the server's error about the token where it sent one.
pub fn with_error(words: String, error: &str) -> String {
    if error.is_empty() { words } else { one_line(&format!("{words} ({error})")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::Tls;

    #[test]
    fn what_is_sent_is_what_the_standards_say() {
        let server = Server { host: "mail.example.org".to_owned(), port: 993, tls: Tls::Implicit, ca_file: None };
        let say = |way: TokenMechanism, user: &str| way.response(user, &server, &Secret::new("tok"));
        assert_eq!(say(TokenMechanism::Xoauth2, "a@example.org"), "user=a@example.org\x01auth=Bearer tok\x01\x01");
        let said = say(TokenMechanism::OauthBearer, "a,b=c@example.org");
        assert_eq!(said, "n,a=a=2Cb=3Dc@example.org,\x01host=mail.example.org\x01port=993\x01auth=Bearer tok\x01\x01");
    }

    #[test]
    fn announced_mechanisms_are_tried_and_else_both() {
        use TokenMechanism::{OauthBearer, Xoauth2};
        for (offered, expected) in [
            (&["PLAIN", "XOAUTH2"][..], &[Xoauth2][..]),
            (&["OAUTHBEARER"], &[OauthBearer]),
            (&["OAUTHBEARER", "XOAUTH2"], &[Xoauth2, OauthBearer]),
            (&["PLAIN"], &[Xoauth2, OauthBearer]),
            (&[], &[Xoauth2, OauthBearer]),
        ] {
            assert_eq!(TokenMechanism::to_try(offered.iter().copied()), expected, "{offered:?}");
        }
    }

    #[test]
    fn errors_are_decoded_and_masked() {
        let mask = Mask::of_token(&Secret::new("ya29"), "user");
        assert_eq!(
            error_of_token(br#"{"status":"401","token":"ya29"}"#, &mask),
            r#"{"status":"401","token":"(secret)"}"#
        );
        assert_eq!(error_of_token(b"eyJzdGF0dXMiOiI0MDEifQ==", &mask), r#"{"status":"401"}"#);
        assert_eq!(error_of_token(b"\xff\r\n no", &mask), "\u{fffd} no");
    }
}
