//! Configurations that many tests share, and the people in them.

use super::{SentLetter, TestDesk};

/// A customer who writes English.
pub const IVAN: &str = "ivan@example.com";
/// A customer.
pub const OLGA: &str = "olga@client.example";
/// The first line of OTK.
pub const IVANOV: &str = "ivanov@example.org";
/// The second line of OTK.
pub const PETROVA: &str = "petrova@example.org";
/// Her colleague, where there is one.
pub const SIDOROV: &str = "sidorov@example.org";
/// The engineer of TRV.
pub const SMIRNOV: &str = "smirnov@example.org";
/// The external team of OTK.
pub const VENDOR: &str = "helpdesk@vendor.example";

macro_rules! engineers {
    () => {
        r#"
[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
aliases = ["ivanov@home.example"]
words = ["иванов", "иванову"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
words = ["петрова"]
language = "en"

[engineer.sidorov]
name = "Олег Сидоров"
address = "sidorov@example.org"
"#
    };
}

macro_rules! mailboxes {
    () => {
        r#"
[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[transport.folder]
folder = "letters"
"#
    };
}

macro_rules! booking_mailbox {
    () => {
        r#"
[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"
"#
    };
}

/// The engineers of desks that share all of them; petrova reads English.
pub const ENGINEERS: &str = engineers!();

/// The mailboxes of desk OTK: that of the customers, and one in which engineers are believed. Letters become files.
pub const MAILBOXES: &str = mailboxes!();

/// Desk OTK (line 1: ivanov, line 2: petrova; an external team) and desk TRV (smirnov), which send at once. Nobody works at both
/// but orlova.
pub const TWO_STAFFED_DESKS: &str = concat!(
    r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova"]

[desk.OTK.team.vendor]
words = ["поставщик"]
address = "helpdesk@vendor.example"

[desk.TRV]
name = "Booking"
address = "booking@example.org"
language = "en"
grace = "0s"

[desk.TRV.line.1]
members = ["smirnov"]

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
desks = ["OTK"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
desks = ["OTK"]

[engineer.smirnov]
name = "Sergey Smirnov"
address = "smirnov@example.org"
desks = ["TRV"]

[engineer.orlova]
name = "Olga Orlova"
address = "orlova@example.org"
"#,
    mailboxes!(),
    booking_mailbox!()
);

/// One desk, one mailbox, one transport, for real servers.
pub const ONE_DESK: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"
aliases = ["help@example.org"]

[mailbox.support]
IMAP
user = "support"
start = "all"

[transport.main]
SUBMISSION
"#;

/// Two desks, three mailboxes, one for each way to leave accepted mail.
pub const THREE_MAILBOXES: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"

[desk.TRV]
name = "Booking"
address = "booking@example.org"

[mailbox.first]
desk = "OTK"
IMAP
user = "first"
start = "all"
after = { move = "Filed" }

[mailbox.second]
desk = "OTK"
IMAP
user = "second"
start = "all"
after = { flag = '\Seen' }

[mailbox.booking]
desk = "TRV"
IMAP
user = "booking"
start = "all"

[transport.main]
SUBMISSION

[limits]
domain_hour = 100000
all_hour = 100000
"#;

/// One desk whose mail comes by a pipe, and whose letters become files.
pub const PIPED: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"

[mailbox.support]
desk = "OTK"
pipe = true

[transport.folder]
folder = "letters"
"#;

/// One desk with an engineer, which sends at once: its mail comes from a Maildir, and its letters become files.
pub const FROM_A_MAILDIR: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[engineer.ivanov]
name = "Ivan Ivanov"
address = "ivanov@example.org"

[mailbox.support]
desk = "OTK"
maildir = "mail"
start = "all"

[transport.main]
folder = "letters"
"#;

/// Two desks, `support` and `booking`, each with a mailbox of its name and nobody who works there.
pub const TWO_BARE_DESKS: &str = concat!(
    r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"

[desk.TRV]
name = "Booking"
address = "booking@example.org"
"#,
    mailboxes!(),
    booking_mailbox!()
);

/// Two desks: one with lines, a team and a status of its own, which sends at once; one whose letters wait their grace, with
/// reply addresses, where closed requests stay closed.
pub const STEERED: &str = concat!(
    r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova", "sidorov"]

[desk.OTK.team.backend]
words = ["бэкенд"]
members = ["sidorov"]

[desk.OTK.status.vendor]
phase = "waiting"
label = { ru = "У поставщика", en = "With the vendor" }
words = ["у поставщика", "at vendor"]

[desk.OTK.status.shipped]
phase = "completed"
label = { ru = "Отгружено", en = "Shipped" }
words = ["отгружено"]
tells = true

[desk.TRV]
name = "Booking"
address = "booking@example.org"
plus_addresses = true
after_close = "open new"

[desk.TRV.line.1]
members = ["ivanov", "petrova"]
"#,
    engineers!(),
    mailboxes!(),
    r#"
[mailbox.vouched]
desk = "OTK"
maildir = "vouched"
start = "all"
authserv_id = "mx.example.org"
"#,
    booking_mailbox!()
);

/// Limits that are out of the way of long histories.
pub const NO_CAPS: &str = "[limits]\nsender_ten_minutes = 10000\nsender_hour = 10000\nsender_day = 10000\n\
                       alike_hour = 10000\nalike_rounds = 10000\nflood_hour = 10000\ndomain_hour = 10000\nall_hour = 10000\n";

impl TestDesk {
    /// [`TWO_STAFFED_DESKS`], whose letters of an end wait so long; no limits are in the way.
    pub fn two_desks(grace: &str) -> Self {
        let grace = format!("grace = \"{grace}\"");
        Self::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}")).replacing("grace = \"0s\"", &grace).open()
    }

    /// The same desks, that somebody may try to get into: with a web form and a mailbox whose server vouches. Petrova works at both.
    pub fn guarded() -> Self {
        Self::guarded_with("")
    }

    /// The same, with further keys of desk OTK.
    pub fn guarded_with(keys: &str) -> Self {
        let petrova = "address = \"petrova@example.org\"\ndesks = [\"OTK\"";
        let support = "maildir = \"support\"";
        Self::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
            .replacing(
                "\n[desk.OTK.line.1]",
                &format!("form_senders = [\"form@example.org\"]\n{keys}\n[desk.OTK.line.1]"),
            )
            .replacing(petrova, &format!("{petrova}, \"TRV\""))
            .replacing(support, &format!("{support}\nauthserv_id = \"mx.example.org\""))
            .open()
    }

    /// Olga opens a request; gives the acknowledgement and Ivanov's notification.
    pub fn olga_asks(&mut self) -> (SentLetter, SentLetter) {
        self.ask("support", &format!("Ольга <{OLGA}>"), "Не печатается отчёт", "Добрый день! Отчёт пустой.")
    }
}
