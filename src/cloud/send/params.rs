//! Reads a call's parameters, each exactly once; an unread parameter is an error.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::cloud::fault::{Fault, FaultClass};

/// One level of parameters.
pub(super) struct Params<'c> {
    map: &'c Map<String, Value>,
    read: RefCell<BTreeSet<&'static str>>,
}

/// Builds something from parameters. Fails if a parameter is left over or has the wrong type.
pub(super) fn read<T>(
    map: &Map<String, Value>,
    build: impl FnOnce(&Params<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let params = Params { map, read: RefCell::default() };
    let whole = build(&params)?;
    let read = params.read.borrow();
    match map.keys().find(|name| !read.contains(name.as_str())) {
        Some(name) => Err(refused("UnknownParameter", format!("the parameter `{name}` is not known here"))),
        None => Ok(whole),
    }
}

fn refused(code: &str, message: String) -> Fault {
    Fault::ours(FaultClass::Refused, code, message)
}

fn wrong(name: &str, wanted: &str) -> Fault {
    refused("WrongParameter", format!("the parameter `{name}` is not {wanted}"))
}

fn as_text(name: &str, value: &Value) -> Result<String, Fault> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "a text"))
}

impl Params<'_> {
    fn get<T>(&self, name: &'static str, make: impl FnOnce(&Value) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
        self.read.borrow_mut().insert(name);
        self.map.get(name).map(make).transpose()
    }

    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, Fault> {
        self.get(name, |value| as_text(name, value))
    }

    /// A value of an SDK enumeration.
    pub(super) fn word<T: for<'t> From<&'t str>>(&self, name: &'static str) -> Result<Option<T>, Fault> {
        Ok(self.text(name)?.map(|text| T::from(text.as_str())))
    }

    pub(super) fn number(&self, name: &'static str) -> Result<Option<i32>, Fault> {
        self.get(name, |value| {
            value.as_i64().and_then(|number| i32::try_from(number).ok()).ok_or_else(|| wrong(name, "a whole number"))
        })
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, Fault> {
        self.get(name, |value| value.as_bool().ok_or_else(|| wrong(name, "true or false")))
    }

    pub(super) fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>, Fault> {
        self.get(name, |value| {
            let items = value.as_array().ok_or_else(|| wrong(name, "a list"))?;
            items.iter().map(|item| as_text(name, item)).collect()
        })
    }

    /// Values of an SDK enumeration.
    pub(super) fn words<T: for<'t> From<&'t str>>(&self, name: &'static str) -> Result<Option<Vec<T>>, Fault> {
        Ok(self.texts(name)?.map(|texts| texts.iter().map(|text| T::from(text.as_str())).collect()))
    }

    pub(super) fn part<T>(
        &self,
        name: &'static str,
        make: impl Fn(&Params<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.get(name, |value| read(value.as_object().ok_or_else(|| wrong(name, "a structure"))?, make))
    }

    pub(super) fn list<T>(
        &self,
        name: &'static str,
        make: impl Fn(&Params<'_>) -> Result<T, Fault>,
    ) -> Result<Option<Vec<T>>, Fault> {
        self.get(name, |value| {
            let items = value.as_array().ok_or_else(|| wrong(name, "a list"))?;
            items
                .iter()
                .map(|item| read(item.as_object().ok_or_else(|| wrong(name, "a list of structures"))?, &make))
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code<T>(params: &Value, build: impl FnOnce(&Params<'_>) -> Result<T, Fault>) -> String {
        match read(params.as_object().unwrap(), build) {
            Ok(_) => "ok".to_owned(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn what_is_not_read_fails_loudly_at_every_depth() {
        let params = json!({ "VpcId": "vpc-1", "Filters": [{ "Name": "x", "Value": "y" }] });
        assert_eq!(code(&params, |p| p.text("VpcId")), "UnknownParameter: the parameter `Filters` is not known here");
        assert_eq!(
            code(&params, |p| {
                p.text("VpcId")?;
                p.list("Filters", |p| p.text("Name"))
            }),
            "UnknownParameter: the parameter `Value` is not known here"
        );
    }

    #[test]
    fn types_are_told() {
        let params = json!({ "Port": "80" });
        assert_eq!(code(&params, |p| p.number("Port")), "WrongParameter: the parameter `Port` is not a whole number");
        assert_eq!(code(&params, |p| p.flag("Port")), "WrongParameter: the parameter `Port` is not true or false");
        assert_eq!(code(&params, |p| p.texts("Port")), "WrongParameter: the parameter `Port` is not a list");
        assert_eq!(code(&params, |p| p.text("Port")), "ok");
    }
}
