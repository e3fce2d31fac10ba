mod auth;

use serde::Deserialize;
use tokenkeep_client::Auth;
use tokenkeep_client::yew::{AuthProvider, Guard, use_auth, use_session};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

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
fn Files() -> Html {
    let (used, auth, session) = (use_auth(), use_auth().auth(), use_session());
    let files = use_state(|| Ok(Vec::new()));
    let listed = match &*files {
        Ok(names) => html! { <ul>{ for names.iter().map(|name| html! { <li>{ name }</li> }) }</ul> },
        Err(words) => html! { <p role="alert">{ words }</p> },
    };
    let look = move |_| {
        let (auth, files) = (auth.clone(), files.clone());
        spawn_local(async move { files.set(list(&auth).await) });
    };
    html! {
        <>
            <h1>{ "Files of " }{ session.as_ref().and_then(|session| session.subject()) }</h1>
            <button onclick={look}>{ "Look" }</button>
            <button onclick={move |_| used.sign_out()}>{ "Sign out" }</button>
            { listed }
        </>
    }
}

#[component]
fn App() -> Html {
    let auth = use_memo((), |()| auth::auth());
    html! { <AuthProvider auth={(*auth).clone()}><Guard><Files /></Guard></AuthProvider> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
