//! What examples/leptos is without tokenkeep: the same list by gloo-net, and nobody signs in.

use std::sync::Arc;

use gloo_net::{Error, http::Request};
use leptos::{mount::mount_to_body, prelude::*, task::spawn_local};
use serde::Deserialize;

const FILES: &str = "https://api.example.com/v1/files";

#[derive(Deserialize)]
struct Listing {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
}

async fn list() -> Result<Vec<String>, Error> {
    let listing: Listing = Request::get(FILES).send().await?.json().await?;
    Ok(listing.files.into_iter().map(|file| file.name).collect())
}

#[component]
fn Files() -> impl IntoView {
    let files = RwSignal::new(Ok(Vec::new()));
    let look = move |_| spawn_local(async move { files.set(list().await.map_err(Arc::new)) });
    let listed =
        move || files.get().map(|names| names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view());
    view! {
        <h1>"Files"</h1>
        <button on:click=look>"Look"</button>
        <ErrorBoundary fallback=|_| view! { <p role="alert">"The files can't be had."</p> }>
            <ul>{listed}</ul>
        </ErrorBoundary>
    }
}

#[component]
fn App() -> impl IntoView {
    view! { <Files /> }
}

fn main() {
    mount_to_body(App);
}
