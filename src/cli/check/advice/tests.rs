use std::time::Duration;

use super::{Advice, Offered, duration, mailbox, transport};
use crate::model::policy::AutomaticMail;
use crate::model::settings::{
    After, ImapSettings, MailboxSettings, OlderMail, Server, SmtpSettings, SourceSettings, Start, Tls,
};
use crate::model::{Credential, DeskKey, Secret, Timestamp};
use crate::net::{Certificate, Handshake, Protection, Roots};
use crate::source::{ListedFolder, MoveTarget, ServerInfo, ServerSummary};

const NOW: i64 = 1_790_000_000;

/// A healthy account, of which tests change one thing each.
struct Case {
    poll: u64,
    idle: bool,
    after: After,
    folder: &'static str,
    server_info: ServerInfo,
    failure: Option<&'static str>,
}

impl Default for Case {
    fn default() -> Self {
        let folder =
            |name: &str| ListedFolder { name: name.to_owned(), delimiter: Some("/".to_owned()), is_junk: false };
        let summary = ServerSummary {
            capabilities: ["IDLE", "IMAP4REV1", "MOVE", "UIDPLUS"].map(str::to_owned).to_vec(),
            messages: 3,
            idle: true,
            after_impossible: None,
        };
        let server_info = ServerInfo {
            handshake: seen(71, Roots::System),
            folders: vec![folder("Filed"), folder("INBOX")],
            folder_count: 2,
            summary: Some(summary),
            flags: Some(vec![r"\seen".to_owned(), r"\*".to_owned()]),
            read_only: false,
            target: None,
        };
        Self { poll: 60, idle: true, after: After::Leave, folder: "INBOX", server_info, failure: None }
    }
}

fn seen(days: i64, roots: Roots) -> Handshake {
    let certificate = Certificate {
        subject: "imap.example.org".to_owned(),
        issuer: "E7 (Example Trust)".to_owned(),
        hosts: Vec::new(),
        not_before: Timestamp::from_unix(0),
        not_after: Timestamp::from_unix(NOW + days * 86_400 + 60),
    };
    let protection = Protection { version: "TLS 1.3".to_owned(), certificate: Some(certificate), roots };
    Handshake {
        protection: Some(protection),
        offered: vec!["IMAP4REV1".to_owned(), "AUTH=PLAIN".to_owned()],
        logged_in: true,
    }
}

impl Case {
    fn advice(self) -> Advice {
        let server = Server { host: "imap.example.org".to_owned(), port: 993, tls: Tls::Implicit, ca_file: None };
        let imap = ImapSettings {
            server,
            user: "support".to_owned(),
            credential: Credential::Password(Secret::new("x")),
            folder: self.folder.to_owned(),
            idle: self.idle,
        };
        let settings = MailboxSettings {
            name: "support".to_owned(),
            was: Vec::new(),
            desk: DeskKey::parse("OTK").unwrap(),
            source: SourceSettings::Imap(imap.clone()),
            after: self.after,
            start: Start::Now,
            older: OlderMail::Skip,
            automatic: AutomaticMail::File,
            poll: Duration::from_secs(self.poll),
            internal: false,
            authserv_id: None,
            max_message_bytes: 1,
        };
        let failure = self.failure.map(str::to_owned);
        mailbox(&settings, &imap, &self.server_info, failure, Timestamp::from_unix(NOW))
    }

    fn summary(&mut self) -> &mut ServerSummary {
        self.server_info.summary.as_mut().unwrap()
    }

    fn moves(&mut self, folder: &str, target: MoveTarget) {
        (self.after, self.server_info.target) = (After::Move(folder.to_owned()), Some(target));
    }

    fn lack(&mut self, capability: &str) {
        self.summary().capabilities.retain(|offered| offered != capability);
        self.summary().idle &= capability != "IDLE";
    }
}

#[test]
fn of_a_healthy_account_nothing_follows() {
    let said = Case::default().advice().said();
    assert_eq!(
        said,
        "TLS 1.3, certificate of imap.example.org by E7 (Example Trust), trusted by this machine, valid for 71 more days \
         until 2026-12-01\nlogged in as support; the server offers PLAIN\n2 folders: Filed, INBOX\n\
         folder INBOX: 3 messages; new mail is announced by IDLE\nthe server has IDLE, MOVE, UIDPLUS, keywords\n"
    );
}

/// A change of the healthy account, what the advice then contains, and the suggested line, if there is one.
type Row = (fn(&mut Case), &'static str, &'static str);

#[test]
fn what_follows_from_each_lack() {
    let mut filed = Case::default();
    filed.moves("Filed", MoveTarget::There("Filed".to_owned()));
    assert!(filed.advice().said().contains("accepted messages are moved to Filed, which exists"));
    let rows: [Row; 19] = [
        (|c| c.lack("IDLE"), "polled every 1m, since the server has no IDLE", ""),
        (|c| c.lack("MOVE"), "without MOVE messages are moved by copying them", ""),
        (|c| c.lack("IDLE"), "the server has MOVE, UIDPLUS, keywords; lacks IDLE", ""),
        (
            |c| (c.lack("IDLE"), c.poll = 3_600).1,
            "polled every 1h",
            "# without IDLE mail waits until the next poll\npoll = \"1m\"",
        ),
        (|c| (c.lack("IDLE"), c.poll = 5).1, "polled every 5s", "lock accounts that poll more often\npoll = \"1m\""),
        (|c| (c.summary().idle = false, c.idle = false).1, "since idle = false", ""),
        (
            |c| c.server_info.flags = Some(vec![r"\seen".to_owned()]),
            "lacks keywords\nwithout keywords messages can be marked with \\Seen",
            "",
        ),
        (
            |c| c.summary().after_impossible = Some("the server does not keep the flag X".to_owned()),
            "FAILED the server does not keep the flag X; so accepted messages cannot be marked as configured",
            "after = { move = \"Filed\" }",
        ),
        (
            |c| {
                c.summary().after_impossible = Some("the server can move no messages".to_owned());
                c.lack("MOVE");
                c.lack("UIDPLUS");
            },
            "without MOVE and UIDPLUS no message can be moved",
            "after = \"leave\"",
        ),
        (
            |c| c.moves("Done", MoveTarget::Created("INBOX.Done".to_owned())),
            "to INBOX.Done, which was created just now",
            "",
        ),
        (
            |c| c.moves("Done", MoveTarget::Refused("Permission denied".to_owned())),
            "FAILED there is no folder Done, and the server refuses to create it: Permission denied",
            "",
        ),
        (
            |c| c.moves("filed", MoveTarget::Created("filed".to_owned())),
            "warning there was no folder filed yet, but there is Filed: if you mean that one, use its name",
            "[mailbox.support]\n# the folder that exists\nafter = { move = \"Filed\" }",
        ),
        (
            |c| (c.folder = "FILED", c.server_info.summary = None, c.failure = Some("refused SELECT")).2,
            "FAILED there is no folder FILED, but there is Filed",
            "folder = \"Filed\"",
        ),
        (
            |c| (c.folder = "Support", c.server_info.summary = None, c.failure = Some("refused SELECT")).2,
            "FAILED there is no folder Support; name one of those above",
            "",
        ),
        (
            |c| {
                (
                    c.server_info.handshake.logged_in = false,
                    c.server_info.folders.clear(),
                    c.failure = Some("refused the login"),
                )
                    .2
            },
            "offers to log in by PLAIN\nfolder INBOX",
            "",
        ),
        (|c| c.failure = Some("no answer within 60 seconds"), "FAILED no answer within 60 seconds", ""),
        (
            |c| c.server_info.handshake = seen(29, Roots::Own),
            "trusted by ca_file alone, valid for 29 more days until 2026-10-20",
            "",
        ),
        (
            |c| c.server_info.handshake = seen(1, Roots::System),
            "warning the certificate expires in 1 day, on 2026-09-22",
            "",
        ),
        (|c| c.server_info.handshake.protection = None, "not protected by TLS\nlogged in as support", ""),
    ];
    for (spoil, expected, line) in rows {
        let mut case = Case::default();
        spoil(&mut case);
        let advice = case.advice();
        let said = advice.said();
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
        assert!(said.contains(line), "{line:?} is not in:\n{said}");
        assert_eq!(advice.config.len(), usize::from(!line.is_empty()), "{said}");
    }
}

#[test]
fn what_a_mail_server_shows() {
    let smtp = |login: Option<&str>| SmtpSettings {
        server: Server { host: "localhost".to_owned(), port: 25, tls: Tls::None, ca_file: None },
        login: login.map(|user| (user.to_owned(), Credential::Password(Secret::new("x")))),
        hello: "desk.example.org".to_owned(),
    };
    let offered = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut seen = seen(71, Roots::System);
    seen.offered = offered(&["SIZE 60000000", "AUTH PLAIN LOGIN"]);
    let now = Timestamp::from_unix(NOW);
    let say = |smtp: &SmtpSettings, seen: &Handshake, max_size, failure: Option<&str>| {
        transport(smtp, Offered { seen, max_size }, failure.map(str::to_owned), now).said()
    };
    let fine = say(&smtp(Some("desk")), &seen, Some(60_000_000), None);
    assert!(
        fine.ends_with("\nlogged in as desk; the server offers PLAIN, LOGIN\naccepts e-mails up to 60.0 MB (SIZE)\n"),
        "{fine}"
    );
    let small = say(&smtp(Some("desk")), &seen, Some(1_000_000), None);
    assert!(small.contains("warning e-mails larger than 1.0 MB will be sent without their files"), "{small}");
    seen.logged_in = false;
    let refused = say(&smtp(Some("desk")), &seen, None, Some("refused"));
    assert!(refused.ends_with("offers to log in by PLAIN, LOGIN\nFAILED refused\n"), "{refused}");
    let open = Handshake { protection: None, offered: offered(&["STARTTLS"]), logged_in: true };
    let open = say(&smtp(None), &open, None, None);
    assert_eq!(
        open,
        "not protected by TLS; the server offers it (tls = \"starttls\")\naccepts us without a login\n\
         accepts e-mails without a stated size limit (no SIZE)\n"
    );
    assert_eq!(say(&smtp(None), &Handshake::default(), None, Some("cannot connect")), "FAILED cannot connect\n");
}

#[test]
fn spans_are_written_as_the_configuration_has_them() {
    for (seconds, text) in [(5, "5s"), (60, "1m"), (90, "90s"), (3_600, "1h"), (86_400, "24h")] {
        assert_eq!(duration(Duration::from_secs(seconds)), text);
    }
}
