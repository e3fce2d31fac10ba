import App from "./App.svelte";

globalThis.app = new App({ target: document.getElementById("app"), hydrate: true });
