//! The caps on acknowledgements, by which robots fall silent and forged senders make nobody a mail bomb.

/// The caps on acknowledgements.
///
/// Beyond a *rate* cap (of a domain, of a customer's domain, of all strangers) an acknowledgement waits; beyond a *loop* cap (of a
/// sender, of what is alike) there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AckLimits {
    /// To one sender in ten minutes.
    pub sender_ten_minutes: u32,
    /// To one sender in an hour.
    pub sender_hour: u32,
    /// To one sender in 24 hours.
    pub sender_day: u32,
    /// From how many alike messages of one sender in an hour none of them is acknowledged.
    pub alike_hour: u32,
    /// How many alike messages of one sender are acknowledged where each came within a minute of our letter; and one more where
    /// only their words are alike. Two robots fall silent here.
    pub alike_rounds: u32,
    /// After how many alike messages of one sender in an hour the next ones are taken for a flood, and become one request.
    pub flood_hour: u32,
    /// To strangers of one domain in an hour, unless it is a public provider's.
    pub domain_hour: u32,
    /// To the customers of one listed domain in an hour.
    pub customers_hour: u32,
    /// To all strangers in an hour.
    pub all_hour: u32,
    /// How many wait at most.
    pub waiting: u32,
}

impl Default for AckLimits {
    fn default() -> Self {
        Self {
            sender_ten_minutes: 5,
            sender_hour: 10,
            sender_day: 30,
            alike_hour: 6,
            alike_rounds: 2,
            flood_hour: 30,
            domain_hour: 60,
            customers_hour: 300,
            all_hour: 300,
            waiting: 300,
        }
    }
}
