//! Options on their way to JavaScript. They are plain data, so that they can go to other threads and be compared.

use std::time::Duration;

use js_sys::{JSON, Object};
use wasm_bindgen::JsValue;

use crate::js;

/// The members of an object. What isn't said isn't in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Members(Vec<(&'static str, Member)>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Flag(bool),
    /// A text in JSON.
    Json(String),
    Number(u64),
    Object(Vec<(String, String)>),
    Text(String),
}

impl Members {
    /// The last word counts. They are in the order of their names, so that who says the same is equal.
    pub(crate) fn set(&mut self, name: &'static str, value: Member) {
        self.0.retain(|(known, _)| *known != name);
        let place = self.0.partition_point(|(known, _)| *known < name);
        self.0.insert(place, (name, value));
    }

    pub(crate) fn set_text(&mut self, name: &'static str, value: &str) {
        self.set(name, Member::Text(value.into()));
    }

    /// Adds to an object of texts.
    pub(crate) fn add(&mut self, name: &'static str, key: &str, value: &str) {
        let entry = (key.into(), value.into());
        match self.find(name) {
            Some(Member::Object(entries)) => entries.push(entry),
            _ => self.set(name, Member::Object(vec![entry])),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Member> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Member::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn to_js(&self) -> JsValue {
        let object = Object::new().into();
        for (name, value) in &self.0 {
            js::set(&object, name, &value.to_js());
        }
        object
    }

    fn find(&mut self, name: &str) -> Option<&mut Member> {
        self.0.iter_mut().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl Member {
    /// In milliseconds, as JavaScript counts.
    pub(crate) fn of(time: Duration) -> Self {
        Self::Number(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    fn to_js(&self) -> JsValue {
        match self {
            Self::Flag(flag) => JsValue::from_bool(*flag),
            // It was written here.
            Self::Json(text) => JSON::parse(text).unwrap_or_default(),
            // What is beyond a double's precision is refused by whom it is for.
            Self::Number(number) => JsValue::from_f64(*number as f64),
            Self::Object(entries) => {
                let object = Object::new().into();
                for (name, value) in entries {
                    js::set(&object, name, &value.into());
                }
                object
            }
            Self::Text(text) => text.into(),
        }
    }
}
