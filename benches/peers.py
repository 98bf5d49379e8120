#!/usr/bin/env python3
"""Compares maildesk with public parsers on our corpus (fixtures/mail): fields right per parser.

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install email-reply-parser==0.5.12 mail-parser==4.8.0 mail-parser-reply==1.36
    cargo build && /tmp/peers/bin/python benches/peers.py [--cmd "target/debug/maildesk parse"] [--misses reply]

What is right comes from the goldens, which were compared by hand with what the messages say. Peers get every benefit of
the doubt: subjects are compared with their prefixes on, texts by their words, a signature left on a reply is no fault,
HTML goes through a tag stripper where a parser has none, parts of delivery reports need not be files, and for fields that a library leaves to its caller (automatic
mail, bounces) the usual recipe over its headers is used.
"""
import argparse
import collections
import datetime
import email
import email.policy
import email.utils
import hashlib
import html
import json
import pathlib
import re
import shlex
import subprocess
import unicodedata

import email_reply_parser
import mailparser
import mailparser_reply

MUSEUM = pathlib.Path(__file__).parent.parent / "fixtures" / "mail"
SIGNATURE = re.compile(
    r"^\W*(--|—|–|__+|(best|kind|warm)? ?regards|sincerely|cheers|mvh|mit freundlichen|viele grüße|cordialement|saludos|"
    r"cordiali saluti|pozdrawiam|с уважением|з повагою|sent (from|with|via)|отправлено|простите за|получить outlook|get outlook|"
    r"von meinem|envoyé d|enviado d|confidential|настоящее сообщение)", re.I)
LANGUAGES = [language for language in mailparser_reply.constants.MAIL_LANGUAGES if len(language) == 2]


def tags_stripped(source):
    """A usual way to make text of HTML."""
    source = re.sub(r"(?is)<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->", " ", source)
    source = re.sub(r"(?i)<(br|p|div|tr|li|blockquote|h\d)\b[^>]*>", "\n", source)
    return html.unescape(re.sub(r"<[^>]*>", "", source))


def recipe(headers):
    """(automatic, bounce) as most programs tell it from the headers."""
    value = lambda name: str(headers.get(name) or "").strip().lower()
    automatic = value("Auto-Submitted") not in ("", "no") or value("Precedence") in ("bulk", "list", "junk") or value("Return-Path") == "<>"
    return automatic, "delivery-status" in value("Content-Type")


def python_email(raw):
    """Python's email with email-reply-parser."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    body = m.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    if body and body.get_content_type() == "text/html":
        text = tags_stripped(text)
    mailbox = lambda name: [(a.addr_spec, a.display_name) for f in m.get_all(name) or [] for a in f.addresses]
    files = [(a.get_filename(), a.get_payload(decode=True) or b"") for a in m.iter_attachments()] if m.is_multipart() else []
    automatic, bounce = recipe(m)
    return {"from": mailbox("From"), "to": mailbox("To"), "subject": m["Subject"], "date": m["Date"] and m["Date"].datetime,
            "message id": m["Message-ID"], "text": text, "reply": email_reply_parser.EmailReplyParser.parse_reply(text),
            "files": files, "automatic": automatic, "bounce": bounce}


def mail_parser(raw):
    """mail-parser with mail-parser-reply."""
    m = mailparser.parse_from_bytes(raw)
    text = "\n".join(m.text_plain) or tags_stripped("\n".join(m.text_html))
    automatic, bounce = recipe(m.message)
    reply = mailparser_reply.EmailReplyParser(languages=LANGUAGES).parse_reply(text)
    files = [(a["filename"], content(a)) for a in m.attachments]
    return {"from": [(a, n) for n, a in m.from_], "to": [(a, n) for n, a in m.to], "subject": m.subject, "date": m.date and m.date.replace(tzinfo=datetime.timezone.utc),
            "message id": m.message_id, "text": text, "reply": reply, "files": files, "automatic": automatic, "bounce": bounce}


def content(attachment):
    """The decoded bytes of an attachment of mail-parser."""
    payload = attachment["payload"] or ""
    return email.message_from_string(f"Content-Transfer-Encoding: base64\n\n{payload}").get_payload(decode=True) if attachment["binary"] else payload.encode()


def maildesk(cmd):
    """Our own parser, by the JSON it prints."""
    def parse(raw):
        return answer(json.loads(subprocess.run(cmd, input=raw, capture_output=True, check=True).stdout))
    parse.__doc__ = "maildesk"
    return parse


def answer(printed):
    """The fields of our JSON: of a golden, or of what the program prints."""
    people = lambda mailboxes: [(m["address"], m["name"]) for m in mailboxes if m]
    date = printed["date"] and datetime.datetime.fromisoformat(printed["date"].replace("Z", "+00:00"))
    return {"from": people([printed["from"]]), "to": people(printed["to"]), "subject": printed["subject_raw"], "date": date,
            "message id": printed["message_id"], "text": printed["text"], "reply": printed["reply_text"],
            "files": [(a["filename"], a["sha256"]) for a in printed["attachments"]], "automatic": printed["auto_submitted"], "bounce": printed["is_bounce"]}


def words(text):
    return re.findall(r"\w+", unicodedata.normalize("NFC", str(text or "")).casefold())


def alike(a, b):
    a, b = collections.Counter(words(a)), collections.Counter(words(b))
    top = max(sum(a.values()), sum(b.values()))
    return not top or sum((a & b).values()) / top >= 0.9


def unsigned(text):
    kept = []
    for line in str(text or "").splitlines():
        if kept and SIGNATURE.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


def digest(content):
    return content if isinstance(content, str) else hashlib.sha256(content).hexdigest()


def right(want, got):
    """Which fields of an answer are right."""
    line = lambda v: " ".join(str(v or "").split())
    first = lambda people: [(a.casefold(), line(n)) for a, n in people][:1]
    unquoted = lambda text: re.sub(r"(?m)^\s*>.*$", "", text or "")
    return {
        "from": first(want["from"]) == first(got["from"]),
        "to": sorted(a.casefold() for a, _ in want["to"]) == sorted(a.casefold() for a, _ in got["to"]),
        "subject": line(want["subject"]) == line(got["subject"]),
        "date": want["date"] == got["date"],
        "message id": (want["message id"] or "") == line(got["message id"]).strip("<>"),
        "text": alike(want["text"], got["text"]),
        "reply": any(alike(cut(want["reply"]), cut(got["reply"])) for cut in (str, unsigned, unquoted, lambda t: unsigned(unquoted(t)))),
        "file names": want["bounce"] or sorted(line(n) for n, _ in want["files"]) == sorted(line(n) for n, _ in got["files"]),
        "file bytes": want["bounce"] or sorted(digest(c) for _, c in want["files"]) == sorted(digest(c) for _, c in got["files"]),
        "automatic": want["automatic"] == got["automatic"],
        "bounce": want["bounce"] == got["bounce"],
    }


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--cmd", default="target/debug/maildesk parse")
    ap.add_argument("--misses", metavar="FIELD", help="name the messages in which a parser misses this field")
    a = ap.parse_args()
    parsers = [maildesk(shlex.split(a.cmd)), mail_parser, python_email]
    scores, messages = collections.defaultdict(collections.Counter), sorted(MUSEUM.glob("*.eml"))
    for path in messages:
        want = answer(json.loads(path.with_suffix(".json").read_text()))
        for parser in parsers:
            name = parser.__doc__.splitlines()[0].rstrip(".")
            try:
                fields = right(want, parser(path.read_bytes()))
            except Exception as e:  # a parser that fails on a message has no field of it right
                fields = {"failed": True}
                print(f"{name}: {path.stem}: {type(e).__name__}: {str(e)[:100]}")
            scores[name].update(field for field, good in fields.items() if good)
            if a.misses and not fields.get(a.misses):
                print(f"{name}: {path.stem}")
    names = list(scores)
    print(f"{len(messages)} messages\n\n| field | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for field in ["from", "to", "subject", "date", "message id", "text", "reply", "file names", "file bytes", "automatic", "bounce"]:
        print(f"| {field} | " + " | ".join(str(scores[name][field]) for name in names) + " |")


if __name__ == "__main__":
    main()
