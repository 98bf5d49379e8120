//! Reads `oauth2 = { … }` of a mailbox or transport: where access tokens come from.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::provider::{CHOICES, Provider};
use super::secret::{self, Places, Unavailable};
use super::section::{Section, bare};
use super::{server, values};
use crate::model::{Grant, JwtAlgorithm, LoginPages, Secret, TokenEndpoint, TokenSource};

/// How to write it.
const SHAPE: &str = r#"a table: oauth2 = { token_command = ["…"] }, or another way of docs/providers.md"#;

const CLIENT_SECRET: Places = Places {
    file: "client_secret_file",
    variable: "client_secret_env",
    credential: "client_secret_credential",
    what: "client secret",
};

/// Reads the key; None where it is missing, or a mistake was reported.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Result<TokenSource, Unavailable>> {
    let provider = Provider::of(section);
    let user = if section.has("user") { section.text("user") } else { None };
    let mut section = section.some_table("oauth2", SHAPE)?;
    let command = read_command(&mut section);
    let place = Place::read(&mut section, provider);
    let client_id = section.parsed("client_id", values::line);
    let algorithm = read_algorithm(&mut section);
    let subject = section.parsed("subject", values::line).or(user.map(str::to_owned));
    let pem = secret::whole_file(&mut section, "certificate_file", "certificate and private key");
    let account = secret::whole_file(&mut section, "service_account_file", "service account's key (JSON)");
    let secret = CLIENT_SECRET.read(&mut section);
    let is_login = section.switch("login").unwrap_or(false);
    let pages = read_pages(&mut section);
    let key = if is_login { "login" } else { only_way(&mut section)? };
    if key == "token_command" {
        return command.map(Ok);
    }
    let grant = if key == "service_account_file" {
        account?.map(|json| service_account(&mut section, &json, subject))
    } else {
        let remedy = "write the application's id, as the provider shows it";
        let client_id = section.require("client_id", client_id, remedy)?;
        if key == "login" {
            section.exclude(["token_command", "service_account_file", "certificate_file"], "login = true");
            let secret = match secret.transpose() {
                Ok(secret) => secret,
                Err(unavailable) => return Some(Err(unavailable)),
            };
            let (preset, user) = (place.as_ref()?.pages.clone(), subject.unwrap_or_default());
            let pages =
                LoginPages { authorize: pages.authorize.or(preset.authorize), device: pages.device.or(preset.device) };
            let file = section.reading().state_dir.join(file_name(&user, &client_id, place.as_ref()?.url.as_deref()));
            Ok(Some((Grant::RefreshToken { client_id, secret, file, pages }, None)))
        } else if key == "certificate_file" {
            pem?.map(|pem| Some((Grant::Certificate { client_id, pem, algorithm }, None)))
        } else {
            secret?.map(|secret| Some((Grant::ClientSecret { client_id, secret }, None)))
        }
    };
    let (grant, url) = match grant {
        Ok(grant) => grant?,
        Err(unavailable) => return Some(Err(unavailable)),
    };
    let Place { url: configured, ca_file, scope, granted_scope, .. } = place?;
    let scope = if matches!(grant, Grant::RefreshToken { .. }) { granted_scope } else { scope };
    let google = matches!(grant, Grant::ServiceAccount { .. }).then_some(Provider::Google);
    let scope = scope.or(google.map(|google| google.own_scope().to_owned())).unwrap_or_default();
    let Some(url) = configured.or(url) else {
        section
            .error("token_url", "is missing; write the address at which access tokens are issued, or name a provider");
        return None;
    };
    Some(Ok(TokenSource::Endpoint(Box::new(TokenEndpoint { url, ca_file, scope, grant }))))
}

/// Reads where the owner of an account logs in, for providers without a preset.
fn read_pages(section: &mut Section<'_, '_>) -> LoginPages {
    let (authorize, device) = (section.parsed("authorize_url", https_url), section.parsed("device_url", https_url));
    LoginPages { authorize, device }
}

/// The name of the file with an account's refresh token, in the state folder: mailboxes and transports of one account share it.
fn file_name(user: &str, client_id: &str, url: Option<&str>) -> String {
    let account = Sha256::digest(format!("{user}\0{client_id}\0{}", url.unwrap_or_default()));
    let number = account.iter().take(4).fold(String::new(), |number, byte| format!("{number}{byte:02x}"));
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || "@.-_".contains(letter) { letter } else { '_' };
    let user: String = user.chars().take(60).map(plain).collect();
    format!("oauth2-{user}-{number}.token")
}

/// The one key that says how a token is got; the others beside it are reported.
fn only_way(section: &mut Section<'_, '_>) -> Option<&'static str> {
    let ways = ["token_command", "service_account_file", "certificate_file"].into_iter().chain(CLIENT_SECRET.keys());
    let named: Vec<&'static str> = ways.filter(|way| section.has(way)).collect();
    let Some((first, others)) = named.split_first() else {
        let remedy = "use client_secret_file, certificate_file, service_account_file, login = true or token_command";
        section.error("token_command", format!("is missing, and so is every other way to a token; {remedy}"));
        return None;
    };
    // Several places of a client secret have been reported.
    let others =
        others.iter().filter(|way| !(CLIENT_SECRET.keys().contains(first) && CLIENT_SECRET.keys().contains(way)));
    section.exclude(others.copied(), first);
    Some(first)
}

/// Reads `token_command`, a program and its arguments.
fn read_command(section: &mut Section<'_, '_>) -> Option<TokenSource> {
    let key = "token_command";
    let command = bare(section.list(key, |text| {
        if text.contains('\0') {
            Err("contains a NUL, which no argument can have; remove it")
        } else {
            Ok(text.to_owned())
        }
    }));
    if section.is_empty_list(key) || command.first().is_some_and(String::is_empty) {
        let remedy = r#"name a program that prints an access token: ["/usr/local/bin/token", "support@example.org"]"#;
        section.error(key, format!("is empty; {remedy}"));
        return None;
    }
    (!command.is_empty()).then_some(TokenSource::Command(command))
}

/// Where tokens are issued, and for what.
struct Place {
    url: Option<String>,
    ca_file: Option<std::path::PathBuf>,
    scope: Option<String>,
    /// The scope of a refresh token.
    granted_scope: Option<String>,
    pages: LoginPages,
}

impl Place {
    /// None where a mistake was reported.
    fn read(section: &mut Section<'_, '_>, provider: Option<Provider>) -> Option<Self> {
        let ca_file = server::read_ca_file(section);
        section.choice("provider", "a provider with presets", &CHOICES);
        let tenant = section.parsed("tenant", tenant);
        let (url, scope) = (section.parsed("token_url", https_url), section.parsed("scope", values::line));
        let has_url = section.has("token_url");
        if let Some(other) = provider.filter(|provider| *provider != Provider::Microsoft)
            && section.has("tenant")
        {
            section.error("tenant", format!("is a word of Microsoft 365, not of {other:?}; remove it"));
        }
        if provider == Some(Provider::Microsoft) && !section.has("tenant") && !has_url {
            let remedy = "write the directory (tenant) ID, or a domain of yours that Microsoft knows";
            section.error("tenant", format!("is missing; {remedy}"));
            return None;
        }
        if has_url && url.is_none() {
            return None;
        }
        let tenant = if section.has("tenant") { tenant? } else { String::new() };
        let preset = provider.map(|provider| provider.token_url(&tenant));
        let pages = provider.map(|provider| provider.pages(&tenant)).unwrap_or_default();
        let granted_scope = scope.clone().or(provider.map(|provider| provider.granted_scope().to_owned()));
        let scope = scope.or(provider.map(|provider| provider.own_scope().to_owned()));
        Some(Self { url: url.or(preset), ca_file, scope, granted_scope, pages })
    }
}

fn tenant(text: &str) -> Result<String, &'static str> {
    let is_fine = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if is_fine { Ok(text.to_owned()) } else { Err("is not the ID of a tenant, nor a domain; write one of them") }
}

fn https_url(text: &str) -> Result<String, String> {
    let is_https = |url: &Url| url.scheme() == "https" && url.has_host() && url.username().is_empty();
    match Url::parse(text) {
        Ok(url) if is_https(&url) => Ok(text.to_owned()),
        _ => Err("is not an https:// address; tokens are asked for over TLS only".to_owned()),
    }
}

fn read_algorithm(section: &mut Section<'_, '_>) -> JwtAlgorithm {
    let choices = [("PS256", JwtAlgorithm::Ps256), ("RS256", JwtAlgorithm::Rs256)];
    section.choice("algorithm", "a way to sign with a certificate", &choices).unwrap_or_default()
}

/// The fields that matter of a service account's key, as Google gives it out.
#[derive(Deserialize)]
struct ServiceAccountKey {
    client_email: String,
    private_key: String,
    private_key_id: String,
    token_uri: String,
}

/// The grant of a service account, and where it is used. None where a mistake was reported.
fn service_account(
    section: &mut Section<'_, '_>,
    json: &Secret,
    subject: Option<String>,
) -> Option<(Grant, Option<String>)> {
    if !section.reading().process.reads_passwords {
        let (key, nothing) = (Secret::new(""), String::new());
        let grant = Grant::ServiceAccount {
            email: nothing.clone(),
            key_id: nothing,
            key,
            subject: subject.unwrap_or_default(),
        };
        return Some((grant, Some(Provider::Google.token_url(""))));
    }
    let Ok(account) = serde_json::from_str::<ServiceAccountKey>(json.expose()) else {
        let problem =
            "is not a service account's key: JSON with client_email, private_key, private_key_id and token_uri";
        section.error("service_account_file", problem);
        return None;
    };
    let url = https_url(&account.token_uri).map_err(|problem| {
        section.error("service_account_file", format!("its token_uri {problem}"));
    });
    let grant = Grant::ServiceAccount {
        email: account.client_email,
        key_id: account.private_key_id,
        key: Secret::new(account.private_key),
        subject: subject.unwrap_or_default(),
    };
    Some((grant, Some(url.ok()?)))
}
