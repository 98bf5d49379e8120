//! Facts that are read in attachments: pictures, logs and archives.

use serde::{Deserialize, Serialize};

/// What was read in an attachment, beyond its name, type and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FileFacts {
    /// A picture: a screenshot, mostly.
    Picture {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A log: a text with a time on many of its lines.
    Log {
        /// The name of its charset in lower case; `utf-8` for plain ASCII.
        encoding: String,
        /// How many lines it has.
        lines: u64,
        /// The first time in it, as written.
        first: String,
        /// The last time in it, as written.
        last: String,
        /// How many of its lines report an error.
        errors: u64,
        /// The first line that reports an error; `None` if there is none.
        first_error: Option<String>,
    },
    /// An archive, listed without unpacking anything.
    Archive {
        /// How many files it holds.
        count: u64,
        /// Their unpacked size in bytes, as the archive states it.
        unpacked: u64,
        /// The names of the first of them, with their unpacked sizes in bytes.
        files: Vec<(String, u64)>,
    },
}

impl FileFacts {
    /// The number of pixels of a picture; 0 for everything else.
    pub fn pixels(&self) -> u64 {
        match self {
            FileFacts::Picture { width, height } => u64::from(*width) * u64::from(*height),
            FileFacts::Log { .. } | FileFacts::Archive { .. } => 0,
        }
    }
}
