//! A server that issues access tokens over TLS, and answers as a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use super::certificates;
use super::guard::temporary_folder;

/// The form of a request.
pub type Form = BTreeMap<String, String>;

/// What the server answers.
pub enum Reply {
    /// JSON with this status.
    Json(u16, Value),
    /// Everything from the status line on, as it stands.
    Raw(String),
    /// Nothing; the connection stays open.
    Silence,
}

/// A running server; it ends with the test's process.
pub struct TokenServer {
    /// Where it listens.
    pub port: u16,
    folder: tempfile::TempDir,
    requests: Arc<Mutex<Vec<Form>>>,
}

impl TokenServer {
    /// Starts one that answers each request with what `answer` makes of its form.
    pub fn start(answer: impl Fn(&Form) -> Reply + Send + Sync + 'static) -> Self {
        let folder = temporary_folder();
        certificates::write(folder.path());
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(folder.path().join("cert.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, seen, answer) = (Arc::clone(&config), Arc::clone(&seen), Arc::clone(&answer));
                // A client that has gone away is no matter of ours.
                std::thread::spawn(move || drop(serve(stream, config, &seen, &*answer)));
            }
        });
        Self { port, folder, requests }
    }

    /// The address at which it issues tokens.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/token", self.port)
    }

    /// The certificate authority that signed its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The forms of all requests so far.
    pub fn requests(&self) -> Vec<Form> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    seen: &Mutex<Vec<Form>>,
    answer: &dyn Fn(&Form) -> Reply,
) -> std::io::Result<()> {
    let tls = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut reader = BufReader::new(StreamOwned::new(tls, stream));
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let form: Form = url::form_urlencoded::parse(&body).into_owned().collect();
    seen.lock().unwrap().push(form.clone());
    let reply = match answer(&form) {
        Reply::Json(status, value) => {
            let body = value.to_string();
            let length = body.len();
            format!("HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        }
        Reply::Raw(reply) => reply,
        Reply::Silence => {
            reader.read_line(&mut line)?;
            return Ok(());
        }
    };
    reader.get_mut().write_all(reply.as_bytes())?;
    reader.get_mut().conn.send_close_notify();
    reader.get_mut().flush()
}
