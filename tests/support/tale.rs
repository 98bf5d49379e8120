//! Tales of requests, told by a table: each row is one message, and what became of it.
//!
//! Columns, parted by tabs: the tale · who writes · what it answers and how it comes · subject · words · what becomes of it
//! · why. The first column begins a tale (`new`, perhaps with asks of the operator behind a colon, at desk OTK; `booking` at
//! TRV; `bare` where no request is opened beforehand), or goes on with it (`+`).

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use maildesk::flow::{personal_address, set};
use maildesk::mail::parse::parse;
use maildesk::mail::subject::tags;
use maildesk::model::{Answer, Ask, Letter, Phase, Place, Priority, ReceivedId, Request, RequestNumber, ShortName};
use rusqlite::Connection;

use super::{Message, Office, SentLetter};

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// Who writes.
    pub from: String,
    /// What it answers, and how it comes.
    pub how: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub words: String,
    /// What becomes of it.
    pub becomes: String,
    /// Part of the reasons.
    pub why: String,
}

/// One request, and the messages about it.
#[derive(Clone, Debug)]
pub struct Tale {
    /// How it begins.
    pub begins: String,
    /// Its messages.
    pub rows: Vec<Row>,
    /// What tells its people from those of other tales.
    pub id: usize,
    number: Option<RequestNumber>,
    other: Option<RequestNumber>,
    received: Vec<i64>,
    /// Serial numbers of personal addresses: of Ivanov, of Petrova, a revoked one.
    personal: [u32; 3],
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its line in the file.
    pub line: usize,
    /// What became of it.
    pub became: String,
    /// All reasons.
    pub reasons: String,
}

/// A row of the outbox.
#[derive(Clone, Debug)]
struct Written {
    id: i64,
    cause: Option<i64>,
    kind: String,
    recipient: String,
    state: String,
    waits: bool,
    request: Option<String>,
    message_id: String,
}

/// Reads the table.
pub fn tales(table: &str) -> Vec<Tale> {
    let mut tales: Vec<Tale> = Vec::new();
    for (index, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let [begins, from, how, subject, words, becomes, why] = columns[..] else {
            panic!("line {}: {} columns", index + 1, columns.len());
        };
        let row = Row {
            line: index + 1,
            from: from.to_owned(),
            how: how.split(", ").map(str::to_owned).collect(),
            subject: subject.to_owned(),
            words: words.replace("\\n", "\n"),
            becomes: becomes.to_owned(),
            why: why.to_owned(),
        };
        if begins == "+" {
            tales.last_mut().unwrap().rows.push(row);
        } else {
            let (begins, id) = (begins.to_owned(), index + 1);
            tales.push(Tale {
                begins,
                rows: vec![row],
                id,
                number: None,
                other: None,
                received: Vec::new(),
                personal: [0; 3],
            });
        }
    }
    tales
}

impl Tale {
    /// Whether the clock jumps in it: then it has an office of its own.
    pub fn jumps(&self) -> bool {
        self.rows.iter().any(|row| row.how.iter().any(|how| seconds(how).is_some()))
    }

    fn desk(&self) -> (&'static str, &'static str) {
        if self.begins.starts_with("booking") {
            ("booking", "booking@example.org")
        } else {
            ("support", "support@example.org")
        }
    }

    /// The address of somebody in this tale.
    fn address(&self, who: &str) -> String {
        match who {
            "ivanov" | "petrova" | "sidorov" => format!("{who}@example.org"),
            "home" => "ivanov@home.example".to_owned(),
            "stranger" => format!("stranger{}@elsewhere.example", self.id),
            "friend" => format!("friend{}@friends.example", self.id),
            who => format!("{who}{}@client.example", self.id),
        }
    }

    fn mailbox_of(&self, who: &str) -> String {
        let name = match who {
            "ivanov" | "home" => "Иван Иванов",
            "petrova" => "Анна Петрова",
            "sidorov" => "Олег Сидоров",
            "client" => "Olga Client",
            who => who,
        };
        format!(
            "=?utf-8?B?{}?= <{}>",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, name),
            self.address(who)
        )
    }

    /// What marks the opening of its request: known to its people only.
    pub fn marker(&self) -> String {
        format!("opening{}mark", self.id)
    }
}

fn seconds(how: &str) -> Option<i64> {
    match how {
        "31 days" => Some(31 * 86_400),
        "3 minutes" => Some(180),
        _ => None,
    }
}

/// Many tales in one office.
pub struct Telling {
    /// The office.
    pub office: Office,
    tales: Vec<Tale>,
    theirs: Option<RequestNumber>,
    told: Vec<Told>,
}

impl Telling {
    /// Opens the requests that the tales begin with.
    pub async fn begin(configuration: &str, tales: Vec<Tale>) -> Self {
        let mut telling = Self { office: Office::with(configuration), tales, theirs: None, told: Vec::new() };
        let theirs = Message::to_support("theirs@mail.example", "third@third.example", "Theirs thirdmark");
        telling.office.deliver("support", &theirs.text("Of a third party: thirdmark.").raw());
        for tale in &telling.tales {
            let (mailbox, address) = tale.desk();
            for what in ["opening", "other"] {
                let id = format!("{what}.{}@mail.example", tale.id);
                let mark = if what == "opening" { tale.marker() } else { format!("other{}mark", tale.id) };
                let message = Message::new(&id, &tale.mailbox_of("client"), &format!("Printer {mark}"))
                    .header(&format!("To: {address}"))
                    .text(&format!("It does not print, {mark}."));
                let is_wanted = if what == "opening" { tale.begins != "bare" } else { tale.wants_other() };
                if is_wanted {
                    telling.office.deliver(mailbox, &message.raw());
                }
            }
        }
        telling.office.pass().await.unwrap();
        telling.theirs = telling.number_of("theirs@mail.example");
        for index in 0..telling.tales.len() {
            let id = telling.tales[index].id;
            telling.tales[index].number = telling.number_of(&format!("opening.{id}@mail.example"));
            telling.tales[index].other = telling.number_of(&format!("other.{id}@mail.example"));
        }
        telling.steer().await;
        telling
    }

    /// What the operator asks before the tales begin. The other requests are answered, so that their letters have links.
    async fn steer(&mut self) {
        let context = self.office.own_context();
        let now = context.now();
        for index in 0..self.tales.len() {
            let names = ["ivanov", "petrova", "ivanov"].map(|name| ShortName::parse(name).unwrap());
            let given = context.store.write(move |tx| {
                let [first, second, third] =
                    [tx.invite(&names[0], now)?, tx.invite(&names[1], now)?, tx.invite(&names[2], now)?];
                tx.revoke(third, "by the operator", now)?;
                Ok([first, second, third])
            });
            self.tales[index].personal = given.await.unwrap();
        }
        let mut wanted: Vec<(RequestNumber, String)> = Vec::new();
        wanted.extend(self.theirs.clone().map(|theirs| (theirs, "done".to_owned())));
        for tale in &self.tales {
            wanted.extend(tale.other.clone().map(|other| (other, "done".to_owned())));
            let asks = tale.begins.split_once(": ").map(|(_, asks)| asks.to_owned());
            wanted.extend(tale.number.clone().zip(asks));
        }
        for (number, asks) in wanted {
            for ask in asks.split(", ") {
                let vocabulary = context.settings.desk(&number.desk).unwrap().vocabulary(vec![number.desk.clone()]);
                let read = tags::read(&format!("[{ask}]"), &vocabulary);
                let Answer::Asks(asks) = read[0].answer.clone() else { panic!("{ask}") };
                set(&context, &number, asks).await.unwrap();
            }
        }
        drop(context);
        self.office.now.fetch_add(180, Ordering::SeqCst);
        self.office.pass().await.unwrap();
    }

    /// Tells all rows, one of each tale in a pass, and gives what became of them.
    pub async fn tell(&mut self) -> Vec<Told> {
        let rounds = self.tales.iter().map(|tale| tale.rows.len()).max().unwrap_or(0);
        for round in 0..rounds {
            let before = self.written();
            let last = before.last().map_or(0, |letter| letter.id);
            let mut delivered = Vec::new();
            for index in 0..self.tales.len() {
                let Some(row) = self.tales[index].rows.get(round).cloned() else { continue };
                let jump: i64 = row.how.iter().filter_map(|how| seconds(how)).sum();
                self.office.now.fetch_add(jump, Ordering::SeqCst);
                let (mailbox, raw) = self.message(&self.tales[index], &row);
                self.office.deliver(&mailbox, &raw);
                delivered.push((index, row));
            }
            let stood: BTreeMap<usize, Option<Request>> =
                delivered.iter().map(|(index, _)| (*index, self.request(&self.tales[*index]))).collect();
            self.office.pass().await.unwrap();
            let after: Vec<Written> = self.written();
            let mut explained = 0;
            for (index, row) in delivered {
                let told = self.outcome(index, &row, last, &before, &after, stood[&index].as_ref());
                let ids = self.tales[index].received.clone();
                explained += after.iter().filter(|l| l.id > last && l.cause.is_some_and(|c| ids.contains(&c))).count();
                self.told.push(told);
            }
            let new = after.iter().filter(|letter| letter.id > last).count();
            assert_eq!(new, explained, "every letter follows from a row");
        }
        self.told.clone()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.office.database()).unwrap()
    }

    fn number_of(&self, message_id: &str) -> Option<RequestNumber> {
        let sql = "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request WHERE r.message_id = ?1";
        let number: Option<String> = self.sql().query_row(sql, [message_id], |row| row.get(0)).ok();
        number.map(|number| RequestNumber::parse(&number).unwrap())
    }

    fn request(&self, tale: &Tale) -> Option<Request> {
        tale.number.as_ref().and_then(|number| self.office.reader().view().request(number).unwrap())
    }

    fn written(&self) -> Vec<Written> {
        let connection = self.sql();
        let sql = "SELECT l.id, l.cause, l.kind, l.recipient, l.state, json_extract(l.manifest, '$.grace') > 0, q.desk || '-' || q.number, \
                   l.message_id FROM letter l LEFT JOIN request q ON q.id = l.request ORDER BY l.id";
        let mut query = connection.prepare(sql).unwrap();
        let rows = query.query_map([], |r| {
            Ok(Written {
                id: r.get(0)?,
                cause: r.get(1)?,
                kind: r.get(2)?,
                recipient: r.get(3)?,
                state: r.get(4)?,
                waits: r.get(5)?,
                request: r.get(6)?,
                message_id: r.get(7)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Disposition; how the request stands; letters.
    fn outcome(
        &mut self,
        index: usize,
        row: &Row,
        last: i64,
        before: &[Written],
        after: &[Written],
        stood: Option<&Request>,
    ) -> Told {
        let message_id = format!("row.{}@mail.example", row.line);
        let sql = "SELECT id FROM received WHERE message_id = ?1";
        let id: i64 = self.sql().query_row(sql, [&message_id], |r| r.get(0)).unwrap();
        let received = self.office.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        self.tales[index].received.push(id);
        let mut disposition = received.disposition.clone().unwrap();
        let tale = &mut self.tales[index];
        match (&tale.number, &received.request) {
            (None, Some(number)) if disposition == "opened" => tale.number = Some(number.clone()),
            (Some(own), Some(number)) if own != number => disposition.push_str(" another"),
            _ => {}
        }
        // A confirmed message is handled in the same pass.
        let held = self.tales[index].received[0];
        let first = self.office.reader().view().received_one(ReceivedId(held)).unwrap().unwrap();
        if received.reasons.iter().any(|reason| reason.contains("confirms message")) {
            disposition = format!("{disposition}, then {}", first.disposition.unwrap());
            let tale = &mut self.tales[index];
            tale.number = tale.number.clone().or(first.request);
        }
        let tale = &self.tales[index];
        let request = self.request(tale);
        let stands = request.as_ref().map_or_else(|| "-".to_owned(), |request| state(tale, request));
        if disposition.ends_with("another") {
            let (was, is) = (stood.unwrap(), request.as_ref().unwrap());
            let unlinked =
                |request: &Request| Request { linked: Vec::new(), changed_at: was.changed_at, ..request.clone() };
            assert_eq!(unlinked(was), unlinked(is), "line {}: nothing of the request changes", row.line);
        }
        let own = |letter: &&Written| letter.cause.is_some_and(|cause| tale.received.contains(&cause));
        let mut letters: Vec<String> = after
            .iter()
            .filter(|letter| letter.id > last)
            .filter(own)
            .map(|l| format!("{}{}>{}", if l.waits { "later " } else { "" }, l.kind, short(&l.recipient)))
            .collect();
        letters.sort_unstable();
        let was = |letter: &Written| before.iter().any(|b| b.id == letter.id && b.state == "due");
        for letter in after.iter().filter(|l| l.state == "cancelled" && was(l)).filter(own) {
            letters.push(format!("cancelled {}>{}", letter.kind, short(&letter.recipient)));
        }
        let letters = if letters.is_empty() { "-".to_owned() } else { letters.join(", ") };
        let became = format!("{disposition}; {stands}; {letters}");
        Told { line: row.line, became, reasons: received.reasons.join("; ") }
    }

    /// The last letter of a kind to somebody about a request of the tale.
    fn letter(&self, tale: &Tale, about: Option<&RequestNumber>, kind: &str, to: &str) -> Option<Written> {
        let letters = self.written().into_iter().rev();
        let of_request = |l: &Written| l.request.is_some() && l.request == about.map(ToString::to_string);
        let of_message = |l: &Written| l.request.is_none() && l.cause.is_some_and(|c| tale.received.contains(&c));
        letters.filter(|l| of_request(l) || of_message(l)).find(|l| l.kind == kind && l.recipient == to)
    }

    fn manifest(&self, letter: &Written) -> Letter {
        let view = self.office.reader();
        view.view().letter(maildesk::model::LetterId(letter.id)).unwrap().unwrap()
    }

    /// The letter that a row answers.
    fn answered(&self, tale: &Tale, row: &Row) -> Option<Written> {
        let named = row.how.first()?;
        let (named, about) = match named.strip_prefix("other ") {
            Some(named) => (named, tale.other.as_ref()),
            None => (named.as_str(), tale.number.as_ref()),
        };
        let (kind, to) = named.split_once(" of ").unwrap_or((named, &row.from));
        let to = if to == "home" { "ivanov" } else { to };
        let is_letter = ["acknowledgement", "answer", "notice", "notification", "receipt", "explanation", "question"];
        if !is_letter.contains(&kind) {
            return None;
        }
        let letter = self.letter(tale, about, kind, &tale.address(to));
        Some(letter.unwrap_or_else(|| panic!("line {}: there is no {kind} to {to}", row.line)))
    }

    /// A key of a link, with its brackets.
    fn link(&self, tale: &Tale, which: &str) -> String {
        let (graft, which) = which.strip_prefix("grafted ").map_or((false, which), |which| (true, which));
        let (about, to, action) = match which.split_once(' ') {
            Some(("other", action)) => (tale.other.as_ref(), tale.address("client"), action),
            Some(("their", action)) => (self.theirs.as_ref(), "third@third.example".to_owned(), action),
            _ => (tale.number.as_ref(), tale.address("client"), which),
        };
        let links = self
            .written()
            .into_iter()
            .rev()
            .filter(|l| l.recipient == to && l.request == about.map(ToString::to_string));
        let mut urls = links.flat_map(|letter| self.manifest(&letter).draft.links).map(|link| link.url);
        let url =
            urls.find(|url| url.contains(&format!("%20{action}%20"))).unwrap_or_else(|| panic!("no link: {which}"));
        let text = url.split("subject=").nth(1).unwrap().replace("%5B", "[").replace("%5D", "]").replace("%20", " ");
        let own = |number: &Option<RequestNumber>| number.as_ref().map_or_else(String::new, ToString::to_string);
        if graft { text.replace(&own(&about.cloned()), &own(&tale.number)) } else { text }
    }

    fn filled(&self, tale: &Tale, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or_else(|| panic!("{text}"));
            let number = |number: &Option<RequestNumber>| number.as_ref().unwrap().to_string();
            filled.push_str(&match name {
                "n" => number(&tale.number),
                "other" => number(&tale.other),
                "theirs" => number(&self.theirs),
                "secret" => format!("secret{}mark", tale.id),
                "forged" => format!("forged{}mark", tale.id),
                "boss" | "client" | "colleague" | "stranger" | "phone" | "friend" => tale.address(name),
                link => self.link(tale, link),
            });
            filled.push_str(rest);
        }
        filled
    }

    /// The message of a row, and the mailbox that it comes to.
    fn message(&self, tale: &Tale, row: &Row) -> (String, Vec<u8>) {
        let has = |flag: &str| row.how.iter().any(|how| how == flag);
        let answered = self.answered(tale, row);
        let letter = answered.as_ref().map(|letter| {
            let raw = self.office.sent(&letter.message_id);
            parse(&raw.unwrap_or_else(|| panic!("line {}: it answers a letter that waits", row.line)))
        });
        let (mut mailbox, mut to) = (tale.desk().0, tale.desk().1.to_owned());
        let first = match row.how[0].as_str() {
            "opening" => (Some(format!("opening.{}@mail.example", tale.id)), format!("Printer {}", tale.marker())),
            "first" => {
                let first = &tale.rows[0];
                (Some(format!("row.{}@mail.example", first.line)), self.filled(tale, &first.subject))
            }
            "foreign" => (Some("nothing-of-ours@elsewhere.example".to_owned()), "Printer".to_owned()),
            _ => (answered.as_ref().map(|letter| letter.message_id.clone()), String::new()),
        };
        let (answers, old_subject) = match &letter {
            Some(letter) => (first.0, letter.subject_raw.clone()),
            None => first,
        };
        let subject = self.filled(tale, &row.subject);
        let subject = subject.replace('~', &format!("Re: {old_subject}"));
        let mut extra = Vec::new();
        let mut on_top = Vec::new();
        for how in &row.how {
            match how.as_str() {
                "plus" => to = self.manifest(answered.as_ref().unwrap()).reply_to.unwrap().to_string(),
                "internal" => mailbox = "internal",
                "auto" => extra.push("Auto-Submitted: auto-replied".to_owned()),
                "cc friend" => extra.push(format!("Cc: {}", tale.address("friend"))),
                "cc client" => extra.push(format!("Cc: {}", tale.address("client"))),
                "cc petrova" => extra.push("Cc: petrova@example.org".to_owned()),
                _ => {}
            }
            if let Some(result) = how.strip_prefix("vouched ") {
                mailbox = "vouched";
                on_top = vouching(result);
            }
            if let Some(whose) = how.strip_prefix("personal") {
                let serial = tale.personal
                    [[" of ivanov", " of petrova", " revoked"].iter().position(|w| *w == whose).unwrap_or(0)];
                let (context, key) = (self.office.own_context(), tale.desk().1);
                let desk = context.settings.desks.iter().find(|desk| desk.address.as_str() == key).unwrap();
                to = personal_address(&context, serial, desk).unwrap().to_string();
            }
        }
        let id = format!("row.{}@mail.example", row.line);
        let mut message = Message::new(&id, &tale.mailbox_of(&row.from), &subject).header(&format!("To: {to}"));
        if let Some(answers) = answers.filter(|_| !has("plus")) {
            message = message.answering(&answers);
        }
        message = extra.iter().fold(message, |message, line| message.header(line));
        let words = self.filled(tale, &row.words);
        let quote = letter.as_ref().map(|letter| quoted(&letter.text, &row.how)).unwrap_or_default();
        let text = if has("below") { format!("{quote}\n\n{words}") } else { format!("{words}\n\n{quote}") };
        message = message.text(text.trim());
        if has("attached") {
            let inner = b"From: x@example.com\r\nSubject: [close]\r\n\r\n[done]\r\n";
            message = message.file("mail.eml", "message/rfc822", inner);
        }
        let mut raw = String::from_utf8(message.raw()).unwrap();
        if has("html") {
            raw = raw.replacen("Content-Type: text/plain", "Content-Type: text/html", 1);
        }
        let on_top: String = on_top.iter().map(|line: &String| format!("{line}\r\n")).collect();
        (mailbox.to_owned(), (on_top + &raw).into_bytes())
    }

    /// All letters that went out, with their recipients.
    pub fn letters(&self) -> Vec<SentLetter> {
        let sent = self.written().into_iter().filter_map(|letter| {
            let raw = self.office.sent(&letter.message_id)?;
            Some(SentLetter { envelope_from: String::new(), rcpt: letter.recipient, raw })
        });
        sent.collect()
    }

    /// The tales.
    pub fn tales(&self) -> &[Tale] {
        &self.tales
    }

    /// Lets everything that waits go out.
    pub async fn end(&self) {
        self.office.now.fetch_add(3_600, Ordering::SeqCst);
        self.office.pass().await.unwrap();
    }
}

/// The letter as the mail program quotes it.
fn quoted(text: &str, how: &[String]) -> String {
    let has = |flag: &str| how.iter().any(|how| how == flag);
    if has("no quote") {
        return String::new();
    }
    let lines = text.lines().filter(|line| !(has("no cut line") && line.contains("reply above this line")));
    let mark = if has("no marks") { "" } else { "> " };
    let lines: Vec<String> = lines.map(|line| format!("{mark}{line}")).collect();
    format!("20.11.2026 10:15, Поддержка ОТК пишет:\n{}\n", lines.join("\n"))
}

/// What the operator's own server writes on top, or somebody else below it.
fn vouching(result: &str) -> Vec<String> {
    let own = "Received: from out.example.org by mx.example.org; Fri, 20 Nov 2026 10:15:00 +0300";
    let foreign = "Received: from evil.example by relay.evil.example; Fri, 20 Nov 2026 10:14:00 +0300";
    let results = |id: &str, result: &str| format!("Authentication-Results: {id}; {result}");
    let dmarc = |value: &str| format!("dmarc={value} header.from=example.org");
    match result {
        "pass" => vec![results("mx.example.org", &dmarc("pass")), own.to_owned()],
        "fail" => vec![results("mx.example.org", &dmarc("fail")), own.to_owned()],
        "dkim" => vec![results("mx.example.org", "dkim=pass header.d=example.org"), own.to_owned()],
        "unaligned" => vec![results("mx.example.org", "dkim=pass header.d=evil.example"), own.to_owned()],
        "spf" => vec![results("mx.example.org", "spf=pass smtp.mailfrom=example.org"), own.to_owned()],
        "other server" => vec![results("mx.evil.example", &dmarc("pass")), own.to_owned()],
        "forged" => vec![own.to_owned(), foreign.to_owned(), results("mx.example.org", &dmarc("pass"))],
        other => panic!("{other}"),
    }
}

/// The local part without what tells the tale.
fn short(address: &str) -> &str {
    address.split('@').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit())
}

fn state(tale: &Tale, request: &Request) -> String {
    let mut words = vec![request.standing.status.to_string()];
    words.extend(request.executor.as_ref().map(|name| format!("@{}", name.as_str())));
    words.extend(request.place.as_ref().map(|place| match place {
        Place::Line(line) => format!("line {line}"),
        Place::Team(team) => format!("team {}", team.as_str()),
        Place::Desk(desk) => format!("desk {desk}"),
    }));
    words.extend(request.kind.map(|kind| Ask::Kind(kind).to_string()));
    if request.priority != Priority::Normal {
        words.push(Ask::Priority(request.priority).to_string());
    }
    words.extend(request.release.clone().map(|release| Ask::Release(release).to_string()));
    words.extend(request.watchers.iter().map(|watcher| format!("watched by {}", short(watcher.as_str()))));
    words.extend(request.duplicate_of.as_ref().map(|_| "duplicate".to_owned()));
    words.extend((!request.linked.is_empty()).then(|| "linked".to_owned()));
    let is_own = |email: &str| email == tale.address("client") || email == tale.address("phone");
    assert!(
        request.participants.iter().all(|p| is_own(p.email.as_str()) || tale.number.is_none() || tale.begins == "bare")
    );
    assert!(request.standing.phase != Phase::New || request.standing.status.to_string() == "new");
    words.join(" ")
}

impl Tale {
    fn wants_other(&self) -> bool {
        let is_named = |text: &str| text.contains("{other") || text.contains("{grafted other");
        let mentions = |row: &Row| row.how[0].starts_with("other ") || is_named(&row.subject) || is_named(&row.words);
        self.rows.iter().any(mentions)
    }

    /// Who may know of which of its requests, beside engineers.
    pub fn people(&self) -> Vec<String> {
        ["client", "boss", "phone", "colleague", "stranger", "friend"].map(|who| self.address(who)).to_vec()
    }
}
