//! Delivery reports (RFC 3464), and bounces in free form.

use crate::model::DeliveryReport;

/// Reads the body of a `message/delivery-status` part (RFC 3464 section 2).
pub fn from_status_part(status: &str) -> DeliveryReport {
    let _ = status;
    DeliveryReport::default()
}
