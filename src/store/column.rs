//! How the model's types are stored in columns: as numbers, as text or as JSON, with a list of the types of each sort.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};

use crate::model::{
    Actor, Change, DeskKey, Digest, Disposition, EmailAddress, FileFacts, Kind, Language, Letter, LetterId, LetterKind,
    LetterState, MessageId, Phase, Place, Priority, Progress, ReceivedId, RequestId, RequestNumber, ShortName, Status,
    TallyKind, Timestamp, Version, Visibility,
};

use super::raw::RawId;
use super::sql::{Column, ToColumn, Value};
use super::{FailureCause, Monitored, ReceivedState};

/// Maps types to whole numbers: numbers, booleans, times (Unix seconds) and ids of rows.
macro_rules! number_columns {
    ($($type:ty: $to:expr, $from:expr;)*) => {$(
        impl ToColumn for $type {
            fn value(&self) -> Value<'_> {
                let to: fn(&$type) -> i64 = $to;
                Value::Integer(to(self))
            }
        }

        impl Column for $type {
            fn read(value: Value<'_>) -> Result<Self, String> {
                let from: fn(i64) -> Option<$type> = $from;
                let Value::Integer(number) = value else { return Err(unexpected(&value)) };
                from(number).ok_or_else(|| format!("{number} is out of range"))
            }
        }
    )*};
}

number_columns! {
    i64: |number| *number, Some;
    u32: |number| i64::from(*number), |number| u32::try_from(number).ok();
    u64: |number| i64::try_from(*number).unwrap_or(i64::MAX), |number| u64::try_from(number).ok();
    usize: |number| i64::try_from(*number).unwrap_or(i64::MAX), |number| usize::try_from(number).ok();
    bool: |is| i64::from(*is), |number| Some(number != 0);
    ReceivedId: |id| id.0, |id| Some(ReceivedId(id));
    RequestId: |id| id.0, |id| Some(RequestId(id));
    LetterId: |id| id.0, |id| Some(LetterId(id));
    RawId: |id| id.0, |id| Some(RawId(id));
    Timestamp: |at| at.unix(), |at| Some(Timestamp::from_unix(at));
}

/// Maps types whose JSON is a string to the text of that string: `new`, `OTK-7`, `ivan@example.org`.
macro_rules! text_columns {
    ($($type:ty: $text:expr;)*) => {$(
        impl ToColumn for $type {
            fn value(&self) -> Value<'_> {
                let text: fn(&$type) -> Value<'_> = $text;
                text(self)
            }
        }

        impl Column for $type {
            fn read(value: Value<'_>) -> Result<Self, String> {
                let Value::Text(text) = &value else { return Err(unexpected(&value)) };
                let deserializer: StrDeserializer<'_, serde::de::value::Error> = text.as_ref().into_deserializer();
                Self::deserialize(deserializer).map_err(|error| error.to_string())
            }
        }
    )*};
}

text_columns! {
    Actor: |who| Value::text(who.to_string());
    Date: |day| Value::text(day.to_string());
    DeskKey: |key| Value::text(key.as_str());
    Disposition: |disposition| Value::text(disposition.as_ref());
    EmailAddress: |address| Value::text(address.as_str());
    Kind: |kind| Value::text(kind.as_ref());
    Language: |language| Value::text(language.as_ref());
    LetterKind: |kind| Value::text(kind.as_ref());
    LetterState: |state| Value::text(state.as_ref());
    MessageId: |id| Value::text(id.as_str());
    Monitored: |part| Value::text(part.as_ref());
    Phase: |phase| Value::text(phase.as_ref());
    Priority: |priority| Value::text(priority.as_ref());
    ReceivedState: |state| Value::text(state.as_ref());
    RequestNumber: |number| Value::text(number.to_string());
    ShortName: |name| Value::text(name.as_str());
    Status: |status| Value::text(status.as_str());
    TallyKind: |kind| Value::text(kind.as_ref());
    FailureCause: |cause| Value::text(cause.as_ref());
    Version: |version| Value::text(version.as_str());
    Visibility: |visibility| Value::text(visibility.as_ref());
}

/// Maps types to a column that holds their JSON.
macro_rules! json_columns {
    ($($type:ty),*) => {$(
        impl ToColumn for $type {
            fn value(&self) -> Value<'_> {
                json(self)
            }
        }

        impl Column for $type {
            fn read(value: Value<'_>) -> Result<Self, String> {
                let Value::Text(text) = &value else { return Err(unexpected(&value)) };
                serde_json::from_str(text).map_err(|error| error.to_string())
            }
        }
    )*};
}

json_columns!(Change, FileFacts, Letter, Place, Progress, Vec<EmailAddress>, Vec<String>);

/// Writes any value as its JSON.
pub(super) fn json(value: &impl Serialize) -> Value<'static> {
    Value::text(serde_json::to_string(value).unwrap_or_else(|error| format!("no JSON: {error}")))
}

/// Makes any serializable value a column that holds its JSON.
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToColumn for Json<T> {
    fn value(&self) -> Value<'_> {
        json(&self.0)
    }
}

impl<T: Serialize + DeserializeOwned> Column for Json<T> {
    fn read(value: Value<'_>) -> Result<Self, String> {
        let Value::Text(text) = &value else { return Err(unexpected(&value)) };
        serde_json::from_str(text).map(Json).map_err(|error| error.to_string())
    }
}

/// Values for `(LIST ?1)` in a statement: the members of the list.
pub(super) struct List<'l, T>(pub &'l [T]);

impl<T: ToColumn> ToColumn for List<'_, T> {
    fn value(&self) -> Value<'_> {
        let member = |value: &T| match value.value() {
            Value::Null => serde_json::Value::Null,
            Value::Integer(number) => number.into(),
            Value::Real(number) => number.into(),
            Value::Text(text) => text.into_owned().into(),
            Value::Bytes(bytes) => bytes.into_owned().into(),
        };
        Value::Text(Cow::Owned(serde_json::Value::from_iter(self.0.iter().map(member)).to_string()))
    }
}

impl ToColumn for str {
    fn value(&self) -> Value<'_> {
        Value::text(self)
    }
}

impl ToColumn for String {
    fn value(&self) -> Value<'_> {
        Value::text(self.as_str())
    }
}

impl Column for String {
    fn read(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(unexpected(&other)),
        }
    }
}

impl ToColumn for f64 {
    fn value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}

impl Column for f64 {
    fn read(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Real(number) => Ok(number),
            Value::Integer(number) => Ok(number as f64),
            other => Err(unexpected(&other)),
        }
    }
}

impl ToColumn for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl Column for Vec<u8> {
    fn read(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            other => Err(unexpected(&other)),
        }
    }
}

impl ToColumn for Digest {
    fn value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self.as_bytes()))
    }
}

impl Column for Digest {
    fn read(value: Value<'_>) -> Result<Self, String> {
        let bytes = Vec::<u8>::read(value)?;
        <[u8; 32]>::try_from(bytes)
            .map(Digest::from_bytes)
            .map_err(|bytes| format!("{} bytes are no digest", bytes.len()))
    }
}

impl<T: ToColumn + ?Sized> ToColumn for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: ToColumn> ToColumn for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToColumn::value)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value<'_>) -> Result<Self, String> {
        if value == Value::Null { Ok(None) } else { T::read(value).map(Some) }
    }
}

fn unexpected(value: &Value<'_>) -> String {
    let what = match value {
        Value::Null => "NULL",
        Value::Integer(_) => "a number",
        Value::Real(_) => "a number with a fraction",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
    };
    format!("{what} is not expected there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_written() {
        fn back<T: Column + PartialEq + std::fmt::Debug>(value: T) {
            assert_eq!(T::read(value.value()).as_ref(), Ok(&value));
        }
        back(RequestNumber::parse("OTK-7").unwrap());
        back(Phase::Waiting);
        back(LetterState::Inflight);
        back(ReceivedState::Unfetchable);
        back(Disposition::Done);
        back(LetterKind::Handover);
        back(EmailAddress::parse("ivan@example.com").unwrap());
        back(Actor::Operator);
        back(Some(Timestamp::from_unix(7)));
        back(None::<Digest>);
        back(Digest::of(b"x"));
        back(vec!["a".to_owned()]);
        assert!(Phase::read(Value::text("elsewhere")).is_err());
        assert_eq!(u32::read(Value::Integer(-1)), Err("-1 is out of range".to_owned()));
        assert_eq!(List(&[ReceivedId(1), ReceivedId(2)]).value(), Value::text("[1,2]"));
    }

    #[test]
    fn u_0000_stands_in_no_text() {
        assert_eq!("a\0b".value(), Value::Text("a\u{fffd}b".into()));
        assert_eq!(json(&"a\0b"), Value::Text("\"a\\u0000b\"".into()), "JSON has an escape for it");
    }
}
