//! Variables, with those whose value is not known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::limits::{Held, LONGEST_VALUE, Limit, Meter};
use super::outcome::Halt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Known(Arc<str>),
    /// It depends on something that is not modelled.
    Unknown,
}

impl Value {
    fn size(&self) -> usize {
        match self {
            Self::Known(text) => text.len(),
            Self::Unknown => 0,
        }
    }
}

/// How many variables may be marked as exported or fixed.
const MOST_MARKED: usize = 1000;
/// What a variable costs besides its name and value.
const EACH: usize = 128;

#[derive(Debug)]
pub struct Variables {
    values: BTreeMap<String, Value>,
    /// For each function that runs, the values that its `local` hides.
    hidden: Vec<BTreeMap<String, Option<Value>>>,
    exported: BTreeSet<String>,
    /// Those that cannot be assigned.
    fixed: BTreeSet<String>,
    /// Whether a variable that is not here may have any value.
    pub clouded: bool,
    held: Held,
    meter: Arc<Meter>,
}

impl Variables {
    pub fn new(meter: &Arc<Meter>) -> Result<Self, Halt> {
        let held = meter.hold(0)?;
        Ok(Self {
            values: BTreeMap::new(),
            hidden: Vec::new(),
            exported: BTreeSet::new(),
            fixed: BTreeSet::new(),
            clouded: false,
            held,
            meter: Arc::clone(meter),
        })
    }

    /// A copy for a subshell.
    pub fn again(&self) -> Result<Self, Halt> {
        self.meter.charge((self.values.len() + self.exported.len() + self.fixed.len()) * 4)?;
        Ok(Self {
            held: self.held.again()?,
            values: self.values.clone(),
            hidden: self.hidden.clone(),
            exported: self.exported.clone(),
            fixed: self.fixed.clone(),
            clouded: self.clouded,
            meter: Arc::clone(&self.meter),
        })
    }

    pub fn get(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned().or_else(|| self.clouded.then_some(Value::Unknown))
    }

    /// The value, if the script itself has set it.
    pub fn own(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned()
    }

    pub fn set(&mut self, name: &str, value: Value) -> Result<(), Halt> {
        let size = value.size();
        if size > LONGEST_VALUE {
            return Err(self.meter.end(Limit::Memory));
        }
        self.meter.charge(size + 4)?;
        self.held.grow(EACH + name.len() + size)?;
        if let Some(before) = self.values.insert(name.to_owned(), value) {
            self.held.shrink(EACH + name.len() + before.size());
        }
        Ok(())
    }

    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Halt> {
        self.set(name, Value::Known(text.into()))
    }

    /// Whether other programs get it.
    pub fn is_exported(&self, name: &str) -> bool {
        self.exported.contains(name)
    }

    pub fn export(&mut self, name: &str, is: bool) {
        if !is {
            self.exported.remove(name);
        } else if self.exported.len() < MOST_MARKED {
            self.exported.insert(name.to_owned());
        } else {
            self.clouded = true;
        }
    }

    /// Keeps what other programs get.
    pub fn keep_exported(&mut self) {
        let gone: Vec<String> = self.values.keys().filter(|name| !self.exported.contains(*name)).cloned().collect();
        for name in gone {
            self.remove(&name);
        }
        self.fixed.clear();
        self.hidden.clear();
    }

    pub fn is_fixed(&self, name: &str) -> bool {
        self.fixed.contains(name)
    }

    /// Lets nothing be assigned to it any more.
    pub fn fix(&mut self, name: &str) {
        if self.fixed.len() < MOST_MARKED {
            self.fixed.insert(name.to_owned());
        }
    }

    pub fn remove(&mut self, name: &str) {
        if let Some(before) = self.values.remove(name) {
            self.held.shrink(EACH + name.len() + before.size());
        }
    }

    /// Puts back what was there, or nothing.
    pub fn restore(&mut self, name: &str, before: Option<Value>) -> Result<(), Halt> {
        if let Some(value) = before {
            self.set(name, value)
        } else {
            self.remove(name);
            Ok(())
        }
    }

    /// Nothing is known of any variable from here on.
    pub fn cloud(&mut self) {
        self.clouded = true;
        self.values.values_mut().for_each(|value| *value = Value::Unknown);
    }

    pub fn in_function(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// Begins a function.
    pub fn enter(&mut self) {
        self.hidden.push(BTreeMap::new());
    }

    /// Makes a variable local to the function that runs; `false` outside of functions.
    pub fn hide(&mut self, name: &str) -> Result<bool, Halt> {
        let before = self.values.get(name).cloned();
        let Some(frame) = self.hidden.last_mut() else { return Ok(false) };
        if !frame.contains_key(name) {
            self.held.grow(EACH + name.len() + before.as_ref().map_or(0, Value::size))?;
            frame.insert(name.to_owned(), before);
            self.remove(name);
        }
        Ok(true)
    }

    /// Ends a function.
    pub fn leave(&mut self) -> Result<(), Halt> {
        for (name, before) in self.hidden.pop().unwrap_or_default() {
            self.held.shrink(EACH + name.len() + before.as_ref().map_or(0, Value::size));
            self.restore(&name, before)?;
        }
        Ok(())
    }
}
