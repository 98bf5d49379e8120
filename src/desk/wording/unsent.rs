//! Messages of which nothing was sent, in lists.

use crate::model::UnsentMessage;

use super::super::calendar;
use super::engineer::ToEngineer;
use super::text::{one_line, readable_time, with_round_brackets};

/// The longest part of a subject that is shown, in characters: a line is to fit a phone.
const MAX_SUBJECT: usize = 40;

/// A message of which nothing was sent: its request, its subject, and when its writer was told.
pub(super) fn unsent_line(to: &ToEngineer<'_>, message: &UnsentMessage) -> String {
    let subject = with_round_brackets(&one_line(&message.subject, MAX_SUBJECT));
    let at = readable_time(to.language, calendar::local(&to.desk.calendar, message.at));
    match &message.request {
        Some(number) => format!("{number} {subject} · {at}"),
        None => format!("{subject} · {at}"),
    }
}
