//! Signs the JWTs (RFC 7519) by which an application, or a service account, shows who it is. RSA keys only.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::model::{JwtAlgorithm, Secret, Timestamp};

/// How long an assertion is good, in seconds: at most ten minutes are accepted everywhere.
const LIFETIME: i64 = 300;

/// The assertion of an application with a certificate (RFC 7523, section 3).
pub(super) fn of_client(
    client_id: &str,
    audience: &str,
    pem: &Secret,
    algorithm: JwtAlgorithm,
    now: Timestamp,
) -> Result<Secret, String> {
    let certificate = CertificateDer::from_pem_slice(pem.expose().as_bytes())
        .map_err(|_| "the file of the certificate contains no certificate (PEM)".to_owned())?;
    let thumbprint = encode(&Sha256::digest(&certificate));
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| error.to_string())?;
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": audience, "jti": encode(&id),
        "iat": now.unix(), "nbf": now.unix(), "exp": now.unix() + LIFETIME,
    });
    sign(json!({ "typ": "JWT", "alg": name(algorithm), "x5t#S256": thumbprint }), &claims, pem, algorithm)
}

/// The assertion of a service account that acts for a user, with Google's claim `scope`.
pub(super) fn of_service_account(
    (email, key_id, key): (&str, &str, &Secret),
    subject: &str,
    scope: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Secret, String> {
    let claims = json!({
        "iss": email, "sub": subject, "scope": scope, "aud": audience,
        "iat": now.unix(), "exp": now.unix() + LIFETIME,
    });
    let algorithm = JwtAlgorithm::Rs256;
    sign(json!({ "typ": "JWT", "alg": name(algorithm), "kid": key_id }), &claims, key, algorithm)
}

fn name(algorithm: JwtAlgorithm) -> &'static str {
    match algorithm {
        JwtAlgorithm::Ps256 => "PS256",
        JwtAlgorithm::Rs256 => "RS256",
    }
}

fn sign(head: Value, claims: &Value, pem: &Secret, algorithm: JwtAlgorithm) -> Result<Secret, String> {
    let key = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes());
    let pair = match key.map_err(|_| "there is no private key (PEM, without a passphrase)".to_owned())? {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        _ => return Err("the private key is not one of RSA".to_owned()),
    };
    let pair = pair.map_err(|error| {
        format!("the private key cannot be used ({error}); it must be one of RSA, 2048 bits or more")
    })?;
    let padding: &dyn RsaEncoding = match algorithm {
        JwtAlgorithm::Ps256 => &RSA_PSS_SHA256,
        JwtAlgorithm::Rs256 => &RSA_PKCS1_SHA256,
    };
    let content = format!("{}.{}", encode(head.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(padding, &SystemRandom::new(), content.as_bytes(), &mut signature)
        .map_err(|_| "the private key cannot sign".to_owned())?;
    Ok(Secret::new(format!("{content}.{}", encode(&signature))))
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
