mod auth;

use leptos::{mount::mount_to_body, prelude::*, task::spawn_local};
use serde::Deserialize;
use tokenkeep_client::{
    Auth,
    leptos::{Guard, provide_auth, use_auth, use_session},
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
fn Files() -> impl IntoView {
    let (used, session) = (use_auth(), use_session());
    let user = move || session.get().and_then(|session| session.subject().map(str::to_owned));
    let files = RwSignal::new(Ok(Vec::new()));
    let look = move |_| spawn_local(async move { files.set(list(&used.auth()).await) });
    let listed = move || match files.get() {
        Ok(names) => names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view().into_any(),
        Err(words) => view! { <li role="alert">{words}</li> }.into_any(),
    };
    view! {
        <h1>"Files of " {user}</h1>
        <button on:click=look>"Look"</button>
        <button on:click=move |_| used.sign_out()>"Sign out"</button>
        <ul>{listed}</ul>
    }
}

#[component]
fn App() -> impl IntoView {
    provide_auth(auth::auth());
    view! { <Guard><Files /></Guard> }
}

fn main() {
    mount_to_body(App);
}
