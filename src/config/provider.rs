//! What is known of large providers: their servers, and where they issue access tokens.

use toml::de::DeValue;

use super::section::Section;
use crate::model::LoginPages;
use crate::model::settings::Tls;

/// The words for `provider`.
pub(super) const CHOICES: [(&str, Provider); 3] =
    [("microsoft", Provider::Microsoft), ("google", Provider::Google), ("yandex", Provider::Yandex)];

/// A provider of mail with OAuth2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    /// Microsoft 365.
    Microsoft,
    /// Gmail and Google Workspace.
    Google,
    /// Yandex and Yandex 360.
    Yandex,
}

/// A mail server of a provider.
pub(super) struct Preset {
    pub host: &'static str,
    pub tls: Tls,
}

impl Provider {
    /// The provider of a mailbox or transport, by `oauth2`, whose mistakes others report. `tenant` is a word of Microsoft's.
    pub fn of(section: &Section<'_, '_>) -> Option<Self> {
        let Some(DeValue::Table(table)) = section.value("oauth2") else { return None };
        match table.get("provider").map(|value| value.get_ref()) {
            Some(DeValue::String(word)) => CHOICES.iter().find(|(known, _)| known == word).map(|(_, found)| *found),
            _ => table.contains_key("tenant").then_some(Self::Microsoft),
        }
    }

    /// Its IMAP server.
    pub fn imap(self) -> Preset {
        let host = match self {
            Self::Microsoft => "outlook.office365.com",
            Self::Google => "imap.gmail.com",
            Self::Yandex => "imap.yandex.ru",
        };
        Preset { host, tls: Tls::Implicit }
    }

    /// Its submission server.
    pub fn smtp(self) -> Preset {
        match self {
            Self::Microsoft => Preset { host: "smtp.office365.com", tls: Tls::StartTls },
            Self::Google => Preset { host: "smtp.gmail.com", tls: Tls::Implicit },
            Self::Yandex => Preset { host: "smtp.yandex.ru", tls: Tls::Implicit },
        }
    }

    /// Where it issues access tokens; `tenant` stands in Microsoft's.
    pub fn token_url(self, tenant: &str) -> String {
        match self {
            Self::Microsoft => format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
            Self::Google => "https://oauth2.googleapis.com/token".to_owned(),
            Self::Yandex => "https://oauth.yandex.ru/token".to_owned(),
        }
    }

    /// Where the owner of an account logs in.
    pub fn pages(self, tenant: &str) -> LoginPages {
        let (authorize, device) = match self {
            Self::Microsoft => {
                let place = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0");
                (format!("{place}/authorize"), Some(format!("{place}/devicecode")))
            }
            // Its way for other devices does not permit the scope of mail.
            Self::Google => {
                ("https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent".to_owned(), None)
            }
            Self::Yandex => {
                ("https://oauth.yandex.ru/authorize".to_owned(), Some("https://oauth.yandex.ru/device/code".to_owned()))
            }
        };
        LoginPages { authorize: Some(authorize), device }
    }

    /// The scope that the owner of an account grants.
    pub fn granted_scope(self) -> &'static str {
        match self {
            Self::Microsoft => {
                "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
            }
            Self::Google | Self::Yandex => self.own_scope(),
        }
    }

    /// The scope that an application asks for in its own name.
    pub fn own_scope(self) -> &'static str {
        match self {
            Self::Microsoft => "https://outlook.office365.com/.default",
            Self::Google => "https://mail.google.com/",
            Self::Yandex => "mail:imap_full mail:smtp",
        }
    }
}
