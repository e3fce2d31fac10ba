import { auth } from "./auth.js";

/** Shows the person's files, or a button to sign in. */
export async function showFiles(root) {
  auth.addEventListener("signedout", () => root.replaceChildren("You were signed out."));
  const session = await auth.resume({ silent: true });
  if (session) root.replaceChildren(await list());
  else root.replaceChildren(button("Sign in", () => auth.signIn({ returnTo: "/" })));
}

async function list() {
  const response = await auth.fetch("https://api.example.com/v1/files");
  if (!response.ok) return element("p", `The files can't be had (${response.status}).`);
  const items = (await response.json()).map(({ name }) => element("li", name));
  const made = element("ul");
  made.append(...items);
  return made;
}

function button(text, act) {
  const made = element("button", text);
  made.addEventListener("click", act);
  return made;
}

const element = (name, textContent = "") => Object.assign(document.createElement(name), { textContent });
