//! Every sentence we ever send, in Russian and English, and nothing else.
//!
//! Letters to customers hold no names of engineers that no engineer typed, no numbers of other people's requests, no notes and
//! no tokens. Letters to engineers begin with the cut line, so that neither can be taken for the other.

mod acknowledgement;
mod asking;
mod customer;
mod digest;
mod engineer;
mod explanation;
mod labels;
mod links;
mod rejections;
mod notification;
mod outside;
mod absence;
mod syntax_errors;
mod suggested_tags;
mod reminders;
mod tags;
mod text;
mod default_texts;

pub use acknowledgement::{acknowledgement, acknowledgement_subject, signature};
pub use asking::with_requests;
pub use customer::{ToCustomer, answer, copy, letter_subject, notice};
pub use digest::{Hint, Listed, DigestSection, digest};
pub use engineer::{
    ToEngineer, answered_along, given_back, handed_over_to, moved, moved_to, question, receipt, receipt_of_more,
    released_subject, still_held, undone, undone_subject,
};
pub use explanation::{TagErrors, explanation, explanation_subject};
pub use labels::status_label;
pub use links::links;
pub use rejections::rejection;
pub use notification::{Brought, notification, notification_subject};
pub use outside::{ToTeam, handover};
pub use absence::{away, back, absence_subject};
pub use syntax_errors::syntax_error;
pub use tags::tag;
pub use default_texts::default_text;
