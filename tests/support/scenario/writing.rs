//! The messages of scenarios, as mail programs write them.

use maildesk::flow::personal_address;
use maildesk::mail::parse::parse;
use maildesk::model::{Letter, LetterId, RequestNumber};

use super::run::ScenarioRun;
use super::{Row, Scenario, Written};
use crate::support::Message;

impl ScenarioRun {
    /// The letters of a kind to somebody about a request of the scenario, the latest first.
    fn letters_to(&self, scenario: &Scenario, about: Option<&RequestNumber>, kind: &str, to: &str) -> Vec<Written> {
        let letters = self.written().into_iter().rev();
        let of_request = |l: &Written| l.request.is_some() && l.request == about.map(ToString::to_string);
        let of_message = |l: &Written| l.request.is_none() && l.cause.is_some_and(|c| scenario.received.contains(&c));
        letters.filter(|l| of_request(l) || of_message(l)).filter(|l| l.kind == kind && l.recipient == to).collect()
    }

    fn manifest(&self, letter: &Written) -> Letter {
        let view = self.desk.reader();
        view.view().letter(LetterId(letter.id)).unwrap().unwrap()
    }

    /// The letter that a row answers.
    fn answered(&self, scenario: &Scenario, row: &Row) -> Option<Written> {
        let named = row.how.first()?;
        let (named, is_earliest) =
            named.strip_prefix("earliest ").map_or((named.as_str(), false), |named| (named, true));
        let (named, about) = match named.strip_prefix("other ") {
            Some(named) => (named, scenario.other.as_ref()),
            None => (named, scenario.number.as_ref()),
        };
        let (kind, to) = named.split_once(" of ").unwrap_or((named, &row.from));
        let to = if to == "home" { "ivanov" } else { to };
        let is_letter = ["acknowledgement", "answer", "notice", "notification", "receipt", "explanation", "question"];
        if !is_letter.contains(&kind) {
            return None;
        }
        let letters = self.letters_to(scenario, about, kind, &scenario.address(to));
        let letter = if is_earliest { letters.last() } else { letters.first() }.cloned();
        Some(letter.unwrap_or_else(|| panic!("line {}: there is no {kind} to {to}", row.line)))
    }

    /// A key of a link, with its brackets.
    fn link(&self, scenario: &Scenario, which: &str) -> String {
        let (graft, which) = which.strip_prefix("grafted ").map_or((false, which), |which| (true, which));
        let (about, to, action) = match which.split_once(' ') {
            Some(("other", action)) => (scenario.other.as_ref(), scenario.address("client"), action),
            Some(("their", action)) => (self.theirs.as_ref(), "third@third.example".to_owned(), action),
            _ => (scenario.number.as_ref(), scenario.address("client"), which),
        };
        let links = self
            .written()
            .into_iter()
            .rev()
            .filter(|l| l.recipient == to && l.request == about.map(ToString::to_string));
        let mut urls = links.flat_map(|letter| self.manifest(&letter).draft.links).map(|link| link.url);
        let url =
            urls.find(|url| url.contains(&format!("%20{action}%20"))).unwrap_or_else(|| panic!("no link: {which}"));
        let text = url.split(['=', '&']).nth(1).unwrap().replace("%5B", "[").replace("%5D", "]").replace("%20", " ");
        let own = |number: &Option<RequestNumber>| number.as_ref().map_or_else(String::new, ToString::to_string);
        if graft { text.replace(&own(&about.cloned()), &own(&scenario.number)) } else { text }
    }

    /// A text of the table, with what stands for its names in braces.
    fn filled(&self, scenario: &Scenario, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or_else(|| panic!("{text}"));
            let number = |number: &Option<RequestNumber>| number.as_ref().unwrap().to_string();
            filled.push_str(&match name {
                "n" => number(&scenario.number),
                "joined n" => number(&scenario.number).replace('-', ""),
                "key n" => scenario.number.as_ref().unwrap().desk.to_string(),
                "digits n" => scenario.number.as_ref().unwrap().number.to_string(),
                "other" => number(&scenario.other),
                "theirs" => number(&self.theirs),
                "token" => {
                    let letters = self.letters_to(
                        scenario,
                        scenario.number.as_ref(),
                        "notification",
                        &scenario.address("ivanov"),
                    );
                    letters[0].message_id.clone()
                }
                "personal address" => self.personal(scenario, ""),
                "secret" => format!("secret{}mark", scenario.id),
                "forged" => format!("forged{}mark", scenario.id),
                "boss" | "client" | "colleague" | "stranger" | "phone" | "friend" => scenario.address(name),
                link => self.link(scenario, link),
            });
            filled.push_str(rest);
        }
        filled
    }

    /// A personal address: Ivanov's own, or whose it is.
    fn personal(&self, scenario: &Scenario, whose: &str) -> String {
        let whose = [" of petrova", " revoked"].iter().position(|known| *known == whose).map_or(0, |at| at + 1);
        let (context, address) = (self.desk.context(), scenario.desk().1);
        let desk = context.settings.desks.iter().find(|desk| desk.address.as_str() == address).unwrap();
        personal_address(&context, scenario.personal[whose], desk).unwrap().to_string()
    }

    /// The message of a row, and the mailbox that it comes to.
    pub(super) fn message(&self, scenario: &Scenario, row: &Row) -> (String, Vec<u8>) {
        let has = |flag: &str| row.how.iter().any(|how| how == flag);
        let answered = self.answered(scenario, row);
        let letter = answered.as_ref().map(|letter| {
            let raw = self.desk.sent(&letter.message_id);
            parse(&raw.unwrap_or_else(|| panic!("line {}: it answers a letter that waits", row.line)))
        });
        let (mut mailbox, mut to) = (scenario.desk().0, scenario.desk().1.to_owned());
        let first = match row.how[0].as_str() {
            "opening" => {
                (Some(format!("opening.{}@mail.example", scenario.id)), format!("Printer {}", scenario.marker()))
            }
            "first" => {
                let first = &scenario.rows[0];
                (Some(format!("row.{}@mail.example", first.line)), self.filled(scenario, &first.subject))
            }
            "foreign" => (Some("nothing-of-ours@elsewhere.example".to_owned()), "Printer".to_owned()),
            _ => (answered.as_ref().map(|letter| letter.message_id.clone()), String::new()),
        };
        let (answers, old_subject) = match &letter {
            Some(letter) => (first.0, letter.subject_raw.clone()),
            None => first,
        };
        let subject = self.filled(scenario, &row.subject);
        let subject = subject.replace('~', &format!("Re: {old_subject}"));
        let mut extra = Vec::new();
        let mut on_top = Vec::new();
        for how in &row.how {
            match how.as_str() {
                "plus" => to = self.manifest(answered.as_ref().unwrap()).reply_to.unwrap().to_string(),
                "internal" => mailbox = "internal",
                "auto" => extra.push("Auto-Submitted: auto-replied".to_owned()),
                "cc friend" => extra.push(format!("Cc: {}", scenario.address("friend"))),
                "cc client" => extra.push(format!("Cc: {}", scenario.address("client"))),
                "cc petrova" => extra.push("Cc: petrova@example.org".to_owned()),
                _ => {}
            }
            if let Some(result) = how.strip_prefix("vouched ") {
                mailbox = "vouched";
                on_top = vouching(result);
            }
            if let Some(whose) = how.strip_prefix("personal") {
                to = self.personal(scenario, whose);
            }
        }
        let id = format!("row.{}@mail.example", row.line);
        let mut message = Message::new(&id, &scenario.mailbox_of(&row.from), &subject).header(&format!("To: {to}"));
        if let Some(answers) = answers.filter(|_| !has("plus")) {
            message = message.answering(&answers);
        }
        message = extra.iter().fold(message, |message, line| message.header(line));
        let words = self.filled(scenario, &row.words);
        let quote = letter.as_ref().map(|letter| quoted(&letter.text, &row.how)).unwrap_or_default();
        let text = if has("below") { format!("{quote}\n\n{words}") } else { format!("{words}\n\n{quote}") };
        message = message.text(text.trim());
        if has("attached ours") {
            let bytes = self.desk.sent(&answered.as_ref().unwrap().message_id).unwrap();
            message = message.file("letter.eml", "message/rfc822", &bytes);
        }
        if has("attached") {
            let [_, from, subject, words] = SAID_BY_MANY;
            let inner = format!("{from}\r\n{subject}\r\n\r\n{words}\r\n");
            message = message.file("mail.eml", "message/rfc822", inner.as_bytes());
        }
        let mut raw = String::from_utf8(message.raw()).unwrap();
        if has("html") {
            raw = raw.replacen("Content-Type: text/plain", "Content-Type: text/html", 1);
        }
        let on_top: String = on_top.iter().map(|line: &String| format!("{line}\r\n")).collect();
        (mailbox.to_owned(), (on_top + &raw).into_bytes())
    }
}

/// Lines that stand in messages of many scenarios: above quoted letters, and in attached mail. They tell nothing of one that was held.
pub const SAID_BY_MANY: [&str; 4] =
    ["20.11.2026 10:15, Поддержка ОТК пишет:", "From: x@example.com", "Subject: [close]", "[done]"];

/// The letter as the mail program quotes it.
fn quoted(text: &str, how: &[String]) -> String {
    let has = |flag: &str| how.iter().any(|how| how == flag);
    if has("no quote") {
        return String::new();
    }
    let lines = text.lines().filter(|line| !(has("no cut line") && line.contains("reply above this line")));
    let mark = if has("no marks") { "" } else { "> " };
    let lines: Vec<String> = lines.map(|line| format!("{mark}{line}")).collect();
    format!("{}\n{}\n", SAID_BY_MANY[0], lines.join("\n"))
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
