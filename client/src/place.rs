//! Where the page is, how it came there, and what its tab remembers.

use wasm_bindgen::JsValue;
use web_sys::{PopStateEvent, PopStateEventInit, Storage, Window};

use crate::{js, state::Page};

/// Where a sign-in began that is under way.
const LEFT: &str = "tokenkeep-left";
/// When this tab last came back and had no session.
const FRUITLESS: &str = "tokenkeep-fruitless";

pub(crate) fn address() -> String {
    web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

pub(crate) fn page() -> Page {
    let fruitless = recall(FRUITLESS).and_then(|time| time.parse().ok());
    Page { is_framed: is_framed(), is_of_history: is_of_history(), now: now(), fruitless }
}

pub(crate) fn is_framed() -> bool {
    let Some(window) = web_sys::window() else { return false };
    !matches!(window.top(), Ok(Some(top)) if top.location().href().is_ok())
}

fn is_of_history() -> bool {
    let performance = web_sys::window().and_then(|window| window.performance());
    let navigation = performance.map(|performance| performance.get_entries_by_type("navigation").get(0));
    navigation.is_some_and(|entry| js::get(&entry, "type").as_string().as_deref() == Some("back_forward"))
}

pub(crate) fn note_fruitless() {
    remember(FRUITLESS, &now().to_string());
}

/// As a whole number: writing and reading others costs kilobytes.
fn now() -> u64 {
    js_sys::Date::now() as u64
}

pub(crate) fn note_left() {
    remember(LEFT, &address());
}

/// Where the sign-in began that this tab is back from, once.
pub(crate) fn come_back() -> Option<String> {
    let left = recall(LEFT)?;
    let _ = memory()?.remove_item(LEFT);
    Some(left)
}

/// None where the browser lends no storage.
fn memory() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn recall(name: &str) -> Option<String> {
    memory()?.get_item(name).ok()?
}

fn remember(name: &str, value: &str) {
    if let Some(memory) = memory() {
        let _ = memory.set_item(name, value);
    }
}

/// Has routers read the address again, without the response. Where they are given no state they keep none of before.
pub(crate) fn go_on(return_to: Option<&str>) {
    let Some(window) = web_sys::window() else { return };
    let address = return_to.map_or_else(address, str::to_owned);
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&address));
    }
    tell(&window);
}

fn tell(window: &Window) {
    let init = PopStateEventInit::new();
    init.set_state(&JsValue::NULL);
    if let Ok(event) = PopStateEvent::new_with_event_init_dict("popstate", &init) {
        let _ = window.dispatch_event(&event);
    }
}
