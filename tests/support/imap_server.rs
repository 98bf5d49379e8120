//! An IMAP server that keeps its folders in memory and misbehaves as it is told: what real servers do now and then.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// When a message arrived that says nothing else.
const ARRIVED: &str = "20-Nov-2026 10:00:00 +0000";

/// What a server does with the body of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It closes the connection.
    Closes,
    /// It refuses the command.
    Refuses,
    /// It sends all of it, whatever slice is asked for.
    SendsWhole,
    /// The length that it states is another than that of what follows.
    WrongLength,
    /// It says NIL so many times.
    Nil(u32),
    /// It sends an empty text so many times.
    Empty(u32),
    /// It sends no slice beyond this many bytes in one answer.
    Short(usize),
    /// It sends nothing from here on, and says OK.
    Ends(usize),
    /// It sends what stands before here, and refuses to go on.
    RefusesFrom(usize),
}

/// A message in a folder.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Its UID.
    pub uid: u32,
    /// INTERNALDATE, between its quotes.
    pub arrived: String,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// RFC822.SIZE where the server states another.
    pub claimed: Option<usize>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
    /// Whether it is marked as deleted.
    pub is_deleted: bool,
}

/// A folder.
#[derive(Clone, Debug)]
pub struct StoredFolder {
    /// UIDVALIDITY.
    pub validity: u32,
    /// UIDNEXT.
    pub next: u32,
    /// Its messages, by UID.
    pub messages: Vec<StoredMessage>,
}

impl StoredFolder {
    /// Puts a message in, and gives it the next UID.
    pub fn add(&mut self, raw: &[u8]) -> &mut StoredMessage {
        let uid = self.next;
        self.next += 1;
        let (arrived, raw) = (ARRIVED.to_owned(), raw.to_vec());
        self.messages.push(StoredMessage { uid, arrived, raw, claimed: None, fault: None, is_deleted: false });
        self.messages.last_mut().unwrap()
    }
}

/// What the server holds, and how it answers.
#[derive(Debug)]
pub struct ImapState {
    /// Its folders.
    pub folders: BTreeMap<String, StoredFolder>,
    /// What stands behind `CAPABILITY IMAP4rev1`.
    pub capabilities: String,
    /// Answers in place of its own to commands that begin so; `{tag}` stands for the tag. None: the connection is closed.
    pub instead: Vec<(String, Option<String>)>,
    /// All commands so far, without their tags.
    pub said: Vec<String>,
    /// What it says before it answers a command on messages.
    pub extra: String,
}

/// A server on loopback, without TLS, that takes every login.
pub struct ImapServer {
    /// Where it listens.
    pub port: u16,
    state: Arc<Mutex<ImapState>>,
}

impl ImapServer {
    /// Starts one with an empty INBOX.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inbox = StoredFolder { validity: 7, next: 1, messages: Vec::new() };
        let state = ImapState {
            folders: BTreeMap::from([("INBOX".to_owned(), inbox)]),
            capabilities: "AUTH=PLAIN UIDPLUS".to_owned(),
            instead: Vec::new(),
            said: Vec::new(),
            extra: String::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that has gone away is no matter of ours.
                std::thread::spawn(move || drop(serve(&stream, &state)));
            }
        });
        Self { port, state }
    }

    /// Its state, to look at and to change.
    pub fn state(&self) -> MutexGuard<'_, ImapState> {
        self.state.lock().unwrap()
    }

    /// Puts a message into INBOX and changes it.
    pub fn deliver(&self, raw: &[u8], change: impl FnOnce(&mut StoredMessage)) {
        change(self.state().folders.get_mut("INBOX").unwrap().add(raw));
    }

    /// Changes INBOX.
    pub fn inbox(&self, change: impl FnOnce(&mut StoredFolder)) {
        change(self.state().folders.get_mut("INBOX").unwrap());
    }

    /// Answers commands that begin so in this way.
    pub fn answer(&self, command: &str, reply: &str) {
        self.state().instead.push((command.to_owned(), Some(reply.to_owned())));
    }

    /// How often a command began so.
    pub fn count(&self, command: &str) -> usize {
        self.state().said.iter().filter(|said| said.starts_with(command)).count()
    }

    /// The keys of a mailbox that reach it.
    pub fn keys(&self) -> String {
        format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"support\"\npassword_file = \"password\"\n",
            self.port
        )
    }
}

fn serve(stream: &TcpStream, state: &Mutex<ImapState>) -> std::io::Result<()> {
    let say = |text: &str| (&*stream).write_all(text.as_bytes());
    let mut lines = BufReader::new(stream).lines();
    let mut selected = String::new();
    say("* OK ready\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let mut state = state.lock().unwrap();
        state.said.push(command.to_owned());
        let instead = state.instead.iter().find(|(start, _)| command.starts_with(start.as_str()));
        if let Some((_, reply)) = instead {
            match reply {
                Some(reply) => say(&reply.replace("{tag}", tag))?,
                None => return Ok(()),
            }
            continue;
        }
        let mut words = command.split(' ');
        let verb = words.next().unwrap_or_default().to_ascii_uppercase();
        let name = command.split('"').nth(1).unwrap_or_default().to_owned();
        match verb.as_str() {
            "CAPABILITY" => say(&format!("* CAPABILITY IMAP4rev1 {}\r\n{tag} OK done\r\n", state.capabilities))?,
            "AUTHENTICATE" => {
                drop(state);
                say("+ \r\n")?;
                lines.next().transpose()?;
                say(&format!("{tag} OK welcome\r\n"))?;
            }
            "SELECT" => match state.folders.get(&name) {
                Some(folder) => {
                    say(&selection(folder))?;
                    say(&format!("{tag} OK [READ-WRITE] selected\r\n"))?;
                    selected = name;
                }
                None => say(&format!("{tag} NO [NONEXISTENT] no such folder\r\n"))?,
            },
            "LIST" => {
                let names: Vec<String> =
                    state.folders.keys().map(|name| format!("* LIST () \".\" \"{name}\"\r\n")).collect();
                say(&format!("{}{tag} OK done\r\n", names.concat()))?;
            }
            "CREATE" => {
                state.folders.insert(name, StoredFolder { validity: 9, next: 1, messages: Vec::new() });
                say(&format!("{tag} OK made\r\n"))?;
            }
            "IDLE" => {
                drop(state);
                say("+ idling\r\n")?;
                lines.next().transpose()?;
                say(&format!("{tag} OK done\r\n"))?;
            }
            "LOGOUT" => return say(&format!("* BYE bye\r\n{tag} OK done\r\n")),
            "FETCH" | "UID" => match on_messages(&mut state, &selected, command) {
                Some((answer, end)) => {
                    say(&state.extra)?;
                    (&*stream).write_all(&answer)?;
                    say(&format!("{tag} {end}\r\n"))?;
                }
                None => return Ok(()),
            },
            _ => say(&format!("{tag} OK done\r\n"))?,
        }
    }
    Ok(())
}

fn selection(folder: &StoredFolder) -> String {
    let (exists, validity, next) = (folder.messages.len(), folder.validity, folder.next);
    format!(
        "* {exists} EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] some\r\n\
         * OK [UIDVALIDITY {validity}] fine\r\n* OK [UIDNEXT {next}] next\r\n"
    )
}

/// Untagged answers and the tagged one of a command on messages; None: the connection is closed.
fn on_messages(state: &mut ImapState, selected: &str, command: &str) -> Option<(Vec<u8>, String)> {
    let by_uid = command.starts_with("UID ");
    let mut words = command.trim_start_matches("UID ").splitn(3, ' ');
    let (verb, set, rest) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    let target = rest.split('"').nth(1).unwrap_or_default().to_owned();
    if matches!(verb, "COPY" | "MOVE") && !state.folders.contains_key(&target) {
        return Some((Vec::new(), "NO [TRYCREATE] no such folder".to_owned()));
    }
    let folder = state.folders.get_mut(selected)?;
    let highest = folder.messages.last().map_or(0, |message| message.uid);
    let last = if by_uid { highest } else { u32::try_from(folder.messages.len()).unwrap() };
    let mut answer = Vec::new();
    let mut copies = Vec::new();
    for (index, message) in folder.messages.iter_mut().enumerate() {
        let sequence = u32::try_from(index).unwrap() + 1;
        if !is_in(set, if by_uid { message.uid } else { sequence }, last) {
            continue;
        }
        match verb {
            "FETCH" => match fetched(message, rest) {
                Ok(items) => {
                    answer.extend_from_slice(format!("* {sequence} FETCH (UID {}", message.uid).as_bytes());
                    answer.extend_from_slice(&items);
                    answer.extend_from_slice(b")\r\n");
                }
                Err(true) => return None,
                Err(false) => return Some((answer, "NO [SERVERBUG] UID FETCH Server error".to_owned())),
            },
            "STORE" => message.is_deleted |= rest.contains("\\Deleted"),
            "COPY" | "MOVE" => {
                copies.push(message.raw.clone());
                message.is_deleted |= verb == "MOVE";
            }
            _ => {}
        }
    }
    if matches!(verb, "EXPUNGE" | "MOVE") {
        folder.messages.retain(|message| !(message.is_deleted && is_in(set, message.uid, last)));
    }
    for raw in copies {
        state.folders.get_mut(&target)?.add(&raw);
    }
    Some((answer, "OK done".to_owned()))
}

/// The items of a FETCH answer behind the UID. Err(true): the connection is closed; Err(false): the command is refused.
fn fetched(message: &mut StoredMessage, items: &str) -> Result<Vec<u8>, bool> {
    let mut answer = String::new();
    if items.contains("RFC822.SIZE") {
        answer += &format!(" RFC822.SIZE {}", message.claimed.unwrap_or(message.raw.len()));
    }
    if items.contains("INTERNALDATE") {
        answer += &format!(" INTERNALDATE \"{}\"", message.arrived);
    }
    let mut answer = answer.into_bytes();
    if let Some(section) = items.split("BODY.PEEK[HEADER").nth(1) {
        let end = message.raw.windows(4).position(|four| four == b"\r\n\r\n").map_or(message.raw.len(), |at| at + 4);
        let fields = section.split(']').next().unwrap_or_default();
        answer.extend_from_slice(format!(" BODY[HEADER{fields}]<0> {{{end}}}\r\n").as_bytes());
        answer.extend_from_slice(&message.raw[..end]);
        return Ok(answer);
    }
    let Some(range) = items.split("BODY.PEEK[]<").nth(1).and_then(|rest| rest.split_once('>')) else {
        return Ok(answer);
    };
    let (from, count) = range.0.split_once('.').unwrap();
    let (from, count): (usize, usize) = (from.parse().unwrap(), count.parse().unwrap());
    let mut end = message.raw.len().min(from + count);
    let mut stated = None;
    match &mut message.fault {
        Some(Fault::Closes) => return Err(true),
        Some(Fault::Refuses) => return Err(false),
        Some(Fault::RefusesFrom(at)) if from >= *at => return Err(false),
        Some(Fault::Nil(left) | Fault::Empty(left)) if *left > 0 => {
            *left -= 1;
            let empty = if matches!(message.fault, Some(Fault::Nil(_))) { "NIL" } else { "{0}\r\n" };
            answer.extend_from_slice(format!(" BODY[]<{from}> {empty}").as_bytes());
            return Ok(answer);
        }
        Some(Fault::SendsWhole) => {
            answer.extend_from_slice(format!(" BODY[] {{{}}}\r\n", message.raw.len()).as_bytes());
            answer.extend_from_slice(&message.raw);
            return Ok(answer);
        }
        Some(Fault::WrongLength) => stated = Some(message.raw.len() / 2),
        Some(Fault::Short(most)) => end = end.min(from + *most),
        Some(Fault::Ends(at) | Fault::RefusesFrom(at)) => end = end.min(*at),
        _ => {}
    }
    let slice = message.raw.get(from..end).unwrap_or_default();
    answer.extend_from_slice(format!(" BODY[]<{from}> {{{}}}\r\n", stated.unwrap_or(slice.len())).as_bytes());
    answer.extend_from_slice(slice);
    Ok(answer)
}

fn is_in(set: &str, number: u32, last: u32) -> bool {
    let value = |text: &str| if text == "*" { last } else { text.parse().unwrap() };
    set.split(',').any(|range| {
        let (first, end) = range.split_once(':').unwrap_or((range, range));
        let (first, end) = (value(first), value(end));
        (first.min(end)..=first.max(end)).contains(&number)
    })
}
