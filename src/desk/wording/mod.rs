//! Texts of e-mails: every sentence that maildesk sends stands here, in Russian and English.
//!
//! What we send is called an e-mail here, and what comes a message. E-mails to customers contain no engineers' names except
//! those that an engineer typed and those that the configuration makes public, no numbers of other people's requests, no notes
//! and no tokens. The texts of e-mails to engineers begin with the cut line; their preheader stands above it. Readers are addressed as «Вы», with a capital, everywhere.

mod absence;
mod acknowledgement;
mod asking;
mod brought;
mod buttons;
mod caps;
mod customer;
mod default_texts;
mod digest;
mod digest_answer;
mod dropped_attachments;
mod engineer;
mod explanation;
mod facts;
mod given_back;
mod history;
mod labels;
mod links;
mod notification;
mod outside;
mod own_name;
mod question;
mod readers;
mod rejections;
mod reminders;
mod sender_name;
mod signature;
mod similar;
mod suggested_tags;
mod syntax_errors;
mod tags;
mod text;
mod unsent;

pub use absence::{absence_subject, away, back};
pub use acknowledgement::{
    Registered, acknowledgement, acknowledgement_subject, encrypted, signature, with_encryption,
};
pub use asking::{asking_for_content, with_missing_information};
pub use brought::Brought;
pub use buttons::{button, buttons, without_button_body};
pub use caps::not_sent_again;
pub use customer::{ToCustomer, answer, copy, letter_subject, notice};
pub use default_texts::default_text;
pub use digest::{DigestSection, Hint, Listed, digest};
pub use digest_answer::{Carried, digest_receipt};
pub use dropped_attachments::{DropReason, without_files};
pub use engineer::{
    ToEngineer, also_answered, handed_over_to, moved, moved_to, receipt, receipt_with_details, released_subject,
    split_off, undone, undone_subject, whose_request,
};
pub use explanation::{TagErrors, explanation, explanation_subject};
pub use given_back::{
    asked_again, in_other_version, no_clear_answer, not_sent, not_sent_list, taken_for_absence_note, yes_sends,
};
pub use history::{Extent, history, passed_on_before, shown_history};
pub use labels::status_label;
pub use links::{links, with_hint_at_links, without_link_body};
pub use notification::{notification, notification_subject};
pub use outside::{ToTeam, handover};
pub use own_name::in_own_name;
pub use question::{UnprovenMessage, question, still_held, where_it_goes};
pub use readers::{for_requester_question, goes_to_others, kept, left_out, send_anyway_question, taken_meanwhile};
pub use rejections::rejection;
pub use sender_name::{desk_name, first_words, preheader, sender_name, unsent_name, unsent_preheader};
pub use signature::customers_sender;
pub use syntax_errors::syntax_error;
pub use tags::tag;
