//! What an operator can do about a refused token request, by the provider's own code.

/// Parts of an answer that name the reason, the most exact first, and the remedy.
const REMEDIES: &[(&str, &str)] = &[
    (
        "AADSTS7000222",
        "the client secret has expired: make a new one in Entra (App registrations, Certificates & secrets)",
    ),
    ("AADSTS7000215", "the client secret is wrong: its Value is needed, not its Secret ID"),
    ("AADSTS7000218", "the application needs a client secret or a certificate, or must allow public client flows"),
    ("AADSTS700016", "there is no application with this client_id in this tenant"),
    ("AADSTS700027", "the certificate is not that of the application: upload it in Entra under Certificates & secrets"),
    ("AADSTS700024", "the clock of this machine is wrong, or the assertion came late"),
    ("AADSTS90002", "there is no such tenant"),
    ("AADSTS1002012", "for client credentials the scope must be https://outlook.office365.com/.default"),
    ("AADSTS70011", "the scope is not known; for client credentials it is https://outlook.office365.com/.default"),
    (
        "AADSTS65001",
        "an administrator has to consent to the application's permissions (API permissions, Grant admin consent)",
    ),
    ("AADSTS53003", "a Conditional Access policy blocks the login"),
    ("AADSTS50076", "the account needs multi-factor authentication: log in anew with `maildesk login`"),
    ("AADSTS700082", "the refresh token was not used for too long: log in anew with `maildesk login`"),
    ("AADSTS50173", "the password was changed, so the refresh token is void: log in anew with `maildesk login`"),
    (
        "unauthorized_client",
        "the client_id is not allowed to do this: with Google, the service account needs domain-wide delegation \
                             for exactly this scope (Admin console, Security, API controls)",
    ),
    ("invalid_client", "client_id and client secret (or certificate) do not fit"),
    ("invalid_scope", "the scope is not one that the application may ask for"),
    (
        "invalid_grant",
        "what was shown is void: it was withdrawn or has expired (then log in anew with `maildesk login`), or the clock of this \
         machine is wrong",
    ),
    ("access_denied", "the account's administrator does not allow it"),
];

/// The remedy for a reason in the provider's words; None for a reason that is not known.
pub(super) fn of(words: &str) -> Option<&'static str> {
    let names = |code: &str| {
        words.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|word| word == code)
    };
    REMEDIES.iter().find(|(code, _)| names(code)).map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_most_exact_reason_has_the_remedy() {
        for (words, part) in [
            ("invalid_client: AADSTS7000222: The provided client secret keys are expired.", "has expired"),
            ("invalid_client: AADSTS7000215: Invalid client secret provided.", "not its Secret ID"),
            ("unauthorized_client: AADSTS700016: Application with identifier", "no application"),
            ("invalid_client", "do not fit"),
        ] {
            assert!(of(words).is_some_and(|remedy| remedy.contains(part)), "{words}");
        }
        assert_eq!(of("AADSTS99"), None);
    }
}
