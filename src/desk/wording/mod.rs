//! Every sentence we ever send, in Russian and English, and nothing else.
//!
//! Letters to customers hold no names of engineers that no engineer typed, no numbers of other people's requests, no notes and
//! no tokens. Letters to engineers begin with the cut line, so that neither can be taken for the other.

mod acknowledgement;
mod asking;
mod customer;
mod engineer;
mod explanation;
mod labels;
mod links;
mod misfits;
mod notification;
mod presence;
mod problems;
mod ready;
mod tags;
mod text;

pub use acknowledgement::{acknowledgement, acknowledgement_subject, signature};
pub use asking::with_requests;
pub use customer::{ToCustomer, answer, copy, letter_subject, notice};
pub use engineer::{ToEngineer, given_back, question, receipt, undone};
pub use explanation::{Wrong, explanation, explanation_subject};
pub use labels::status_label;
pub use links::links;
pub use misfits::misfit;
pub use notification::{Brought, notification, notification_subject};
pub use presence::{away, back, presence_subject};
pub use problems::mistake;
pub use tags::tag;
