//! Writing an answer as the AWS CLI prints it: the API model's names, absent members left out.

use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use serde_json::{Map, Value};

/// A structure of an answer, while it is being written.
#[derive(Default)]
pub(super) struct Reply(Map<String, Value>);

impl Reply {
    /// An empty structure.
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn put(mut self, name: &str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// A text, or a word of an enumeration as it was on the wire.
    pub(super) fn text(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        self.put(name, value.map(|value| value.as_ref().into()))
    }

    /// A number.
    pub(super) fn number(self, name: &str, value: Option<i32>) -> Self {
        self.put(name, value.map(Value::from))
    }

    /// Yes or no.
    pub(super) fn flag(self, name: &str, value: Option<bool>) -> Self {
        self.put(name, value.map(Value::from))
    }

    /// A time, RFC 3339.
    pub(super) fn time(self, name: &str, value: Option<&DateTime>) -> Self {
        self.put(name, value.and_then(|value| value.fmt(DateTimeFormat::DateTime).ok()).map(Value::from))
    }

    /// A structure.
    pub(super) fn part<T>(self, name: &str, value: Option<T>, write: impl FnOnce(T) -> Value) -> Self {
        self.put(name, value.map(write))
    }

    /// Texts; left out when there are none.
    pub(super) fn texts<T: AsRef<str>>(self, name: &str, values: &[T]) -> Self {
        self.list(name, values, |value| value.as_ref().into())
    }

    /// Structures; left out when there are none.
    pub(super) fn list<T>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
        write: impl FnMut(T) -> Value,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(write).collect();
        self.put(name, (!values.is_empty()).then(|| values.into()))
    }

    /// What was asked for: a list that is there even when it is empty.
    pub(super) fn all<T>(self, name: &str, values: impl IntoIterator<Item = T>, write: impl FnMut(T) -> Value) -> Self {
        self.put(name, Some(values.into_iter().map(write).collect::<Vec<_>>().into()))
    }

    /// The structure.
    pub(super) fn end(self) -> Value {
        Value::Object(self.0)
    }
}
