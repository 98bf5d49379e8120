//! A value that never prints.

use std::fmt;

/// A password or key. Neither `Debug` nor `Display` shows it; [`Secret::expose`] is the one way out, called only where the
/// value goes on the wire or into a MAC.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value that must not print.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret(…)");
        assert!(!format!("{:#?}", Some(Secret::new("canary"))).contains("canary"));
    }
}
