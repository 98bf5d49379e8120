//! `forget`: erases what is stored about a person. Without `--yes` it only reports what would be erased.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::flow::{self, Context, ForgetStep};
use crate::model::settings::Settings;
use crate::model::{EmailAddress, ReceivedId, RequestNumber};
use crate::store::{Erased, PersonalData, RequestOfPerson};

use super::progress::ProgressLine;
use super::{Globals, print, runtime};

/// Arguments of `forget`.
#[derive(clap::Args)]
#[command(after_help = "From requests that the person opened all content is erased: messages, files,\n\
                  e-mails, subject. From requests of others the person's own messages are\n\
                  erased, and the e-mails to them and about these messages. Everywhere else a\n\
                  pseudonym replaces the address. Numbers, events and dates stay, and\n\
                  `maildesk verify` still succeeds. This cannot be undone. Forget other addresses\n\
                  of the same person one by one.")]
pub struct Args {
    /// The person's address
    address: String,
    /// Erase; without this, only report what would be erased
    #[arg(long)]
    yes: bool,
    /// Even if requests of theirs are open or e-mails to them have not been sent: those e-mails are cancelled
    #[arg(long)]
    even_open: bool,
}

/// Reports what is stored about a person, and erases it if told so.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let address = EmailAddress::parse(&args.address)?;
    let context = globals.context()?;
    if let Some(why) = flow::whose(&context.settings, &address) {
        bail!("nothing was erased: {why}");
    }
    let runtime = runtime()?;
    let line = Mutex::new(ProgressLine::new(false));
    let (personal_data, encoded) =
        runtime.block_on(flow::personal_data(&context, &address, move |step| show(&line, step)))?;
    if personal_data.is_empty() && !globals.json {
        print::text(&format!("nothing is stored about {address}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let pending =
        !personal_data.waiting.is_empty() || !personal_data.unsent.is_empty() || open(&personal_data).next().is_some();
    let is_permitted = args.even_open || !pending;
    let said = ForgetReport {
        address: &address,
        personal_data: &personal_data,
        encoded: &encoded,
        settings: &context.settings,
        done: None,
    };
    if !args.yes || !is_permitted || personal_data.is_empty() {
        said.print(globals)?;
        if !is_permitted && args.yes {
            bail!(
                "nothing was erased: there are open requests, unsent e-mails or waiting messages; let them end, or add --even-open"
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let line = Mutex::new(ProgressLine::new(false));
    let done = runtime.block_on(flow::forget(&context, &address, personal_data.clone(), move |step| show(&line, step)));
    let done = done.context("not everything was erased; run the same command again to erase the rest")?;
    log(&context, &done);
    ForgetReport { done: Some(done), ..said }.print(globals)?;
    Ok(ExitCode::SUCCESS)
}

/// Logs the pseudonym and the counts; the log does not name who is forgotten.
fn log(context: &Context, (gone, pseudonym): &(Erased, EmailAddress)) {
    let Erased { messages, files, letters, .. } = *gone;
    let state = context.settings.state_dir.display();
    tracing::info!(%pseudonym, messages, files, emails = letters, %state, "a person was forgotten");
}

fn open(personal_data: &PersonalData) -> impl Iterator<Item = &RequestNumber> {
    personal_data
        .requests
        .iter()
        .filter(|touched| touched.is_open && touched.is_requester)
        .map(|touched| &touched.request)
}

/// The report printed before and after erasing.
struct ForgetReport<'a> {
    address: &'a EmailAddress,
    personal_data: &'a PersonalData,
    encoded: &'a [ReceivedId],
    settings: &'a Settings,
    /// What was erased and the pseudonym; None before erasing.
    done: Option<(Erased, EmailAddress)>,
}

impl ForgetReport<'_> {
    fn print(&self, globals: &Globals) -> anyhow::Result<()> {
        if !globals.json {
            return print::report(&self.lines().join("\n"));
        }
        let done = self.done.as_ref();
        print::json(&json!({
            "address": self.address,
            "erased": done.is_some(),
            "pseudonym": done.map(|(_, pseudonym)| pseudonym),
            "requests": self.personal_data.requests,
            "messages": self.personal_data.erased.messages,
            "files": self.personal_data.erased.files,
            "emails": self.personal_data.erased.letters,
            "bytes": self.personal_data.erased.bytes,
            "unsent_emails": self.personal_data.unsent,
            "waiting_messages": self.personal_data.waiting,
            "named_in_messages": self.personal_data.named_in,
            "named_in_texts": self.personal_data.texts,
            "stays_in_encoded_parts_of": self.encoded,
            "configuration": named_by(self.settings, self.address),
            "not_reached": NOT_REACHED,
        }))
    }

    fn lines(&self) -> Vec<String> {
        let (personal_data, gone) = (self.personal_data, self.personal_data.erased);
        let head = if self.done.is_some() { "erased" } else { "would be erased" };
        let mut lines = vec![format!("{head} of {}:", self.address)];
        let requests = |is_requester: bool| -> Vec<&RequestOfPerson> {
            personal_data.requests.iter().filter(|touched| touched.is_requester == is_requester).collect()
        };
        for (touched, what) in [
            (requests(true), "that they opened, with all content"),
            (requests(false), "of others, with their part of the content"),
        ] {
            if !touched.is_empty() {
                let numbers = listed(touched.iter().map(|touched| &touched.request));
                lines.push(format!("  {} {what}: {numbers}", print::count(touched.len() as u64, "request")));
            }
        }
        let [messages, files, letters] = [(gone.messages, "message"), (gone.files, "file"), (gone.letters, "e-mail")]
            .map(|(count, what)| print::count(count.into(), what));
        lines.push(format!("  {messages} with {files} ({}), {letters}", print::size(gone.bytes)));
        if !personal_data.named_in.is_empty() {
            let others = print::count(personal_data.named_in.len() as u64, "other message");
            lines.push(format!("  the address, replaced in {others}: {}", listed(&personal_data.named_in)));
        }
        if personal_data.texts > 0 {
            lines.push(format!(
                "  the address, replaced in {} of others",
                print::count(personal_data.texts.into(), "stored text")
            ));
        }
        let pending = self.pending();
        let is_pending = !pending.is_empty();
        lines.extend(pending);
        match &self.done {
            Some((_, pseudonym)) => lines.push(format!("the address is replaced by {pseudonym}")),
            None if is_pending => lines.push("nothing was erased yet".to_owned()),
            None => lines.push(format!("nothing was erased yet; to erase: maildesk forget {} --yes", self.address)),
        }
        lines.push(String::from("this command cannot erase:"));
        lines.extend(NOT_REACHED.iter().map(|what| format!("  {what}")));
        if !self.encoded.is_empty() {
            lines.push(format!("  the address in encoded parts of messages of others: {}", listed(self.encoded)));
        }
        lines.extend(named_by(self.settings, self.address).iter().map(|key| format!("  the configuration: {key}")));
        lines
    }

    /// What is still open or waiting: reasons not to erase yet, or what `--even-open` overrode.
    fn pending(&self) -> Vec<String> {
        let personal_data = self.personal_data;
        let open = listed(open(personal_data));
        let cancelled = if self.done.is_some() { "cancelled e-mails" } else { "e-mails not sent yet" };
        let said = [
            (!open.is_empty()).then(|| format!("  still open: {open}")),
            (!personal_data.unsent.is_empty()).then(|| format!("  {cancelled}: {}", listed(&personal_data.unsent))),
            (!personal_data.waiting.is_empty()).then(|| {
                format!(
                    "  messages that wait to be handled, or are in quarantine, and stay: {}",
                    listed(&personal_data.waiting)
                )
            }),
        ];
        let mut lines: Vec<String> = said.into_iter().flatten().collect();
        if !lines.is_empty() && self.done.is_none() {
            lines.push("  let them end first (maildesk set NUMBER close), or add --even-open".to_owned());
        }
        lines
    }
}

/// What no command on this machine can erase.
const NOT_REACHED: [&str; 5] = [
    "the messages on the mail server, in the desk's mailbox",
    "e-mails that were sent: they are in the mailboxes of their recipients",
    "backups and other copies of the database (maildesk.db.replaced-… too), and what was exported",
    "logs of this machine and of mail servers",
    "what others quoted from them, and their name in what others wrote",
];

/// The keys of the configuration in which an address stands.
fn named_by(settings: &Settings, address: &EmailAddress) -> Vec<String> {
    let mut keys = Vec::new();
    for desk in &settings.desks {
        let names = |patterns: &[crate::model::policy::AddressPattern]| {
            patterns.contains(&crate::model::policy::AddressPattern::Address(address.clone()))
        };
        let key = &desk.key;
        keys.extend(names(&desk.customers).then(|| format!("desk.{key}.customers")));
        keys.extend(names(&desk.blocked).then(|| format!("desk.{key}.blocked")));
        let contracts = desk.contracts.iter().filter(|contract| names(&contract.customers));
        keys.extend(contracts.map(|contract| format!("desk.{key}.contract.{}.customers", contract.name)));
    }
    keys
}

fn listed<T: ToString>(things: impl IntoIterator<Item = T>) -> String {
    things.into_iter().map(|thing| thing.to_string()).collect::<Vec<_>>().join(", ")
}

/// Shows the present step on the progress line.
fn show(line: &Mutex<ProgressLine>, step: ForgetStep) {
    let words = |_| match step {
        ForgetStep::Searched(done, all) => format!("searched {done} of {all} messages"),
        ForgetStep::Erased(done, all) => format!("erased {done} of {all}"),
        ForgetStep::GivenBack(left) => format!("shrinking the database, {left} pages left"),
    };
    line.lock().unwrap_or_else(PoisonError::into_inner).tell(words);
}
