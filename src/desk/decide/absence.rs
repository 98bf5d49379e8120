//! Engineers who are away, or back: what needs no request.

use crate::desk::conflicts::conflicts;
use crate::desk::news::Rejection;
use crate::desk::wording;
use crate::model::policy::Absence;
use crate::model::{Ask, Decision, Disposition, LetterKind};

use super::engineer::Steering;
use super::kept;

/// Whether a message asks for nothing but that.
pub(super) fn is_all(asks: &[Ask]) -> bool {
    !asks.is_empty() && asks.iter().all(|ask| matches!(ask, Ask::Away(_) | Ask::Back))
}

impl Steering<'_> {
    /// Notes that the author is away or back, and confirms it.
    pub(super) fn absence(&self, asks: &[Ask]) -> Decision {
        let mut rejections = conflicts(asks);
        rejections.extend(self.past_day(asks));
        if !rejections.is_empty() {
            return self.rejection(rejections, asks);
        }
        let done: Vec<String> = asks.iter().map(ToString::to_string).collect();
        let mut decision = kept(Disposition::Done, &format!("carried out: {}", done.join("; ")));
        self.note_presence(&mut decision, asks);
        let writer = self.writer(None);
        let reader = writer.reader(self.engineer);
        let text = match &decision.away {
            Some(absence) => wording::away(&reader, absence.until),
            None => wording::back(&reader),
        };
        let subject = wording::absence_subject(&reader);
        decision.letters.push(writer.for_author(LetterKind::Receipt, self.engineer, subject, text));
        decision
    }

    /// Notes what asks say of their author's absence.
    pub(super) fn note_presence(&self, decision: &mut Decision, asks: &[Ask]) {
        for ask in asks {
            match ask {
                Ask::Away(until) => {
                    decision.away = Some(Absence { engineer: self.engineer.name.clone(), until: *until });
                }
                Ask::Back => decision.back = Some(self.engineer.name.clone()),
                _ => {}
            }
        }
    }

    /// A day of return that is not to come.
    pub(super) fn past_day(&self, asks: &[Ask]) -> Option<Rejection> {
        let today = self.case.now.to_jiff().to_zoned(self.desk.calendar.zone.clone()).date();
        let is_past = |ask: &&Ask| matches!(ask, Ask::Away(Some(day)) if *day <= today);
        asks.iter().find(is_past).cloned().map(Rejection::PastDay)
    }
}
