//! `export`: writes requests for other programs, one with its files or many. Notes are included only if asked for, and
//! engineers' tokens never: with them somebody could act as an engineer.

mod mbox;
mod one;
mod output;
mod table;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use strum::VariantArray as _;

use crate::model::policy::Desk;
use crate::model::{Phase, RequestId, RequestNumber, Timestamp};
use crate::store::{Selection, View};

use super::progress::CountedProgress;
use super::run::system_clock;
use super::{Globals, list, print};

use one::One;
use output::Output;

/// How many request numbers are read at a time.
const PAGE: u32 = 500;

/// Arguments of `export`.
#[derive(clap::Args)]
#[command(
    after_help = "json: all that is known of requests. For one number a document, or with --output a folder with\n\
                  \x20     request.json and the files; for several, or with --desk and so on, one request a line (JSON lines).\n\
                  csv:  a table with a row for each request, times in UTC. An apostrophe precedes what would be a formula.\n\
                  mbox: the messages of requesters and our e-mails to them, unchanged (mboxrd).\n\
                  text: the correspondence as readable text."
)]
pub struct Args {
    /// The requests: OTK-1042 [default: all that the options select]
    #[arg(value_name = "NUMBER", conflicts_with_all = ["desk", "since", "until", "open", "phase"])]
    numbers: Vec<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// Only requests opened on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Only requests opened on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Only requests that are neither answered nor closed
    #[arg(long, conflicts_with = "phase")]
    open: bool,
    /// Only requests in this phase (may be given several times)
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    phase: Vec<Phase>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Json, value_name = "FORMAT")]
    format: Format,
    /// The separator of csv; Excel needs semicolons where numbers are written as 1,5
    #[arg(long, value_enum, default_value_t = Separator::Comma, value_name = "SEPARATOR")]
    separator: Separator,
    /// Begin csv with a byte order mark, so that Excel reads it as UTF-8
    #[arg(long)]
    bom: bool,
    /// Write to a new folder (json of one number) or a new file (otherwise) [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Include internal notes and messages of external senders
    #[arg(long)]
    with_notes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
    Mbox,
    Text,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    fn char(self) -> char {
        char::from(self.byte())
    }
}

/// Which requests are exported.
enum ExportSelection {
    These(Vec<RequestNumber>),
    Selected(Selection),
}

/// Exports requests.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    match (args.format, args.with_notes) {
        (Format::Mbox, true) => {
            bail!(
                "notes cannot be exported as mbox: engineers' messages contain tokens that prove who they are; use json or text"
            )
        }
        (Format::Csv, true) => bail!("notes cannot be exported as csv; use json or text"),
        _ => {}
    }
    let reader = globals.reader()?;
    let wanted = wanted(globals, reader.view(), args)?;
    let written = match (&wanted, args.format) {
        // One read transaction, so that the export is consistent however long it takes.
        (ExportSelection::These(numbers), Format::Json) if numbers.len() == 1 => {
            reader.at_one_moment(|view| Ok(document(view, &numbers[0], args)))?
        }
        _ => {
            let desks = if args.format == Format::Csv { globals.settings()?.desks } else { Vec::new() };
            let export = Export { args, desks, now: system_clock()() };
            reader.at_one_moment(|view| Ok(export.all(view, &wanted)))?
        }
    };
    match written {
        Err(error) if is_gone(&error) && args.output.is_none() => Ok(ExitCode::SUCCESS),
        written => written.map(|()| ExitCode::SUCCESS),
    }
}

/// Whether the reader of our output has closed the pipe, as `head` does, which is not an error.
fn is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn wanted(globals: &Globals, view: View<'_>, args: &Args) -> anyhow::Result<ExportSelection> {
    if !args.numbers.is_empty() {
        let mut numbers = Vec::new();
        for text in &args.numbers {
            let number = RequestNumber::parse(text)?;
            view.request(&number)?.with_context(|| format!("there is no request {number} (see `maildesk list`)"))?;
            numbers.push(number);
        }
        return Ok(ExportSelection::These(numbers));
    }
    let open = || Phase::VARIANTS.iter().copied().filter(|phase| !phase.is_ended()).collect();
    Ok(ExportSelection::Selected(Selection {
        desk: args.desk.as_ref().map(|key| list::known_desk(globals, view, key)).transpose()?,
        since: args.since.map(beginning).transpose()?,
        until: args.until.map(|day| beginning(day.tomorrow()?)).transpose()?,
        phases: if args.open { open() } else { args.phase.clone() },
    }))
}

/// The beginning of a day in the zone of this machine.
fn beginning(day: Date) -> anyhow::Result<Timestamp> {
    Ok(day.to_zoned(TimeZone::system()).context("there is no such day")?.timestamp().into())
}

fn phase(text: &str) -> Result<Phase, String> {
    text.parse().map_err(|_| {
        format!("there are: {}", Phase::VARIANTS.iter().map(|phase| phase.as_ref()).collect::<Vec<_>>().join(", "))
    })
}

/// One request as a JSON document, or with its files in a folder.
fn document(view: View<'_>, number: &RequestNumber, args: &Args) -> anyhow::Result<()> {
    let one = One::read(view, number, args.with_notes)?;
    match &args.output {
        Some(folder) => one.into_folder(view, folder),
        None => print::json(&one.described()),
    }
}

/// Exports requests one after the other, so that memory is needed for one at a time.
struct Export<'a> {
    args: &'a Args,
    desks: Vec<Desk>,
    now: Timestamp,
}

impl Export<'_> {
    fn all(&self, view: View<'_>, wanted: &ExportSelection) -> anyhow::Result<()> {
        let mut output = Output::open(self.args.output.as_deref())?;
        self.head(&mut output)?;
        let written = match wanted {
            ExportSelection::These(numbers) => {
                for number in numbers {
                    self.write(view, number, &mut output)?;
                }
                numbers.len() as u64
            }
            ExportSelection::Selected(selection) => self.selected(view, selection, &mut output)?,
        };
        output.finish()?;
        match &self.args.output {
            Some(path) => print::text(&format!("{} written to {}", print::count(written, "request"), path.display())),
            None => Ok(()),
        }
    }

    fn selected(&self, view: View<'_>, selection: &Selection, output: &mut Output) -> anyhow::Result<u64> {
        let total = view.selected_count(selection)?;
        let mut progress = CountedProgress::of("request", Some(total), output.is_terminal());
        let mut last = RequestId(0);
        loop {
            let page = view.selected(selection, last, PAGE)?;
            let Some((id, _)) = page.last() else { return Ok(total) };
            last = *id;
            for (_, number) in &page {
                self.write(view, number, output)?;
                progress.advance(1);
            }
        }
    }

    fn head(&self, output: &mut Output) -> anyhow::Result<()> {
        if self.args.format != Format::Csv {
            return Ok(());
        }
        if self.args.bom {
            output.write(table::BYTE_ORDER_MARK)?;
        }
        Ok(output.write(&table::head(self.args.separator)?)?)
    }

    fn write(&self, view: View<'_>, number: &RequestNumber, output: &mut Output) -> anyhow::Result<()> {
        let one = || One::read(view, number, self.args.with_notes);
        match self.args.format {
            Format::Json => Ok(output.write(format!("{}\n", one()?.described()).as_bytes())?),
            Format::Text => Ok(output.write(one()?.text().as_bytes())?),
            Format::Mbox => mbox::write(view, number, output),
            Format::Csv => {
                let request = view.request(number)?.with_context(|| format!("there is no request {number}"))?;
                let desk = self.desks.iter().find(|desk| desk.key == number.desk);
                let milestones = view.milestones(number)?;
                Ok(output.write(&table::row(desk, &request, &milestones, self.now, self.args.separator)?)?)
            }
        }
    }
}
