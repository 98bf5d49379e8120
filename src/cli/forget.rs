//! `forget`: erases what is stored of a person. Without `--yes` it only says what that would be.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::flow::{self, Context, Step};
use crate::model::settings::Settings;
use crate::model::{EmailAddress, ReceivedId, RequestNumber};
use crate::store::{Gone, Touched, Traces};

use super::progress::Line;
use super::{Globals, print, runtime};

/// What `forget` takes.
#[derive(clap::Args)]
#[command(after_help = "Requests that the person opened lose everything they hold: messages, files,\n\
                  letters, subject. In requests of others the person's own messages go, and the\n\
                  letters to them and about these. Wherever else the address stands, a pseudonym\n\
                  takes its place. Numbers, events and dates stay, and `maildesk verify` still\n\
                  holds. It cannot be undone. Other addresses of the same person are forgotten\n\
                  one by one.")]
pub struct Args {
    /// The person's address
    address: String,
    /// Do it; without this it is only said what would be erased
    #[arg(long)]
    yes: bool,
    /// Even where requests of theirs are open or letters have not gone yet: those letters are cancelled
    #[arg(long)]
    even_open: bool,
}

/// Says what is stored of a person, and erases it.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let address = EmailAddress::parse(&args.address)?;
    let context = globals.context()?;
    if let Some(why) = flow::whose(&context.settings, &address) {
        bail!("nothing is erased: {why}");
    }
    let runtime = runtime()?;
    let line = Mutex::new(Line::new(false));
    let (traces, encoded) = runtime.block_on(flow::search(&context, &address, move |step| show(&line, step)))?;
    if traces.is_empty() && !globals.json {
        print::text(&format!("nothing is stored of {address}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let kept_back = !traces.waiting.is_empty() || !traces.unsent.is_empty() || open(&traces).next().is_some();
    let may = args.even_open || !kept_back;
    let said = Said { address: &address, traces: &traces, encoded: &encoded, settings: &context.settings, done: None };
    if !args.yes || !may || traces.is_empty() {
        said.print(globals)?;
        if !may && args.yes {
            bail!(
                "nothing is erased: requests are open, or letters or messages wait; let them end, or add --even-open"
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let line = Mutex::new(Line::new(false));
    let done = runtime.block_on(flow::forget(&context, &address, traces.clone(), move |step| show(&line, step)));
    let done = done.context("not everything is erased; the same command goes on with what is left")?;
    log(&context, &done);
    Said { done: Some(done), ..said }.print(globals)?;
    Ok(ExitCode::SUCCESS)
}

/// The log does not name who is forgotten.
fn log(context: &Context, (gone, pseudonym): &(Gone, EmailAddress)) {
    let Gone { messages, files, letters, .. } = *gone;
    let state = context.settings.state_dir.display();
    tracing::info!(%pseudonym, messages, files, letters, %state, "somebody is forgotten");
}

fn open(traces: &Traces) -> impl Iterator<Item = &RequestNumber> {
    traces.requests.iter().filter(|touched| touched.is_open && touched.is_requester).map(|touched| &touched.request)
}

/// What is said before and after.
struct Said<'a> {
    address: &'a EmailAddress,
    traces: &'a Traces,
    encoded: &'a [ReceivedId],
    settings: &'a Settings,
    done: Option<(Gone, EmailAddress)>,
}

impl Said<'_> {
    fn print(&self, globals: &Globals) -> anyhow::Result<()> {
        if !globals.json {
            return print::report(&self.lines().join("\n"));
        }
        let done = self.done.as_ref();
        print::json(&json!({
            "address": self.address,
            "erased": done.is_some(),
            "pseudonym": done.map(|(_, pseudonym)| pseudonym),
            "requests": self.traces.requests,
            "messages": self.traces.gone.messages,
            "files": self.traces.gone.files,
            "letters": self.traces.gone.letters,
            "bytes": self.traces.gone.bytes,
            "unsent_letters": self.traces.unsent,
            "waiting_messages": self.traces.waiting,
            "named_in_messages": self.traces.named_in,
            "named_in_texts": self.traces.texts,
            "stays_in_encoded_parts_of": self.encoded,
            "configuration": named_by(self.settings, self.address),
            "not_reached": NOT_REACHED,
        }))
    }

    fn lines(&self) -> Vec<String> {
        let (traces, gone) = (self.traces, self.traces.gone);
        let head = if self.done.is_some() { "erased" } else { "would be erased" };
        let mut lines = vec![format!("{head} of {}:", self.address)];
        let requests = |is_requester: bool| -> Vec<&Touched> {
            traces.requests.iter().filter(|touched| touched.is_requester == is_requester).collect()
        };
        for (touched, what) in [
            (requests(true), "that they opened, with all that these hold"),
            (requests(false), "of others, their part in it"),
        ] {
            if !touched.is_empty() {
                let numbers = listed(touched.iter().map(|touched| &touched.request));
                lines.push(format!("  {} {what}: {numbers}", print::count(touched.len() as u64, "request")));
            }
        }
        let [messages, files, letters] = [(gone.messages, "message"), (gone.files, "file"), (gone.letters, "letter")]
            .map(|(count, what)| print::count(count.into(), what));
        lines.push(format!("  {messages} with {files} ({}), {letters}", print::size(gone.bytes)));
        if !traces.named_in.is_empty() {
            let others = print::count(traces.named_in.len() as u64, "other message");
            lines.push(format!("  the address in {others}: {}", listed(&traces.named_in)));
        }
        if traces.texts > 0 {
            lines.push(format!("  the address in {} of others", print::count(traces.texts.into(), "stored text")));
        }
        let kept_back = self.kept_back();
        let is_kept_back = !kept_back.is_empty();
        lines.extend(kept_back);
        match &self.done {
            Some((_, pseudonym)) => lines.push(format!("in its place stands {pseudonym}")),
            None if is_kept_back => lines.push("nothing is done yet".to_owned()),
            None => lines.push(format!("nothing is done yet: maildesk forget {} --yes", self.address)),
        }
        lines.push(String::from("not reached by this:"));
        lines.extend(NOT_REACHED.iter().map(|what| format!("  {what}")));
        if !self.encoded.is_empty() {
            lines.push(format!("  the address in encoded parts of messages of others: {}", listed(self.encoded)));
        }
        lines.extend(named_by(self.settings, self.address).iter().map(|key| format!("  the configuration: {key}")));
        lines
    }

    /// What speaks against it, or was done all the same.
    fn kept_back(&self) -> Vec<String> {
        let traces = self.traces;
        let open = listed(open(traces));
        let cancelled =
            if self.done.is_some() { "letters that were cancelled" } else { "letters that have not gone yet" };
        let said = [
            (!open.is_empty()).then(|| format!("  still open: {open}")),
            (!traces.unsent.is_empty()).then(|| format!("  {cancelled}: {}", listed(&traces.unsent))),
            (!traces.waiting.is_empty()).then(|| {
                format!("  messages that wait to be handled or looked at, and stay: {}", listed(&traces.waiting))
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
    "letters that were sent: they are in the mailboxes of those who got them",
    "backups and other copies of the database (maildesk.db.replaced-… too), and what was exported",
    "logs of this machine and of mail servers",
    "words of theirs that others have quoted, and their name in what others wrote",
];

/// The keys of the configuration that name an address.
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

/// What is being done, on a line of its own.
fn show(line: &Mutex<Line>, step: Step) {
    let words = |_| match step {
        Step::Searched(done, all) => format!("searched {done} of {all} messages"),
        Step::Erased(done, all) => format!("erased {done} of {all}"),
        Step::GivenBack(left) => format!("giving space back, {left} pages left"),
    };
    line.lock().unwrap_or_else(PoisonError::into_inner).tell(words);
}
