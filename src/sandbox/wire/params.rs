//! The parameters of one request. Reading a parameter ticks it off; a request with parameters that no code read is
//! refused.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::error::ApiError;
use super::sigv4::hex;

/// The decoded form of one request.
#[derive(Debug)]
pub struct Params {
    all: BTreeMap<String, String>,
    read: RefCell<BTreeSet<String>>,
    /// What stands between a list's name and its numbers: nothing in EC2, `member.` in `ELBv2`.
    member: &'static str,
}

impl Params {
    /// Reads a form body or query string.
    ///
    /// # Errors
    /// If a parameter is given twice.
    pub fn parse(form: &[u8]) -> Result<Self, ApiError> {
        let mut all = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(form) {
            if all.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    format!("The parameter {name} is given twice"),
                ));
            }
        }
        Ok(Self { all, read: RefCell::default(), member: "" })
    }

    /// Reads a body of the `awsJson` protocol: an object of plain values.
    ///
    /// # Errors
    /// If the body is no such object.
    pub fn parse_json(action: &str, body: &[u8]) -> Result<Self, ApiError> {
        let bad =
            |why: &str| ApiError::new("SerializationException", format!("The body is not what is expected: {why}"));
        let body: &[u8] = if body.is_empty() { b"{}" } else { body };
        let object: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(body).map_err(|error| bad(&error.to_string()))?;
        let mut all = BTreeMap::from([("Action".to_owned(), action.to_owned())]);
        for (name, value) in object {
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                serde_json::Value::Number(number) => number.to_string(),
                serde_json::Value::Bool(flag) => flag.to_string(),
                _ => return Err(bad(&format!("{name} is not a plain value"))),
            };
            all.insert(name, text);
        }
        let read = RefCell::new(BTreeSet::from(["Action".to_owned()]));
        Ok(Self { all, read, member: "" })
    }

    /// Switches to `ELBv2`'s spelling of lists.
    #[must_use]
    pub fn with_members(mut self) -> Self {
        self.member = "member.";
        self
    }

    /// Whether one of the values is in `words`. Ticks nothing off.
    pub fn names(&self, words: &BTreeSet<String>) -> bool {
        self.all.values().any(|value| words.contains(value))
    }

    /// The value of `name`. An empty value counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (name, value) = self.all.get_key_value(name)?;
        self.read.borrow_mut().insert(name.clone());
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of `name`, without ticking it off.
    pub fn peek(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(String::as_str)
    }

    /// Whether the request has no parameters of its own besides `Action`, `Version` and `DryRun`.
    pub fn is_bare(&self) -> bool {
        self.all.keys().all(|name| ["Action", "Version", "DryRun"].contains(&name.as_str()))
    }

    /// The value of `name`, which is required.
    pub fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::missing(name))
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(ApiError::value(name, other, "Expected true or false.")),
        }
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.get(name)
            .map(|value| value.parse().map_err(|_| ApiError::value(name, value, "Expected an integer in range.")))
            .transpose()
    }

    /// A list of plain values: `VpcId.1`, `VpcId.2` or `Subnets.member.1`.
    pub fn list(&self, name: &str) -> Result<Vec<String>, ApiError> {
        // Both SDKs send an empty list of the `ELBv2` protocol as `Name=`.
        if self.get(name).is_some() {
            return Err(ApiError::value(name, self.get(name).unwrap_or_default(), "Expected a list."));
        }
        self.groups(name)
            .into_iter()
            .map(|prefix| self.get(&prefix).map(str::to_owned).ok_or_else(|| ApiError::missing(&prefix)))
            .collect()
    }

    /// Whether a list was sent at all, even an empty one.
    pub fn has_list(&self, name: &str) -> bool {
        self.all.contains_key(name) || !self.groups(name).is_empty()
    }

    /// The prefixes of a list of structures, in order: `Filter.1`, `Filter.2`.
    pub fn groups(&self, name: &str) -> Vec<String> {
        let start = format!("{name}.{}", self.member);
        let mut numbers: Vec<u32> = self
            .all
            .range(start.clone()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(&start))
            .filter_map(|key| key[start.len()..].split('.').next()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| format!("{start}{number}")).collect()
    }

    /// The last check of an EC2 operation before it acts: every parameter was read, and this is not a dry run.
    ///
    /// # Errors
    /// The first parameter that was not read; else `DryRunOperation` for a dry run.
    pub fn ready(&self) -> Result<(), ApiError> {
        let dry_run = self.flag("DryRun")?.unwrap_or(false);
        self.understood("UnknownParameter")?;
        if dry_run {
            let text = "Request would have succeeded, but DryRun flag is set.";
            return Err(ApiError::new("DryRunOperation", text).with_status(412));
        }
        Ok(())
    }

    /// The last check of an `ELBv2` or STS operation before it acts. They have no dry run.
    ///
    /// # Errors
    /// The first parameter that was not read.
    pub fn ready_without_dry_run(&self) -> Result<(), ApiError> {
        self.understood("ValidationError")
    }

    fn understood(&self, code: &str) -> Result<(), ApiError> {
        let read = self.read.borrow();
        match self.all.keys().find(|name| !read.contains(*name)) {
            None => Ok(()),
            Some(name) => Err(ApiError::not_modelled(code, &format!("the parameter {name} of this operation"))),
        }
    }

    /// A fingerprint of everything but the client token: equal requests have equal fingerprints.
    pub fn fingerprint(&self) -> String {
        let mut sum = Sha256::new();
        for (name, value) in self.all.iter().filter(|(name, _)| *name != "ClientToken") {
            sum.update(name.as_bytes());
            sum.update([0]);
            sum.update(value.as_bytes());
            sum.update([0]);
        }
        hex(&sum.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn lists_come_in_numeric_order_and_unread_names_are_found() {
        let form: Vec<String> = (1..=11).rev().map(|n| format!("VpcId.{n}=v{n}")).collect();
        let form = form.join("&");
        let params = Params::parse(format!("{form}&Odd=1").as_bytes()).unwrap();
        let list = params.list("VpcId").unwrap();
        assert_eq!((list[1].as_str(), list[10].as_str()), ("v2", "v11"));
        assert!(params.ready().unwrap_err().message.contains("the parameter Odd of"));
    }

    #[test]
    fn an_empty_member_list_is_a_list() {
        let params = Params::parse(b"SecurityGroups=&Subnets.member.1=a").unwrap().with_members();
        assert!(params.has_list("SecurityGroups"));
        assert_eq!(params.list("SecurityGroups").unwrap(), Vec::<String>::new());
        assert_eq!(params.list("Subnets").unwrap(), ["a"]);
        assert_eq!(params.ready_without_dry_run(), Ok(()));
    }

    #[test]
    fn wrong_words_are_refused() {
        let params = Params::parse(b"A=maybe&N=x").unwrap();
        assert_eq!(params.flag("A").unwrap_err().code, "InvalidParameterValue");
        assert_eq!(params.number::<u32>("N").unwrap_err().code, "InvalidParameterValue");
        assert_eq!(params.need("M").unwrap_err().code, "MissingParameter");
        assert_eq!(Params::parse(b"A=1&A=2").unwrap_err().code, "InvalidParameterCombination");
    }
}
