//! Two desks in this process, with engineers who answer letters as mail programs do: what tests say of requests that lead to
//! others.

use super::TestDesk;

/// Desk OTK (line 1: ivanov, line 2: petrova; an external team) and desk TRV (smirnov). Nobody works at both but orlova.
const COUNTER: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "GRACE"

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
grace = "GRACE"

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

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"

[limits]
sender_ten_minutes = 10000
sender_hour = 10000
sender_day = 10000
sender_subject_day = 10000
domain_hour = 10000
all_hour = 10000
"#;

/// One desk, one mailbox, one transport.
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

/// Two desks, `support` and `booking`, each with a mailbox of its name and nobody who works there.
pub const TWO_FOLDERS: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Example support"
address = "support@example.org"

[desk.TRV]
name = "Booking"
address = "booking@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

/// Two desks: one with lines, a team and a status of its own, which sends at once; one whose letters wait their grace, with
/// reply addresses, where closed requests stay closed.
pub const STEERED: &str = r#"
state_dir = "state"

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

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.vouched]
desk = "OTK"
maildir = "vouched"
start = "all"
authserv_id = "mx.example.org"

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

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

/// Limits that are out of the way of long histories.
pub const NO_CAPS: &str = "[limits]\nsender_ten_minutes = 10000\nsender_hour = 10000\nsender_day = 10000\n\
                       sender_subject_day = 10000\ndomain_hour = 10000\nall_hour = 10000\n";

/// Desk OTK (a vouching mailbox, a web form) and desk TRV; petrova works at both.
const GUARDED: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"
form_senders = ["form@example.org"]

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova"]

[desk.TRV]
name = "Бронирование"
address = "booking@example.org"

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
desks = ["OTK"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
desks = ["OTK", "TRV"]

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"
authserv_id = "mx.example.org"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

impl TestDesk {
    /// The two desks OTK and TRV, whose letters of an end wait so long.
    pub fn two(grace: &str) -> Self {
        Self::with(COUNTER).replacing("GRACE", grace).open()
    }

    /// Two desks that somebody may try to get into, with `form_senders` and a mailbox whose server vouches.
    pub fn guarded() -> Self {
        Self::with(&format!("{GUARDED}{NO_CAPS}")).open()
    }
}
