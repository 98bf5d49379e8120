//! The engineers of a desk, and those who have left it.

use crate::model::{EmailAddress, Language, ShortName};

/// An engineer of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engineer {
    /// The name in tags; the same person has the same name at all desks.
    pub name: ShortName,
    /// The name as people write it.
    pub full_name: String,
    /// The address that letters to them are sent to.
    pub address: EmailAddress,
    /// Other addresses that they write from.
    pub aliases: Vec<EmailAddress>,
    /// The language of letters to them; `None`: the desk's.
    pub language: Option<Language>,
    /// Further words for them in tags.
    pub words: Vec<String>,
    /// What customers read of them.
    pub public: PublicSide,
}

/// An engineer who has left a desk, or goes by another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerEngineer {
    /// The name that they had in tags.
    pub name: ShortName,
    /// The name as people write it.
    pub full_name: String,
    /// Who has their requests now; `None`: the line or team that has the request.
    pub successor: Option<ShortName>,
    /// Whether the successor is the same person under another name.
    pub is_renamed: bool,
}

impl Engineer {
    /// Whether this is one of the engineer's addresses.
    pub fn writes_from(&self, address: &EmailAddress) -> bool {
        self.address == *address || self.aliases.contains(address)
    }
}

/// What customers read of an engineer who answers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicSide {
    /// The name in `From`, before the desk's; empty: they are not named.
    pub name: String,
    /// What stands below their words in Russian letters where they typed no signature; empty: nothing.
    pub signature_ru: String,
    /// The same in English letters.
    pub signature_en: String,
}

impl PublicSide {
    /// The signature in this language; empty where there is none.
    pub fn signature(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.signature_ru,
            Language::En => &self.signature_en,
        }
    }
}
