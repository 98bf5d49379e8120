//! The JSON output of `maildesk parse`, the documented format of a parsed message.

use serde_json::{Value, json};

use crate::model::{Incoming, MessageId};

/// The JSON object of a message: always the same keys; absent values are `null` or empty.
pub fn json(incoming: &Incoming) -> Value {
    let attachments = incoming.attachments.iter().map(|a| {
        json!({
            "filename": a.filename,
            "content_type": a.content_type,
            "size": a.size,
            "sha256": a.sha256,
            "inline": a.inline,
            "facts": a.facts,
            "verdict": a.verdict,
        })
    });
    json!({
        "from": incoming.from.first(),
        "to": incoming.to,
        "cc": incoming.cc,
        "reply_to": incoming.reply_to,
        "subject": incoming.subject,
        "subject_raw": incoming.subject_raw,
        "message_id": incoming.message_id.as_ref().map(MessageId::as_str),
        "in_reply_to": incoming.in_reply_to,
        "references": incoming.references,
        "date": incoming.date.map(|date| date.to_string()),
        "text": incoming.text,
        "reply_text": incoming.reading.words,
        "signature": incoming.reading.signature,
        "earlier": incoming.reading.earlier,
        "quoted": incoming.reading.quoted,
        "attachments": attachments.collect::<Vec<Value>>(),
        "auto_submitted": !incoming.automatic.is_empty(),
        "auto_reason": incoming.automatic.first().map(ToString::to_string),
        "is_bounce": incoming.report.is_some(),
        "report": incoming.report,
        "complaint": incoming.complaint,
        "defects": incoming.defects,
    })
}
