//! Passwords and keys, which must not be printed.

use std::fmt;

/// A password or key. It has no `Display`, and `Debug` does not show it; [`Secret::expose`] is the only way to read it, called
/// only where the value is sent to a server or goes into a MAC.
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
