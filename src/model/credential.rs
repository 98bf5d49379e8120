//! What proves a user to a mail server: a password, or an OAuth2 access token and where it comes from.

use std::path::PathBuf;

use super::Secret;

/// What a user logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A password.
    Password(Secret),
    /// An access token of OAuth2 (RFC 6749), asked for anew whenever it is needed.
    OAuth2(TokenSource),
}

/// Where access tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A program and its arguments; it prints an access token as the one line of its standard output.
    Command(Vec<String>),
    /// A server that issues them.
    Endpoint(Box<TokenEndpoint>),
}

/// A server that issues access tokens (RFC 6749, section 3.2), and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    /// Its https URL.
    pub url: String,
    /// A file of certificates (PEM) that are trusted besides the system's own; `None`: only those.
    pub ca_file: Option<PathBuf>,
    /// What the token is for, separated by spaces; empty: what the server gives by default.
    pub scope: String,
    /// What shows that we may have a token.
    pub grant: Grant,
}

/// What shows that we may have an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The application itself (RFC 6749, section 4.4), by its secret.
    ClientSecret {
        /// The application's id.
        client_id: String,
        /// Its secret.
        secret: Secret,
    },
    /// The application itself, by a certificate (RFC 7523, section 2.2).
    Certificate {
        /// The application's id.
        client_id: String,
        /// The certificate and its private key (PEM).
        pem: Secret,
        /// How the assertion is signed.
        algorithm: JwtAlgorithm,
    },
    /// The account's owner, who has logged in once (RFC 6749, sections 4.1 and 6).
    RefreshToken {
        /// The application's id.
        client_id: String,
        /// Its secret; `None` for one that has none.
        secret: Option<Secret>,
        /// The file with the refresh token.
        file: PathBuf,
        /// Where the owner logs in.
        pages: LoginPages,
    },
    /// A service account that acts for a user (RFC 7523, section 2.1), as Google has it.
    ServiceAccount {
        /// The account's address.
        email: String,
        /// The id of its key.
        key_id: String,
        /// Its private key (PEM).
        key: Secret,
        /// The user that it acts for.
        subject: String,
    },
}

/// Where the owner of an account logs in; https URLs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginPages {
    /// In a browser (RFC 6749, section 3.1). `None`: not known.
    pub authorize: Option<String>,
    /// Where a code for another device is asked for (RFC 8628). `None`: there is no such way.
    pub device: Option<String>,
}

/// How a JWT is signed (RFC 7518, section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// RSASSA-PSS with SHA-256.
    #[default]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}
