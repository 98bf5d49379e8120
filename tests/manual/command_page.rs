//! A page for the program, and one for each of its commands: maildesk(1), maildesk-run(1), …

use clap::{Arg, Command};
use clap_mangen::Man;

use super::roff::{plain, prose, released, verbatim};

/// What clap_mangen puts before each section.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// What stands in maildesk(1) only, and in no help text: it is about the installed program.
const ABOUT_THE_PROGRAM: &str = "\
.SH FILES
.TP
.I /etc/maildesk/maildesk.toml
The configuration; see
.BR maildesk.toml (5).
.I /etc/maildesk/config.example.toml
has every key with its default and its reason.
.TP
.I /var/lib/maildesk/
The state: the database, and the keys that sign what is sent.
.TP
.I /usr/lib/systemd/system/maildesk.service
The service. It runs as the user
.BR maildesk ,
and so should every command that is typed: sudo \\-u maildesk maildesk list
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed; for
.BR maildesk\\-status (1)
there are warnings, for
.BR maildesk\\-verify (1)
something differs.
.TP
.B 2
Called wrongly.
.PP
.BR maildesk\\-ingest (1)
has those of sysexits.h.
";

/// Every page: its file's name and its text.
pub fn all() -> Vec<(String, String)> {
    let mut root = maildesk::cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages);
    pages
}

fn collect(command: &Command, pages: &mut Vec<(String, String)>) {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    pages.push((format!("{name}.1"), page(command, &name)));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, pages);
    }
}

fn page(command: &Command, name: &str) -> String {
    let is_root = name == "maildesk";
    let about = command.get_about().unwrap().to_string();
    let notes = command.get_after_help().map(|after| notes(&after.to_string())).unwrap_or_default();
    let own = command.clone().mut_args(|arg| {
        // What every command takes is told once, in maildesk(1).
        let is_told_there = !is_root && (arg.is_global_set() || arg.get_id() == "help");
        with_values_in_words(if is_told_there { arg.hide(true) } else { arg })
    });
    let own = own.override_usage(usage(command, is_root)).subcommand_help_heading("COMMANDS");
    let has_options = own.get_arguments().any(|arg| !arg.is_hide_set());
    let has_commands = own.get_subcommands().any(|below| !below.is_hide_set());
    let source = concat!("maildesk ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(own).title(name.to_uppercase()).section("1").date(released()).source(source);
    let man = man.manual("User Commands");
    let mut out = Vec::new();
    man.render_title(&mut out).unwrap();
    man.render_name_section(&mut out).unwrap();
    man.render_synopsis_section(&mut out).unwrap();
    out.extend(format!(".SH DESCRIPTION\n{}.\n", plain(&about)).bytes());
    if !notes.is_empty() {
        out.extend(format!(".PP\n{notes}").bytes());
    }
    if has_options {
        man.render_options_section(&mut out).unwrap();
    }
    if has_commands {
        man.render_subcommands_section(&mut out).unwrap();
    }
    out.extend(if is_root { ABOUT_THE_PROGRAM } else { "" }.bytes());
    out.extend(format!(".SH SEE ALSO\n{}\n", see_also(name, is_root)).bytes());
    // Each section begins with the same definition; one is enough.
    let text = String::from_utf8(out).unwrap();
    format!("{PREAMBLE}{}", text.replace(PREAMBLE, ""))
}

/// The values that an option takes, in its text: a list of bullets is much for three words.
fn with_values_in_words(arg: Arg) -> Arg {
    let values = arg.get_possible_values();
    if values.is_empty() || !arg.get_action().takes_values() {
        return arg;
    }
    let names: Vec<&str> = values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help}: {}", names.join(", "))).hide_possible_values(true)
}

/// How the command is called, with the names of the values that its options take.
fn usage(command: &Command, is_root: bool) -> String {
    let mut words = vec![command.get_bin_name().unwrap_or(command.get_name()).to_owned()];
    let is_shown = |arg: &&Arg| !arg.is_hide_set() && (is_root || !arg.is_global_set()) && arg.get_id() != "help";
    let (positional, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(is_shown).partition(|arg| arg.is_positional());
    for arg in options.into_iter().chain(positional) {
        let value = arg.get_value_names().map(|names| names.join(" ")).unwrap_or_default();
        let more = if arg.get_num_args().is_some_and(|range| range.max_values() > 1) { "..." } else { "" };
        let word = match (arg.get_long(), arg.get_action().takes_values()) {
            (None, _) => format!("{value}{more}"),
            (Some(long), true) => format!("--{long} {value}{more}"),
            (Some(long), false) => format!("--{long}"),
        };
        words.push(if arg.is_required_set() { word } else { format!("[{word}]") });
    }
    if command.has_subcommands() {
        words.push(if command.is_subcommand_required_set() { "COMMAND" } else { "[COMMAND]" }.to_owned());
    }
    words.join(" ")
}

fn see_also(name: &str, is_root: bool) -> String {
    let config = ".BR maildesk.toml (5)".to_owned();
    if is_root {
        return config;
    }
    // maildesk-outbox-retry(1) leads to maildesk-outbox(1), and all lead to maildesk(1), which has the options of all.
    let (parent, _) = name.rsplit_once('-').unwrap();
    let nearer = (parent != "maildesk").then(|| format!(".BR {} (1),\n", plain(parent)));
    format!("{}.BR maildesk (1)\n(options that every command takes),\n{config}", nearer.unwrap_or_default())
}

/// The help text's end. It is broken for terminals: what is indented stays as it is, sentences are filled anew.
fn notes(text: &str) -> String {
    let mut out = String::new();
    let mut before = "";
    for line in text.lines() {
        let goes_on = line.starts_with(char::is_lowercase) && !before.ends_with(['.', ':']);
        if line.trim().is_empty() {
            out.push_str(".PP\n");
        } else if line.starts_with(' ') {
            out.push_str(&verbatim(&[line]));
        } else if goes_on || before.is_empty() {
            out.push_str(&format!("{}\n", prose(line)));
        } else {
            out.push_str(&format!(".br\n{}\n", prose(line)));
        }
        before = line;
    }
    out.replace(".fi\n.nf\n", "")
}
