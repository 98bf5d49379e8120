# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_maildesk_global_optspecs
    string join \n config= json log= v/verbose h/help V/version
end

function __fish_maildesk_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_maildesk_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_maildesk_using_subcommand
    set -l cmd (__fish_maildesk_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c maildesk -n "__fish_maildesk_needs_command" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_needs_command" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_needs_command" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_needs_command" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_needs_command" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_needs_command" -s V -l version -d 'Print version'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "run" -d 'Run the daemon: read all mailboxes, file, answer, until SIGTERM or Ctrl-C'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "once" -d 'Do one pass over everything and exit: read all mailboxes, file, answer'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "ingest" -d 'Accept one message from a mail server\'s pipe; exit codes as in sysexits.h'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "check" -d 'Check the configuration; with --connect also every mailbox and mail server'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "login" -d 'Log in for a mailbox or transport that uses OAuth2 with login = true; once, or when its login has ended'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "demo" -d 'Show how maildesk works, in a temporary folder; needs no server, account or configuration'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "status" -d 'Report the state of mailboxes, transports and database, with a remedy for each warning; exit code 1 if there are any'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "stats" -d 'Count requests and show how long they took, by desk, kind, line and engineer'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "list" -d 'List requests, the last changed first'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "search" -d 'Find requests by words in their subjects, messages, notes, files and logs'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "show" -d 'Show a request: people, messages, e-mails, events, and why'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "set" -d 'Change a request as an engineer\'s tags do: status, assignee, line, kind, priority, …'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "release" -d 'List versions that requests wait for; announce that one is out, or its new date'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "invite" -d 'Give an engineer a personal address, to which messages prove themselves; without a name list all given'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "away" -d 'Record that an engineer is away or back, or list who is away'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "complaints" -d 'List readers who have complained about our e-mails; send one of them automatic e-mails again'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "revoke" -d 'Revoke a personal address'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "attachment" -d 'Save or print a file that was attached to a message'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "export" -d 'Export requests for other programs: one with its files, or many as JSON, CSV or mbox'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "backup" -d 'Copy the database to a file; the daemon may be running'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "restore" -d 'After a loss: use a copy of the database'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "resync" -d 'After a restore: report what arrived since the copy was made, and with --accept resume work'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "forget" -d 'Erase what is stored about a person; without --yes only report what would be erased'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "verify" -d 'Replay all events and compare them with what is stored; exit code 1 if anything differs'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "parse" -d 'Parse a raw message from standard input and print it as JSON; any bytes are accepted'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "outbox" -d 'List the e-mails we send, show one, or send one again'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "received" -d 'List received messages with their dispositions; show, export or replay one'
complete -c maildesk -n "__fish_maildesk_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -l new-keys -d 'Once, after the keys are lost: take the keys that are in the state folder, or make new ones. Answers to e-mails already sent are then not recognised as answers, and tokens, personal addresses and links in them prove nothing'
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand run" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -l new-keys -d 'Once, after the keys are lost: take the keys that are in the state folder, or make new ones. Answers to e-mails already sent are then not recognised as answers, and tokens, personal addresses and links in them prove nothing'
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand once" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -l mailbox -d 'The mailbox; its configuration has pipe = true' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand ingest" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l probe-wait -d 'How long to wait for a test e-mail, in seconds' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l desk -d 'Probe this desk only' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l timeout -d 'How long one server may take, in seconds' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l connect -d 'Also log in to every mailbox and mail server, and report what they support'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l probe -d 'Also send each desk test e-mails from itself, find them in its mailbox, report how they arrived, and remove them'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l texts -d 'Only print the texts that each desk sends to customers, and that [desk.KEY.texts] may replace'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand check" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -l port -d 'The port to which the browser comes back [default: any that is free]' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -l browser -d 'Log in with a browser, also where the provider has a page for codes'
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand login" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -l folder -d 'Use this folder, which must not exist yet, instead of a new temporary one' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand demo" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -l check -d 'Also check the database for damage; reads all of it'
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand status" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -l since -d 'Count from the beginning of this day [default: twelve weeks ago]' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -l desk -d 'Only requests of this desk, by its key' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand stats" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l desk -d 'Only requests of this desk, by its key' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l phase -d 'Only requests in this phase: new, open, waiting, planned, completed, closed; may be given several times' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l status -d 'Only requests with this status, by its name in the configuration' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l kind -d 'Only requests of this kind: incident, problem, \'service request\', \'change request\'' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l priority -d 'Only requests of this priority: low, normal, high, critical' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l assignee -d 'Only requests of this engineer, by the name of their table' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l line -d 'Only requests that were passed on to this line' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l team -d 'Only requests that were passed on to this team' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l requester -d 'Only requests whose requester\'s address contains this' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l since -d 'Only requests opened on this day or later' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l sort -d 'The order: the last changed or opened first, by number, or the most urgent first' -r -f -a "changed\t''
opened\t''
number\t''
priority\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l limit -d 'How many at most' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l open -d 'Only requests that are neither answered nor closed'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l unassigned -d 'Only requests of nobody'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l overdue -d 'Only requests whose next deadline is over'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l all -d 'All of them'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand list" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l desk -d 'Only requests of this desk, by its key' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l since -d 'Only requests that changed on this day or later' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l limit -d 'How many at most, the best matches first' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand search" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -l full -d 'Show whole texts, including quoted history'
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand show" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand set" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand set" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand set" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand set" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand set" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -l date -d 'The version\'s new date, such as 2026-12-20; everybody who waits for it is told' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -l desk -d 'Only requests of this desk, by its key' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand release" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand invite" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand invite" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand invite" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand invite" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand invite" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -l until -d 'The first day back: 2026-12-01' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -l back -d 'The engineer is back'
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand away" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -l lift -d 'Send automatic e-mails to this address again' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand complaints" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand revoke" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand revoke" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand revoke" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand revoke" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand revoke" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -s o -l output -d 'Write to this file instead of standard output; an existing file is never overwritten' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand attachment" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l desk -d 'Only requests of this desk, by its key' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l since -d 'Only requests opened on this day or later' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l until -d 'Only requests opened on this day or earlier' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l phase -d 'Only requests in this phase (may be given several times)' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l format -d 'The output format' -r -f -a "json\t''
csv\t''
mbox\t''
text\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l separator -d 'The separator of csv; Excel needs semicolons where numbers are written as 1,5' -r -f -a "comma\t''
semicolon\t''
tab\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -s o -l output -d 'Write to a new folder (json of one number) or a new file (otherwise) [default: standard output]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l open -d 'Only requests that are neither answered nor closed'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l bom -d 'Begin csv with a byte order mark, so that Excel reads it as UTF-8'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l with-notes -d 'Include internal notes and messages of external senders'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand export" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand backup" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand backup" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand backup" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand backup" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand backup" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -l replace -d 'Replace the database in use; that one is renamed and kept'
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -l new-keys -d 'Make new keys if the old ones are lost: answers to e-mails already sent are then not recognised as answers'
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand restore" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l lost-at -d 'When the lost installation stopped working [default: when the copy was restored]' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l number -d 'A number that was given, such as the highest one in your own inbox (may be repeated)' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l accept -d 'Resume work: file what arrived, with numbers after all that may have been given'
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand resync" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -l yes -d 'Erase; without this, only report what would be erased'
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -l even-open -d 'Even if requests of theirs are open or e-mails to them have not been sent: those e-mails are cancelled'
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand forget" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand verify" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand verify" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand verify" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand verify" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand verify" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l memory-limit -d 'How many bytes of memory the process may use' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l time-limit -d 'How many seconds of processor time the process may use' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l desk -d 'With --config: read tags in the words of this desk [default: the one whose number the subject quotes, else the first]' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l answers -d 'The e-mail that the message answers, then others that it may quote: what it quotes of them is told from what its writer typed, in "alignment" line by line' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand parse" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l state -d 'Only e-mails in this state' -r -f -a "due\t''
inflight\t''
sent\t''
failed\t''
cancelled\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l to -d 'Only e-mails to addresses that contain this' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l request -d 'Only e-mails about this request' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l since -d 'Only e-mails written on this day or later' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l limit -d 'How many at most' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l all -d 'All of them'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -f -a "show" -d 'Print an e-mail as it is sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -f -a "cancel" -d 'Cancel an e-mail that waits and was never tried, or that failed: it is not sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -f -a "retry" -d 'Send an e-mail that failed again, or a waiting one now; or all that failed'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and not __fish_seen_subcommand_from show cancel retry help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from show" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from show" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from cancel" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from cancel" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l transport -d 'Of these only those of desks that send by this transport' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l failed -d 'All e-mails that failed'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print an e-mail as it is sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Cancel an e-mail that waits and was never tried, or that failed: it is not sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Send an e-mail that failed again, or a waiting one now; or all that failed'
complete -c maildesk -n "__fish_maildesk_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l disposition -d 'Only messages with this disposition' -r -f -a "listed\t''
accepted\t''
handled\t''
quarantined\t''
skipped\t''
unfetchable\t''
opened\t''
appended\t''
report\t''
duplicate\t''
held\t''
done\t''
ignored\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l about -d 'Only messages whose sender or subject contains these words' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l mailbox -d 'Only messages of this mailbox' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l since -d 'Only messages accepted on this day or later' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l limit -d 'How many at most' -r
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l all -d 'All of them'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -f -a "show" -d 'Show a message\'s disposition with its reasons, its defects and its files'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -f -a "export" -d 'Write a raw message to standard output, as it was fetched'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -f -a "replay" -d 'Queue a quarantined message to be handled again'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -f -a "split" -d 'Make each message that a flood has added to a request a request of its own, with a number and an acknowledgement'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and not __fish_seen_subcommand_from show export replay split help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from show" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from show" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from export" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from export" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from export" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from replay" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from replay" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from replay" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from split" -l config -d 'The configuration file [default: /etc/maildesk/maildesk.toml]' -r -F
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from split" -l log -d 'How log lines are written to standard error' -r -f -a "text\t''
json\t''"
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from split" -l json -d 'Print JSON, for programs'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from split" -s v -l verbose -d 'Log more (-v debug, -vv trace); RUST_LOG overrides this'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a message\'s disposition with its reasons, its defects and its files'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write a raw message to standard output, as it was fetched'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from help" -f -a "replay" -d 'Queue a quarantined message to be handled again'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from help" -f -a "split" -d 'Make each message that a flood has added to a request a request of its own, with a number and an acknowledgement'
complete -c maildesk -n "__fish_maildesk_using_subcommand received; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "run" -d 'Run the daemon: read all mailboxes, file, answer, until SIGTERM or Ctrl-C'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "once" -d 'Do one pass over everything and exit: read all mailboxes, file, answer'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "ingest" -d 'Accept one message from a mail server\'s pipe; exit codes as in sysexits.h'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "check" -d 'Check the configuration; with --connect also every mailbox and mail server'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "login" -d 'Log in for a mailbox or transport that uses OAuth2 with login = true; once, or when its login has ended'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "demo" -d 'Show how maildesk works, in a temporary folder; needs no server, account or configuration'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "status" -d 'Report the state of mailboxes, transports and database, with a remedy for each warning; exit code 1 if there are any'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "stats" -d 'Count requests and show how long they took, by desk, kind, line and engineer'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "list" -d 'List requests, the last changed first'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "search" -d 'Find requests by words in their subjects, messages, notes, files and logs'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "show" -d 'Show a request: people, messages, e-mails, events, and why'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "set" -d 'Change a request as an engineer\'s tags do: status, assignee, line, kind, priority, …'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "release" -d 'List versions that requests wait for; announce that one is out, or its new date'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "invite" -d 'Give an engineer a personal address, to which messages prove themselves; without a name list all given'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "away" -d 'Record that an engineer is away or back, or list who is away'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "complaints" -d 'List readers who have complained about our e-mails; send one of them automatic e-mails again'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "revoke" -d 'Revoke a personal address'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "attachment" -d 'Save or print a file that was attached to a message'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "export" -d 'Export requests for other programs: one with its files, or many as JSON, CSV or mbox'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "backup" -d 'Copy the database to a file; the daemon may be running'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "restore" -d 'After a loss: use a copy of the database'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "resync" -d 'After a restore: report what arrived since the copy was made, and with --accept resume work'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "forget" -d 'Erase what is stored about a person; without --yes only report what would be erased'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "verify" -d 'Replay all events and compare them with what is stored; exit code 1 if anything differs'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "parse" -d 'Parse a raw message from standard input and print it as JSON; any bytes are accepted'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "outbox" -d 'List the e-mails we send, show one, or send one again'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "received" -d 'List received messages with their dispositions; show, export or replay one'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and not __fish_seen_subcommand_from run once ingest check login demo status stats list search show set release invite away complaints revoke attachment export backup restore resync forget verify parse outbox received help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "show" -d 'Print an e-mail as it is sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "cancel" -d 'Cancel an e-mail that waits and was never tried, or that failed: it is not sent'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "retry" -d 'Send an e-mail that failed again, or a waiting one now; or all that failed'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from received" -f -a "show" -d 'Show a message\'s disposition with its reasons, its defects and its files'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from received" -f -a "export" -d 'Write a raw message to standard output, as it was fetched'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from received" -f -a "replay" -d 'Queue a quarantined message to be handled again'
complete -c maildesk -n "__fish_maildesk_using_subcommand help; and __fish_seen_subcommand_from received" -f -a "split" -d 'Make each message that a flood has added to a request a request of its own, with a number and an acknowledgement'
