import { auth } from "./auth.js";
import { callback } from "./callback.js";

const at = (id) => document.getElementById(id);
const show = () => {
  at("who").textContent = auth.session ? "somebody" : "nobody";
};

async function call() {
  at("answer").textContent = "";
  const { url } = await (await fetch("/api.json")).json();
  const { status } = await auth.fetch(url);
  at("answer").textContent = status;
}

at("build").textContent = "first build";
at("sign-in").addEventListener("click", () => auth.signIn({ returnTo: "/" }));
at("call").addEventListener("click", () => void call());
auth.subscribe(show);
callback().then(show, ({ message }) => {
  at("who").textContent = message;
});
