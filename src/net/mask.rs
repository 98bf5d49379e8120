//! Masks the secrets of a login in what a server says of it: some repeat them when they refuse it.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::one_line;
use crate::model::Secret;

/// The secrets of a login in every spelling in which they were sent. Not `Debug`.
pub struct Mask(Vec<String>);

impl Mask {
    /// The spellings of a password: itself, and what AUTH LOGIN and AUTH PLAIN send.
    pub fn of_password(user: &str, password: &Secret) -> Self {
        let password = password.expose();
        let plain = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        Self(vec![plain, BASE64_STANDARD.encode(password), password.to_owned()])
    }

    /// The spellings of an access token: itself, and the SASL response that contains it.
    pub fn of_token(token: &Secret, response: &str) -> Self {
        let encoded = BASE64_STANDARD.encode(response);
        Self(vec![encoded, BASE64_STANDARD.encode(token.expose()), response.to_owned(), token.expose().to_owned()])
    }

    /// Secrets that were sent as they are.
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(secrets.into_iter().map(|secret| secret.expose().to_owned()).collect())
    }

    /// Like [`one_line`], with the secrets masked.
    pub fn one_line(&self, text: &str) -> String {
        let secrets = self.0.iter().filter(|secret| !secret.is_empty());
        one_line(&secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "(secret)")))
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;
    use crate::model::Secret;

    #[test]
    fn secrets_are_masked_in_every_spelling() {
        let mask = Mask::of_password("desk", &Secret::new("pass"));
        assert_eq!(
            mask.one_line("no pass, no cGFzcw== and no AGRlc2sAcGFzcw==\r\n"),
            "no (secret), no (secret) and no (secret)"
        );
        assert_eq!(Mask::of_password("desk", &Secret::new("")).one_line("no"), "no");
        let mask = Mask::of_token(&Secret::new("tok"), "user=desk\x01auth=Bearer tok\x01\x01");
        assert_eq!(
            mask.one_line("Bearer tok dXNlcj1kZXNrAWF1dGg9QmVhcmVyIHRvawEB dG9r"),
            "Bearer (secret) (secret) (secret)"
        );
    }
}
