//! Absences of engineers: `[away]` and `[back]`, which need no request.

use crate::desk::conflicts::conflicts;
use crate::desk::news::Rejection;
use crate::desk::wording;
use crate::model::policy::Absence;
use crate::model::{Ask, Decision, Disposition, Effect, LetterKind};

use super::case::kept;
use super::engineer_message::EngineerMessage;

/// Whether a message asks for nothing but absence or return.
pub(super) fn is_all(asks: &[Ask]) -> bool {
    !asks.is_empty() && asks.iter().all(|ask| matches!(ask, Ask::Away(_) | Ask::Back))
}

impl EngineerMessage<'_> {
    /// Records that the author is away or back, and confirms it to them.
    pub(super) fn absence(&self, asks: &[Ask]) -> Decision {
        let mut rejections = conflicts(asks);
        rejections.extend(self.past_day(asks));
        if !rejections.is_empty() {
            return self.rejection(rejections, asks);
        }
        let done: Vec<String> = asks.iter().map(ToString::to_string).collect();
        let mut decision = kept(Disposition::Done, &format!("carried out: {}", done.join("; ")));
        decision.effects = self.absence_effects(asks);
        let writer = self.writer(None);
        let reader = writer.reader(self.engineer);
        let until = asks.iter().find_map(|ask| if let Ask::Away(until) = ask { Some(*until) } else { None });
        let text = until.map_or_else(|| wording::back(&reader), |until| wording::away(&reader, until));
        let subject = wording::absence_subject(&reader);
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision
    }

    /// The effects of asks on their author's absence.
    pub(super) fn absence_effects(&self, asks: &[Ask]) -> Vec<Effect> {
        let engineer = &self.engineer.name;
        let effect = |ask: &Ask| match ask {
            Ask::Away(until) => Some(Effect::Leave(Absence { engineer: engineer.clone(), until: *until })),
            Ask::Back => Some(Effect::Return(engineer.clone())),
            _ => None,
        };
        asks.iter().filter_map(effect).collect()
    }

    /// A rejection of an ask whose day of return is today or past; `None` where all days are ahead.
    pub(super) fn past_day(&self, asks: &[Ask]) -> Option<Rejection> {
        let today = self.basis.now.to_jiff().to_zoned(self.basis.desk.calendar.zone.clone()).date();
        let is_past = |ask: &&Ask| matches!(ask, Ask::Away(Some(day)) if *day <= today);
        asks.iter().find(is_past).cloned().map(Rejection::PastDay)
    }
}
