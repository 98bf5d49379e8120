use super::arrival::{Arrival, Results, ServerClock};
use super::verdict::{Configured, ProbeOutcome, Probed, verdict};
use crate::model::policy::Desk;
use crate::model::{DeskKey, EmailAddress};

/// How the probes of a desk at a good provider ended, and how the desk is configured.
struct Case {
    probed: Probed,
    plus_addresses: bool,
    authserv_id: Option<&'static str>,
}

fn good() -> Arrival {
    Arrival {
        mailbox: "support".to_owned(),
        folder: "INBOX".to_owned(),
        is_read: true,
        seconds: 3,
        kept_message_id: true,
        results: Some(Results {
            authserv_id: "mx.example.org".to_owned(),
            findings: vec!["dmarc=pass".to_owned(), "spf=pass".to_owned()],
        }),
        forged_survived: None,
        clocks: vec![
            ServerClock { whose: "the mail server's", ahead: -3 },
            ServerClock { whose: "the IMAP server's", ahead: 0 },
        ],
    }
}

fn arrived(change: impl FnOnce(&mut Arrival)) -> ProbeOutcome {
    let mut arrival = good();
    change(&mut arrival);
    ProbeOutcome::Arrived(Box::new(arrival))
}

impl Default for Case {
    fn default() -> Self {
        let forged = arrived(|arrival| arrival.forged_survived = Some(false));
        let probed = Probed {
            places: "mailbox support".to_owned(),
            waited: 60,
            plain: arrived(|_| ()),
            plus: ("support+probe@example.org".to_owned(), arrived(|_| ())),
            forged: Some(("mx.example.org".to_owned(), forged)),
            left: None,
        };
        Self { probed, plus_addresses: true, authserv_id: Some("mx.example.org") }
    }
}

impl Case {
    fn change(&mut self, change: impl FnOnce(&mut Arrival)) {
        self.probed.plain = arrived(change);
    }

    fn forge(&mut self, survived: bool) {
        let outcome = arrived(|arrival| arrival.forged_survived = Some(survived));
        self.probed.forged = Some(("mx.example.org".to_owned(), outcome));
    }

    fn said(&self) -> (String, usize) {
        let address = EmailAddress::parse("support@example.org").unwrap();
        let mut desk = Desk::new(DeskKey::parse("OTK").unwrap(), "Desk".to_owned(), address, "main".to_owned());
        desk.plus_addresses = self.plus_addresses;
        let configured = Configured { mailbox: "support", authserv_id: self.authserv_id };
        let advice = verdict(&desk, configured, &self.probed);
        (advice.said(), advice.config.len())
    }
}

#[test]
fn where_all_is_as_configured_nothing_follows() {
    let (said, lines) = Case::default().said();
    assert_eq!(lines, 0);
    assert_eq!(
        said,
        "the test e-mail to support@example.org arrived after 3 s in folder INBOX of mailbox support\n\
         the Message-ID is kept: by it answers are recognised, and engineers proven\n\
         the clocks of the servers and of this machine agree\n\
         mx.example.org adds Authentication-Results: dmarc=pass spf=pass\n\
         a forged Authentication-Results in the name of mx.example.org was removed; mail from outside may come by \
         another route: test that too before you rely on it\n\
         mail to support+probe@example.org arrives as well\nthe test e-mails that were found are removed again\n"
    );
}

/// A change, what the verdict then contains, and the suggested line, if there is one.
type Row = (fn(&mut Case), &'static str, &'static str);

#[test]
fn what_follows_from_each_outcome() {
    let rows: [Row; 18] = [
        (
            |c| c.plus_addresses = false,
            "arrives as well",
            "[desk.OTK]\n# mail to support+probe@example.org arrives\nplus_addresses = true",
        ),
        (
            |c| c.probed.plus.1 = ProbeOutcome::Lost,
            "FAILED mail to support+probe@example.org did not arrive within 60 s; engineers' answers are lost",
            "plus_addresses = false",
        ),
        (
            |c| (c.probed.plus.1 = ProbeOutcome::Refused("550 no such user".to_owned()), c.plus_addresses = false).1,
            "mail to support+probe@example.org is refused: 550 no such user: plus_addresses stays false",
            "",
        ),
        (
            |c| {
                (
                    c.probed.plus.1 = arrived(|a| (a.folder = "probe".to_owned(), a.is_read = false).1),
                    c.plus_addresses = false,
                )
                    .1
            },
            "goes to folder probe, which maildesk does not read: plus_addresses stays false",
            "",
        ),
        (|c| c.authserv_id = None, "was removed; mail from outside", "authserv_id = \"mx.example.org\""),
        (
            |c| (c.authserv_id = None, c.forge(true)).1,
            "pose as any engineer; do NOT set authserv_id = \"mx.example.org\"",
            "",
        ),
        (
            |c| c.forge(true),
            "FAILED a forged Authentication-Results in the name of mx.example.org was not removed",
            "# remove authserv_id: forged fields in the server's name are not removed\n#authserv_id = ",
        ),
        (
            |c| c.probed.forged = Some(("mx.example.org".to_owned(), ProbeOutcome::Lost)),
            "warning whether a forged Authentication-Results in the name of mx.example.org is removed is not known",
            "",
        ),
        (
            |c| c.authserv_id = Some("other.example.org"),
            "warning authserv_id = \"other.example.org\" is not the name that the server gives itself",
            "",
        ),
        (
            |c| {
                c.authserv_id = None;
                c.change(|a| a.results.as_mut().unwrap().findings = vec!["auth=pass".to_owned()]);
            },
            "adds Authentication-Results: auth=pass",
            "",
        ),
        (
            |c| (c.change(|a| a.results = None), c.probed.forged = None, c.authserv_id = None).2,
            "no server added Authentication-Results, so none",
            "",
        ),
        (|c| c.change(|a| a.kept_message_id = false), "warning a server has rewritten the Message-ID", ""),
        (
            |c| c.change(|a| (a.folder = "Junk".to_owned(), a.is_read = false).1),
            "FAILED the test e-mail to support@example.org arrived after 3 s in folder Junk of mailbox support, which maildesk does not read",
            "",
        ),
        (
            |c| c.change(|a| a.clocks[0].ahead = -300),
            "warning the mail server's clock is 5 minutes behind this machine's: one of them is wrong",
            "",
        ),
        (|c| c.change(|a| a.clocks[1].ahead = 121), "the IMAP server's clock is 2 minutes ahead of this machine's", ""),
        (|c| c.change(|a| a.clocks.clear()), "clocks were not compared", ""),
        (
            |c| c.probed.plain = ProbeOutcome::Lost,
            "FAILED the test e-mail to support@example.org was not found in mailbox support within 60 s (--probe-wait)",
            "",
        ),
        (|c| c.probed.left = Some("probes stay".to_owned()), "warning probes stay", ""),
    ];
    for (change, expected, line) in rows {
        let mut case = Case::default();
        change(&mut case);
        let (said, lines) = case.said();
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
        assert!(said.contains(line), "{line:?} is not in:\n{said}");
        assert_eq!(lines, usize::from(!line.is_empty()), "{said}");
    }
}
