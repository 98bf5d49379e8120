//! Dovecot (IMAP, submission) before postfix's smtp-sink, on free loopback ports, in a folder of its own, gone with the test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use maildesk::model::settings::{ImapSettings, Server, SmtpSettings, Tls};
use maildesk::model::{Credential, Secret, TokenSource};

use sha2::Sha256;

use super::certificates;
use super::dovecot::{self, PASSWORD, Ports};
use super::guard::temporary_folder;
use super::process::{Owner, Server as Process, files_in};
use super::turns::{Turn, turn};

/// A password that nobody has.
pub const WRONG_PASSWORD: &str = "wrong-password-canary";

/// The key with which the tokens of tests are signed (base64).
const TOKEN_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
/// Who issues them.
const ISSUER: &str = "https://login.test/tenant";

/// An access token for this user that is good for so many seconds, as Dovecot takes it.
pub fn jwt(user: &str, seconds: i64) -> String {
    let now = i64::try_from(unix_time(SystemTime::now())).unwrap();
    let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(serde_json::json!({ "alg": "HS256", "typ": "JWT", "kid": "test" }));
    let claims = part(serde_json::json!({
        "iss": ISSUER, "sub": user, "email": user, "iat": now - 60, "nbf": now - 60, "exp": now + seconds
    }));
    let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64_STANDARD.decode(TOKEN_KEY).unwrap()).unwrap();
    mac.update(format!("{head}.{claims}").as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{head}.{claims}.{signature}")
}

const DOVECOT: &str = "/usr/sbin/dovecot";
const SINK: &str = "/usr/sbin/smtp-sink";

/// Running servers. Every user exists; a user's mailbox is made on first use.
pub struct Servers {
    folder: tempfile::TempDir,
    owner: Owner,
    sink_flags: Vec<String>,
    /// Lines at the end of Dovecot's configuration.
    further: String,
    ports: Ports,
    dovecot: Option<Process>,
    sink: Option<Process>,
    _turn: Arc<Turn>,
}

/// A message as the IMAP server keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its bytes.
    pub raw: Vec<u8>,
    /// The flag letters of its Maildir file name, `S` for `\Seen`; keywords are lower-case letters.
    pub flags: String,
}

/// A letter that arrived behind the submission server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLetter {
    /// The address of MAIL FROM; empty for the null sender.
    pub envelope_from: String,
    /// The address of RCPT TO.
    pub rcpt: String,
    /// The message as we sent it, with CR LF.
    pub raw: Vec<u8>,
}

impl Servers {
    /// Starts both servers and waits until they answer.
    pub fn start() -> Self {
        Self::start_with_sink(&[])
    }

    /// The same, with flags for smtp-sink: `&["-r", "RCPT"]` refuses every recipient for now.
    pub fn start_with_sink(flags: &[&str]) -> Self {
        for program in [DOVECOT, SINK] {
            assert!(
                Path::new(program).exists(),
                "{program} is missing: apt-get install dovecot-imapd dovecot-submissiond postfix (they need not be started)"
            );
        }
        let turn = turn();
        let folder = temporary_folder();
        let owner = Owner::for_folder(folder.path());
        owner.own(folder.path());
        for name in ["run", "mail", "sunk"] {
            owner.make(&folder.path().join(name));
        }
        certificates::write(folder.path());
        let sink_flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        let (further, ports) = (String::new(), free_ports());
        let mut servers = Self { folder, owner, sink_flags, further, ports, dovecot: None, sink: None, _turn: turn };
        // Another test may take a port between our choice and the servers' start.
        for _ in 0..10 {
            if servers.try_start() {
                return servers;
            }
            servers.stop();
            servers.ports = free_ports();
        }
        panic!("the test servers do not start: see the logs");
    }

    /// IMAP settings for a user, with the right password and our certificate authority.
    pub fn imap(&self, user: &str, tls: Tls) -> ImapSettings {
        let port = if tls == Tls::Implicit { self.ports.imaps } else { self.ports.imap };
        let credential = Credential::Password(Secret::new(PASSWORD));
        let server = self.server(port, tls);
        ImapSettings { server, user: user.to_owned(), credential, folder: "INBOX".to_owned(), idle: true }
    }

    /// SMTP settings for the submission server, with a login.
    pub fn smtp(&self, tls: Tls) -> SmtpSettings {
        let port = if tls == Tls::Implicit { self.ports.submissions } else { self.ports.submission };
        let login = Some(("support".to_owned(), Credential::Password(Secret::new(PASSWORD))));
        SmtpSettings { server: self.server(port, tls), login, hello: "desk.example.org".to_owned() }
    }

    /// Starts Dovecot again so that it takes access tokens (JWT, signed with HS256) by these mechanisms. `further` may name more
    /// settings.
    pub fn restart_taking_tokens(&mut self, mechanisms: &str, further: &str) {
        let folder = self.folder.path().to_owned();
        let keys = folder.join("keys/default/HS256");
        fs::create_dir_all(&keys).unwrap();
        fs::write(keys.join("test"), TOKEN_KEY).unwrap();
        let at = folder.display();
        let settings = format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={at}/keys/\n\
             username_attribute = email\nissuers = {ISSUER}\n"
        );
        fs::write(folder.join("oauth2.ext"), settings).unwrap();
        for path in ["keys", "keys/default", "keys/default/HS256", "keys/default/HS256/test", "oauth2.ext"] {
            self.owner.own(&folder.join(path));
        }
        self.restart_with(&format!(
            "auth_mechanisms = {mechanisms} plain\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  \
             args = {at}/oauth2.ext\n}}\n\
             service anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n{further}"
        ));
    }

    /// The credential of a token that the program prints.
    pub fn printing(tokens: &Path) -> Credential {
        let command = ["/bin/cat".to_owned(), tokens.display().to_string()];
        Credential::OAuth2(TokenSource::Command(command.to_vec()))
    }

    /// SMTP settings for smtp-sink itself, without TLS and login.
    pub fn sink(&self) -> SmtpSettings {
        let server = self.server(self.ports.sink, Tls::None);
        SmtpSettings { server, login: None, hello: "desk.example.org".to_owned() }
    }

    /// The certificate authority that signed the servers' certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate authority that signed nothing.
    pub fn other_ca_file(&self) -> PathBuf {
        self.folder.path().join("other-ca.pem")
    }

    /// Puts a message into a user's folder, as a local delivery would, and tells its file. `received` becomes its INTERNALDATE.
    pub fn deliver(&self, user: &str, folder: &str, raw: &[u8], received: Option<SystemTime>) -> PathBuf {
        static SERIAL: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let home = self.maildir(user, folder);
        self.owner.make(&self.folder.path().join("mail").join(user));
        self.owner.make(&home);
        for part in ["tmp", "new", "cur"] {
            self.owner.make(&home.join(part));
        }
        let name = format!("{}.{}_{serial:09}.test", unix_time(SystemTime::now()), std::process::id());
        let temporary = home.join("tmp").join(&name);
        fs::write(&temporary, raw).unwrap();
        if let Some(received) = received {
            fs::File::options().append(true).open(&temporary).unwrap().set_modified(received).unwrap();
        }
        self.owner.own(&temporary);
        let file = home.join("new").join(name);
        fs::rename(&temporary, &file).unwrap();
        file
    }

    /// The folder with everybody's Maildir; who owns it owns them all.
    pub fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// What is in a user's folder, in order of delivery.
    pub fn messages(&self, user: &str, folder: &str) -> Vec<StoredMessage> {
        let home = self.maildir(user, folder);
        let mut files: Vec<PathBuf> = ["new", "cur"].iter().flat_map(|part| files_in(&home.join(part))).collect();
        files.sort_by_key(|path| path.file_name().unwrap_or_default().to_owned());
        let message = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_owned();
            Some(StoredMessage { raw: fs::read(path).ok()?, flags })
        };
        files.iter().filter_map(message).collect()
    }

    /// The letters that have arrived completely, oldest first.
    pub fn sent(&self) -> Vec<SentLetter> {
        // smtp-sink keeps the file of a message open until it is complete.
        let open: Vec<PathBuf> = self.sink.as_ref().map(Process::open_files).unwrap_or_default();
        let mut files = files_in(&self.folder.path().join("sunk"));
        files.retain(|path| !open.contains(path));
        files.sort_by_key(|path| (fs::metadata(path).and_then(|m| m.modified()).ok(), path.clone()));
        files.iter().filter_map(|path| parse_dump(&fs::read(path).ok()?)).collect()
    }

    /// Makes the server give new UIDs under a new UIDVALIDITY, as after a restore or a migration.
    pub fn reset_uidvalidity(&mut self, user: &str) {
        self.stop();
        for path in files_in(&self.maildir(user, "INBOX")) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dovecot")) {
                fs::remove_file(path).unwrap();
            }
        }
        // UIDVALIDITY is the second in which the folder is first seen.
        std::thread::sleep(Duration::from_millis(1_100));
        self.restart();
    }

    /// Stops both servers; connections break.
    pub fn stop(&mut self) {
        drop(self.dovecot.take());
        drop(self.sink.take());
    }

    /// Starts the servers again on the same ports, smtp-sink with other flags.
    pub fn restart_with_sink(&mut self, flags: &[&str]) {
        self.sink_flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        self.restart();
    }

    /// Starts the servers again, Dovecot with further lines in its configuration.
    pub fn restart_with(&mut self, further: &str) {
        self.further = format!("\n{further}\n");
        self.restart();
    }

    /// Starts the servers again with a certificate, by a new authority, that is good until the beginning of this day.
    pub fn restart_certified_until(&mut self, day: jiff::civil::Date) {
        certificates::write_until(self.folder.path(), Some(day));
        self.restart();
    }

    /// Starts the stopped servers again, on the same ports.
    pub fn restart(&mut self) {
        self.stop();
        let started = (0..10).any(|_| {
            let started = self.try_start();
            if !started {
                self.stop();
            }
            started
        });
        assert!(started, "the test servers do not start again: see the logs");
    }

    fn server(&self, port: u16, tls: Tls) -> Server {
        Server { host: "localhost".to_owned(), port, tls, ca_file: Some(self.ca_file()) }
    }

    fn maildir(&self, user: &str, folder: &str) -> PathBuf {
        let home = self.folder.path().join("mail").join(user);
        if folder == "INBOX" { home } else { home.join(format!(".{folder}")) }
    }

    /// Starts both and waits for their greetings; whether they came.
    fn try_start(&mut self) -> bool {
        let folder = self.folder.path();
        let configuration = dovecot::configuration(folder, self.ports, &self.owner.user, &self.owner.group);
        fs::write(folder.join("dovecot.conf"), configuration + &self.further).unwrap();
        let output = fs::File::options().append(true).create(true).open(folder.join("output.log")).unwrap();
        let mut sink = self.owner.command(SINK, &output);
        sink.args(&self.sink_flags).arg("-d").arg(folder.join("sunk/%M."));
        sink.arg(format!("127.0.0.1:{}", self.ports.sink)).arg("100");
        self.sink = Some(Process::spawn(&mut sink));
        let mut dovecot = self.owner.command(DOVECOT, &output);
        self.dovecot = Some(Process::spawn(dovecot.arg("-F").arg("-c").arg(folder.join("dovecot.conf"))));
        let own = folder.display().to_string();
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            let running = |process: &mut Option<Process>| process.as_mut().is_some_and(Process::is_running);
            if !running(&mut self.sink) || !running(&mut self.dovecot) {
                return false;
            }
            let Ports { imap, submission, sink, .. } = self.ports;
            if greets(imap, &own)
                && greets(submission, &own)
                && (self.sink_flags.contains(&"CONNECT".to_owned()) || greets(sink, "220"))
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            for name in ["output.log", "dovecot.log"] {
                let log = fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                eprintln!("the end of {name}:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
            }
        }
    }
}

fn free_ports() -> Ports {
    // All are held until all are chosen, so that they differ.
    let held: Vec<TcpListener> = (0..5).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let port = |i: usize| held[i].local_addr().unwrap().port();
    Ports { imap: port(0), imaps: port(1), submission: port(2), submissions: port(3), sink: port(4) }
}

/// Whether who listens there greets with these words; the port may be another server's.
fn greets(port: u16, with: &str) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok() && line.contains(with)
}

fn unix_time(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A dump of smtp-sink: its own header fields, the message with bare LF, an empty line. The `Received` fields that it and
/// the submission server put on top are cut off: no letter of ours begins with one.
fn parse_dump(dump: &[u8]) -> Option<SentLetter> {
    let text = String::from_utf8_lossy(dump);
    let argument = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim_start().strip_prefix('<')?.split_once('>').map(|(address, _)| address.to_owned())
    };
    let (envelope_from, rcpt) = (argument("X-Mail-Args:")?, argument("X-Rcpt-Args:")?);
    let lines = dump.strip_suffix(b"\n")?.split_inclusive(|byte| *byte == b'\n');
    let trace = |line: &&[u8]| line.starts_with(b"Received: ") || line.starts_with(b"\t");
    let letter = lines.skip_while(|line| !trace(line)).skip_while(trace);
    let with_crlf = letter.flat_map(|line| [line.strip_suffix(b"\n").unwrap_or(line), b"\r\n"]);
    Some(SentLetter { envelope_from, rcpt, raw: with_crlf.flatten().copied().collect() })
}
