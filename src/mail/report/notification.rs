//! Parses the notifications that Amazon SES sends about bounces, as JSON in an e-mail of Amazon SNS.

use serde_json::{Deserializer, Value};

use super::{MOST_RECIPIENTS, shortened, status_code};
use crate::model::{Action, Complaint, DeliveryReport, MessageId, ReportedRecipient};

/// Domains that send these notifications.
const SENDERS: [&str; 2] = ["amazonaws.com", "amazonses.com"];

/// The report in a notification; None: it is none about a bounce or delivery, or another sender's.
pub fn read(from: &str, text: &str) -> Option<DeliveryReport> {
    report(&notification(from, text)?)
}

/// The complaint in a notification; None: it is none about a complaint, or another sender's.
pub fn complaint(from: &str, text: &str) -> Option<Complaint> {
    let notification = notification(from, text)?;
    (kind(&notification)? == "complaint").then_some(())?;
    let complaint = &notification["complaint"];
    let readers = complaint["complainedRecipients"].as_array().into_iter().flatten();
    let readers = readers.filter_map(|reader| reader["emailAddress"].as_str()).take(MOST_RECIPIENTS);
    let kind = complaint["complaintFeedbackType"].as_str().unwrap_or("abuse").to_ascii_lowercase();
    (kind != "not-spam").then(|| Complaint { kind, recipients: readers.map(str::to_owned).collect() })
}

/// The notification in an e-mail of Amazon; None: there is none, or it is another sender's.
fn notification(from: &str, text: &str) -> Option<Value> {
    let (_, domain) = from.rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let is_amazon = SENDERS.iter().any(|known| domain == *known || domain.ends_with(&format!(".{known}")));
    let start = text.find('{').filter(|_| is_amazon)?;
    // A program in between may have folded the lines, inside of texts too.
    let json = text[start..].replace(['\r', '\n'], "");
    let object = Deserializer::from_str(&json).into_iter::<Value>().next()?.ok()?;
    // SNS wraps the notification in a text, unless it is told to deliver it raw.
    let wrapped = object["Message"].as_str().and_then(|message| serde_json::from_str::<Value>(message).ok());
    Some(wrapped.unwrap_or(object))
}

/// What a notification is about, in lower case.
fn kind(notification: &Value) -> Option<String> {
    let kind = ["notificationType", "eventType"].iter().find_map(|key| notification[*key].as_str())?;
    Some(kind.to_ascii_lowercase())
}

fn report(notification: &Value) -> Option<DeliveryReport> {
    let (list, action) = match kind(notification)?.as_str() {
        "bounce" => (&notification["bounce"]["bouncedRecipients"], Action::Failed),
        "delivery" => (&notification["delivery"]["recipients"], Action::Delivered),
        "deliverydelay" => (&notification["deliveryDelay"]["delayedRecipients"], Action::Delayed),
        _ => return None,
    };
    let recipients = list.as_array()?.iter().take(MOST_RECIPIENTS).map(|entry| {
        let field = |name: &str| entry[name].as_str().unwrap_or_default();
        let diagnostic = shortened(field("diagnosticCode"));
        let status = if field("status").is_empty() { status_code(&diagnostic) } else { field("status").to_owned() };
        let address = entry.as_str().unwrap_or_else(|| field("emailAddress")).to_owned();
        ReportedRecipient { address, action, status, diagnostic }
    });
    Some(DeliveryReport { recipients: recipients.collect(), original_message_id: message_id(&notification["mail"]) })
}

/// The Message-ID of the letter: not SES's own `messageId`, but that of the header.
fn message_id(mail: &Value) -> Option<MessageId> {
    let headers = mail["headers"].as_array().into_iter().flatten();
    let header = headers
        .filter(|header| header["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("message-id")))
        .find_map(|header| header["value"].as_str());
    let id = header.or_else(|| mail["commonHeaders"]["messageId"].as_str())?;
    MessageId::parse(id.trim().trim_matches(['<', '>'])).ok()
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::mail::report::tests::lines;

    const BOUNCE: &str = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"anna@customer.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"messageId":"0100-ses","headers":[{"name":"Message-ID","value":"<l1@desk.example>"}]}}"#;

    #[test]
    fn bounces_in_json() {
        let wrapped = serde_json::json!({ "Type": "Notification", "Message": BOUNCE }).to_string();
        let footer = "\n--\nIf you wish to stop receiving notifications from this topic, click here";
        for text in [BOUNCE.to_owned(), wrapped, format!("{BOUNCE}{footer}")] {
            let report = read("no-reply@sns.amazonaws.com", &text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(lines(&report), ["anna@customer.example Failed 5.1.1 smtp; 550 5.1.1 user unknown"]);
            assert_eq!(report.original_message_id.as_ref().map(|id| id.as_str()), Some("l1@desk.example"));
        }
        assert_eq!(read("anna@customer.example", BOUNCE), None);
        for other in ["", "{", "{}", r#"{"notificationType":"Complaint"}"#, r#"{"notificationType":"Bounce"}"#] {
            assert_eq!(read("no-reply@sns.amazonaws.com", other), None, "{other}");
        }
    }
}
