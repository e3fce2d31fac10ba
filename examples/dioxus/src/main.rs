mod auth;

use dioxus::prelude::*;
use serde::Deserialize;
use tokenkeep_client::{
    Auth,
    dioxus::{Guard, use_auth, use_auth_provider, use_session},
};

const FILES: &str = "https://api.example.com/v1/files";

#[derive(Deserialize)]
struct Listing {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
}

async fn list(auth: &Auth) -> Result<Vec<String>, String> {
    let response = auth.get(FILES).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("The files can't be had: {}", response.status()));
    }
    let listing: Listing = response.json().await.map_err(|error| error.to_string())?;
    Ok(listing.files.into_iter().map(|file| file.name).collect())
}

#[component]
fn Files() -> Element {
    let (used, session) = (use_auth(), use_session());
    let user = session().and_then(|session| session.subject().map(str::to_owned));
    let mut files = use_signal(|| Ok::<Vec<String>, String>(Vec::new()));
    rsx! {
        h1 { "Files of " {user} }
        button { onclick: move |_| async move { files.set(list(&used.auth()).await) }, "Look" }
        button { onclick: move |_| used.sign_out(), "Sign out" }
        match files() {
            Ok(names) => rsx! { ul { for name in names { li { "{name}" } } } },
            Err(words) => rsx! { p { role: "alert", "{words}" } },
        }
    }
}

#[component]
fn App() -> Element {
    use_auth_provider(auth::auth);
    rsx! { Guard { Files {} } }
}

fn main() {
    dioxus::launch(App);
}
