//! Builds an answer in the AWS CLI's format: the API model's names, absent members left out.

use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use serde_json::{Map, Value};

/// A structure of an answer under construction.
#[derive(Default)]
pub(super) struct Reply(Map<String, Value>);

impl Reply {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn put(mut self, name: &str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// A text, or an enumeration's value as it was on the wire.
    pub(super) fn text(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        self.put(name, value.map(|value| value.as_ref().into()))
    }

    pub(super) fn number(self, name: &str, value: Option<i32>) -> Self {
        self.put(name, value.map(Value::from))
    }

    pub(super) fn flag(self, name: &str, value: Option<bool>) -> Self {
        self.put(name, value.map(Value::from))
    }

    /// In RFC 3339 format.
    pub(super) fn time(self, name: &str, value: Option<&DateTime>) -> Self {
        self.put(name, value.and_then(|value| value.fmt(DateTimeFormat::DateTime).ok()).map(Value::from))
    }

    pub(super) fn part<T>(self, name: &str, value: Option<T>, write: impl FnOnce(T) -> Value) -> Self {
        self.put(name, value.map(write))
    }

    /// Left out if empty.
    pub(super) fn texts<T: AsRef<str>>(self, name: &str, values: &[T]) -> Self {
        self.list(name, values, |value| value.as_ref().into())
    }

    /// Left out if empty.
    pub(super) fn list<T>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
        write: impl FnMut(T) -> Value,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(write).collect();
        self.put(name, (!values.is_empty()).then(|| values.into()))
    }

    /// The main list of an answer, present even if empty.
    pub(super) fn all<T>(self, name: &str, values: impl IntoIterator<Item = T>, write: impl FnMut(T) -> Value) -> Self {
        self.put(name, Some(values.into_iter().map(write).collect::<Vec<_>>().into()))
    }

    pub(super) fn end(self) -> Value {
        Value::Object(self.0)
    }
}
