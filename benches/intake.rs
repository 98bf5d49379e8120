//! How fast mail is taken in, beside a plain download of the same mailbox by the same fetch code in the same run.
//!
//! `cargo bench --bench intake [-- MESSAGES]` (default 5,000; needs Dovecot and smtp-sink as the tests do). Prints figures and
//! ratios, asserts nothing about time.

#![allow(clippy::unwrap_used, reason = "a benchmark fails as tests do")]

mod common;
#[path = "../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a bench uses the servers of the harness only")]
mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use common::{Random, cpu_ms, message, mixed_message};
use maildesk::config::{self, ProcessContext};
use maildesk::flow::{self, Context, Receiver};
use maildesk::mail::proof::KeyRing;
use maildesk::model::settings::{ImapSettings, SourceSettings, Tls};
use maildesk::source::{Described, SLICE, Source};
use maildesk::store::Store;
use support::{PASSWORD, Servers};
use tokio_util::sync::CancellationToken;

fn main() {
    let messages = env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(5_000);
    let servers = Servers::start();
    let bytes = fill(&servers, messages);
    println!(
        "{messages} messages, {:.0} MB, mean {:.0} KB\n",
        bytes as f64 / 1e6,
        bytes as f64 / messages as f64 / 1e3
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let settings = servers.imap("bench", Tls::None);
    // Dovecot computes its caches at the first look; that is nobody's merit here.
    runtime.block_on(download(settings.clone()));

    let plain = measure(|| runtime.block_on(download(settings.clone())));
    let folder = tempfile::tempdir().unwrap();
    let context = context(&servers, folder.path());
    let mailbox = context.settings.mailboxes[0].clone();
    let mut receiver = Receiver::new(context.clone(), mailbox);
    let accepted = measure(|| {
        let received = runtime.block_on(receiver.look()).unwrap();
        assert_eq!(received.accepted, messages as u64);
    });
    let handled = measure(|| {
        assert_eq!(
            runtime.block_on(flow::handle_waiting(&context, &CancellationToken::new())).unwrap(),
            messages as u64
        );
    });
    let database = fs::metadata(folder.path().join("maildesk.db")).unwrap().len();

    println!("                       seconds  messages/s    MB/s   CPU ms  of the download's time");
    let row = |name: &str, taken: Taken| {
        let seconds = taken.wall.as_secs_f64();
        println!(
            "{name:<22} {seconds:>7.2} {:>11.0} {:>7.0} {:>8} {:>6.2}x",
            messages as f64 / seconds,
            bytes as f64 / 1e6 / seconds,
            taken.cpu_ms,
            seconds / plain.wall.as_secs_f64()
        );
    };
    row("plain download", plain);
    row("accepted", accepted);
    row("handled after that", handled);
    row("accepted and handled", Taken { wall: accepted.wall + handled.wall, cpu_ms: accepted.cpu_ms + handled.cpu_ms });
    println!(
        "database {:.0} MB, {:.2} of the messages' bytes\n",
        database as f64 / 1e6,
        database as f64 / bytes as f64
    );

    drop(receiver);
    let fresh = tempfile::tempdir().unwrap();
    let (wall, peak) = once_in_child(&servers, fresh.path(), "bench");
    println!("`maildesk once` on the whole: {:.2} s, peak memory {:.0} MiB", wall.as_secs_f64(), peak);
    servers.deliver("big", "INBOX", &big_message(50_000_000), None);
    let (wall, peak) = once_in_child(&servers, tempfile::tempdir().unwrap().path(), "big");
    println!("`maildesk once` on one message of 50 MB: {:.2} s, peak memory {:.0} MiB", wall.as_secs_f64(), peak);
}

/// User and system time of this process.
fn own_cpu_ms() -> u64 {
    cpu_ms("/proc/self/stat", 11) as u64
}

#[derive(Clone, Copy)]
struct Taken {
    wall: Duration,
    cpu_ms: u64,
}

fn measure(work: impl FnOnce()) -> Taken {
    let (begun, cpu) = (Instant::now(), own_cpu_ms());
    work();
    Taken { wall: begun.elapsed(), cpu_ms: own_cpu_ms() - cpu }
}

/// Fetches everything with the code that the daemon fetches with, and discards it.
async fn download(settings: ImapSettings) {
    let mut source = Source::connect(&SourceSettings::Imap(settings)).await.unwrap();
    let look = source.look(true).await.unwrap().unwrap();
    let described = source.describe(&look.uids).await.unwrap();
    let (small, large): (Vec<Described>, Vec<Described>) = described.into_iter().partition(|d| d.size < SLICE);
    for batch in small.chunks(64) {
        let uids: Vec<_> = batch.iter().map(|d| d.uid.clone()).collect();
        source.fetch(&uids, 0, |_, bytes| drop(bytes)).await.unwrap();
    }
    for message in large {
        let mut offset = 0;
        while offset < message.size {
            source.fetch(std::slice::from_ref(&message.uid), offset, |_, bytes| drop(bytes)).await.unwrap();
            offset += SLICE;
        }
    }
    source.close().await;
}

fn context(servers: &Servers, folder: &Path) -> Context {
    let path = write_config(servers, folder, "bench");
    let settings = config::load(&path, &ProcessContext::of_process(), maildesk::cli::GRAMMAR).unwrap().settings;
    let store = Store::open(&folder.join("maildesk.db")).unwrap();
    let clock = Arc::new(|| jiff::Timestamp::now().into());
    Context::new(store, Arc::new(settings), Arc::new(KeyRing::generate(&[7; 40])), clock)
}

/// A desk that acknowledges everything: the caps are out of the way.
fn write_config(servers: &Servers, folder: &Path, user: &str) -> std::path::PathBuf {
    let imap = servers.imap(user, Tls::None);
    fs::write(folder.join("password"), PASSWORD).unwrap();
    let text = format!(
        "state_dir = \"state\"\n\
         [desk.OTK]\nname = \"Support\"\naddress = \"support@example.org\"\n\
         [mailbox.support]\nhost = \"{}\"\nport = {}\ntls = \"none\"\nuser = \"{user}\"\npassword_file = \"password\"\n\
         start = \"all\"\nmax_message = \"100MB\"\n\
         [transport.letters]\nfolder = \"letters\"\n\
         [limits]\nsender_ten_minutes = 1000000\nsender_hour = 1000000\nsender_day = 1000000\nalike_hour = 1000000\nalike_rounds = 1000000\nflood_hour = 1000000\n\
         domain_hour = 1000000\nall_hour = 1000000\n",
        imap.server.host, imap.server.port
    );
    let path = folder.join("maildesk.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Runs the real program in a process of its own; answers its time and its peak memory in MiB.
fn once_in_child(servers: &Servers, folder: &Path, user: &str) -> (Duration, f64) {
    let path = write_config(servers, folder, user);
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_maildesk"))
        .args(["--config", path.to_str().unwrap(), "once"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or(0.0) / 1024.0);
        thread::sleep(Duration::from_millis(5));
    }
    (begun.elapsed(), peak)
}

/// Mixed messages, as [`mixed_message`] makes them.
fn fill(servers: &Servers, messages: usize) -> u64 {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut bytes = 0;
    for index in 0..messages {
        let raw = mixed_message(&mut random, index);
        bytes += raw.len() as u64;
        servers.deliver("bench", "INBOX", &raw, None);
    }
    bytes
}

fn big_message(size: usize) -> Vec<u8> {
    message(&mut Random(3), 9, size)
}
