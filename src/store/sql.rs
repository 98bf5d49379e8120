//! The vocabulary in which the store asks its database: five functions, five values, rows, and columns of the model's types.
//!
//! Each function takes what is being done (for the error), SQL, its values and, where it answers rows, what makes a value of
//! a row: [`Connection::one`], [`Connection::optional`], [`Connection::all`], [`Connection::exists`], [`Connection::run`].
//! SQL keeps to what other engines know too: booleans are 0 and 1, `(LIST ?1)` stands for the members of a [`List`](super::column::List).

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::StoreError;
use super::engine::Connection;

/// A value of a column or a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// NULL.
    Null,
    /// A whole number; booleans are 0 and 1.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text, without U+0000, which not every engine can keep.
    Text(Cow<'v, str>),
    /// Bytes.
    Bytes(Cow<'v, [u8]>),
}

impl<'v> Value<'v> {
    /// A text; U+0000 in it becomes U+FFFD.
    pub fn text(text: impl Into<Cow<'v, str>>) -> Self {
        let text = text.into();
        Value::Text(if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { text })
    }
}

/// Types that can be a parameter of a statement.
pub trait ToColumn {
    /// The value as a column holds it.
    fn value(&self) -> Value<'_>;
}

/// Types that can be read from a column.
pub trait Column: ToColumn + Sized {
    /// Reads a value; the error says why it does not fit.
    fn read(value: Value<'_>) -> Result<Self, String>;
}

/// A row as an engine hands it over.
pub trait Columns {
    /// The value of a column, counted from 0; `None` where there is no such column.
    fn column(&self, index: usize) -> Option<Value<'_>>;
}

/// A row that a statement returns.
pub struct Row<'r>(&'r dyn Columns);

impl<'r> Row<'r> {
    /// Wraps a row of an engine.
    pub fn new(columns: &'r dyn Columns) -> Self {
        Self(columns)
    }

    /// Reads a column, counted from 0.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, ColumnError> {
        let value = self.0.column(index).ok_or_else(|| ColumnError { index, why: "it is not there".to_owned() })?;
        T::read(value).map_err(|why| ColumnError { index, why })
    }
}

/// Reads a value of a struct off a row: its fields, in this order, from the first column on.
macro_rules! columns {
    ($row:ident => $type:ident { $($field:ident),* $(,)? }) => {{
        let mut columns = 0_usize..;
        Ok($type { $($field: $row.get(columns.next().unwrap_or_default())?),* })
    }};
}
pub(super) use columns;

/// The error for a column whose value does not fit the type that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("column {index}: {why}")]
pub struct ColumnError {
    index: usize,
    why: String,
}

type Values<'v> = &'v [&'v dyn ToColumn];

fn values<'v>(given: Values<'v>) -> Vec<Value<'v>> {
    given.iter().map(|value| value.value()).collect()
}

impl Connection {
    /// The first row; an error where there is none.
    pub(super) fn one<T>(
        &self,
        doing: &'static str,
        sql: &str,
        given: Values<'_>,
        row: impl FnOnce(&Row<'_>) -> Result<T, ColumnError>,
    ) -> Result<T, StoreError> {
        let found = self.optional(doing, sql, given, row)?;
        found.ok_or_else(|| StoreError::Unexpected(format!("{doing}: there is no such row")))
    }

    /// The first row; `None` where there is none.
    pub(super) fn optional<T>(
        &self,
        doing: &'static str,
        sql: &str,
        given: Values<'_>,
        row: impl FnOnce(&Row<'_>) -> Result<T, ColumnError>,
    ) -> Result<Option<T>, StoreError> {
        let (mut found, mut row) = (None, Some(row));
        self.rows(doing, sql, &values(given), &mut |r| {
            found = row.take().map(|row| row(r)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// All rows, in the statement's order.
    pub(super) fn all<T>(
        &self,
        doing: &'static str,
        sql: &str,
        given: Values<'_>,
        mut row: impl FnMut(&Row<'_>) -> Result<T, ColumnError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.rows(doing, sql, &values(given), &mut |r| {
            found.push(row(r)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Whether the statement returns a row.
    pub(super) fn exists(&self, doing: &'static str, sql: &str, given: Values<'_>) -> Result<bool, StoreError> {
        self.optional(doing, sql, given, |_| Ok(())).map(|found| found.is_some())
    }

    /// Runs a statement that changes rows, and returns how many.
    pub(super) fn run(&self, doing: &'static str, sql: &str, given: Values<'_>) -> Result<usize, StoreError> {
        self.execute(doing, sql, &values(given))
    }

    /// Inserts one row, and returns the id that it got. Cheaper than `RETURNING`, for which SQLite runs a trigger: before each, it
    /// copies the pages that are written, and has the search indexes write to the disk what they have in memory.
    pub(super) fn insert(&self, doing: &'static str, sql: &str, given: Values<'_>) -> Result<i64, StoreError> {
        self.execute(doing, sql, &values(given)).map(|_| self.inserted())
    }
}

/// Builds a `WHERE` clause of those conditions that apply, with their values.
#[derive(Default)]
pub struct Filter<'v> {
    conditions: Vec<String>,
    values: Vec<&'v dyn ToColumn>,
}

impl<'v> Filter<'v> {
    /// Adds a condition; `?` in it stands for `value`.
    pub fn and(mut self, condition: &str, value: &'v dyn ToColumn) -> Self {
        self.values.push(value);
        self.conditions.push(condition.replace('?', &format!("?{}", self.values.len())));
        self
    }

    /// Adds a condition, unless the value is `None`.
    pub fn and_if<T: ToColumn>(self, condition: &str, value: Option<&'v T>) -> Self {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    /// `WHERE` with all conditions; empty where there are none.
    pub fn sql(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!("WHERE {}", self.conditions.join(" AND ")) }
    }

    /// The values, in the order of the conditions.
    pub fn values(&self) -> Values<'_> {
        &self.values
    }
}
