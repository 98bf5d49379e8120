#!/usr/bin/env python3
"""The plainest request desk there can be, of Python's standard library: fetches each message, parses it, commits it raw, and sends
a fixed acknowledgement. Loses nothing that was committed; everything else that a desk must do, it does not.

    plain_loop.py IMAP_HOST IMAP_PORT USER PASSWORD SMTP_HOST SMTP_PORT DATABASE
"""
import email
import email.policy
import email.utils
import imaplib
import smtplib
import sqlite3
import sys

host, port, user, password, smtp_host, smtp_port, database = sys.argv[1:]
imap = imaplib.IMAP4(host, int(port))
imap.login(user, password)
imap.select("INBOX", readonly=True)
smtp = smtplib.SMTP(smtp_host, int(smtp_port))
store = sqlite3.connect(database, isolation_level=None)
store.executescript(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE request (uid INTEGER PRIMARY KEY, sender TEXT, subject TEXT, text TEXT, raw BLOB)")
_, (uids,) = imap.uid("SEARCH", "ALL")
for uid in uids.split():
    _, answer = imap.uid("FETCH", uid, "(BODY.PEEK[])")
    raw = answer[0][1]
    message = email.message_from_bytes(raw, policy=email.policy.default)
    sender = message["From"].addresses[0].addr_spec
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    store.execute("INSERT INTO request VALUES (?, ?, ?, ?, ?)", (int(uid), sender, message["Subject"], text, raw))
    letter = (
        f"From: support@example.org\r\nTo: {sender}\r\nSubject: Re: your request [OTK-{int(uid)}]\r\n"
        f"Message-ID: {email.utils.make_msgid()}\r\nIn-Reply-To: {message['Message-ID']}\r\nAuto-Submitted: auto-replied\r\n\r\n"
        f"We have registered your request as OTK-{int(uid)}.\r\n")
    smtp.sendmail("support@example.org", [sender], letter.encode())
smtp.quit()
imap.logout()
