// The pages a person meets at the authorization server.

import { escapeHtml as safe } from "./http.mjs";

const SCOPES = {
  openid: ["Know who you are", "your name as you gave it here"],
  profile: ["See your profile", "the name to greet you with"],
  email: ["See your e-mail address", "the address you gave here"],
  "files:read": ["Read your files", "list them and fetch their contents"],
  "files:write": ["Change your files", "create and update them in your name"],
  "files:delete": ["Delete your files", "empty the bin, for good"],
};

export function loginPage({ uid, client, login }) {
  return page(
    "Sign in",
    `<p class="who"><strong>${safe(client.clientName)}</strong> asks you to sign in.</p>
    <form id="login" method="post" action="/interaction/${safe(uid)}/login">
      <label for="name">Your name</label>
      <input id="name" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus
        maxlength="64" value="${safe(login)}" aria-describedby="hint">
      <p id="hint" class="hint">Any name will do: this server runs on your own machine and forgets everything when it
        stops.</p>
      <button type="submit" class="primary">Sign in</button>
    </form>`,
  );
}

export function consentPage({ uid, client, scopes, login, redirectUri }) {
  return page(
    "Allow access?",
    `<p class="who"><strong>${safe(client.clientName)}</strong> wants to act for <strong>${safe(login)}</strong>.
      It asks to:</p>
    <ul class="scopes">${scopes.map(scopeItem).join("")}</ul>
    <form id="consent" method="post" action="/interaction/${safe(uid)}/consent">
      <button type="submit" name="consent" value="allow" class="primary">Allow</button>
      <button type="submit" name="refuse" value="refuse" class="quiet">Refuse</button>
    </form>
    <p class="hint">Either way you go back to <span class="origin">${safe(new URL(redirectUri).origin)}</span>.</p>`,
  );
}

/** `form` is oidc-provider's own, with what protects it from being sent by others. */
export function logoutPage({ form }) {
  return page(
    "Sign out here too?",
    `<p class="who">You are still signed in at this server. The next app that asks will not need you to sign in.</p>
    ${form}
    <p id="logout">
      <button type="submit" form="op.logoutForm" name="logout" value="yes" class="primary">Sign out</button>
      <button type="submit" form="op.logoutForm" class="quiet">Stay signed in</button>
    </p>`,
  );
}

export function endedPage() {
  return page("Signed out", `<p class="who">You are signed out at this server.</p>`);
}

export function errorPage({ error, error_description: description }) {
  return page(
    "That did not work",
    `<p class="who">${safe(description ?? "The authorization server could not carry out this request.")}</p>
    <p class="hint">Error code <code>${safe(error)}</code>. Go back to the app and start again.</p>`,
  );
}

function scopeItem(scope) {
  const [title, detail] = SCOPES[scope] ?? [scope, "a scope this server has no words for"];
  return `<li>
      <span class="scope-title">${safe(title)}</span>
      <span class="scope-detail">${safe(detail)}</span>
      <code>${safe(scope)}</code>
    </li>`;
}

function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${safe(title)} · Gatehouse</title>
  <link rel="stylesheet" href="/pages.css">
  <link rel="icon" href="/favicon.svg">
</head>
<body>
  <main>
    <p class="server">
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 21V4h4v3h3V4h4v3h3V4h4v17h-6v-6a3 3 0 0 0-6 0v6z"/></svg>
      Gatehouse <span>authorization server</span>
    </p>
    <h1>${safe(title)}</h1>
    ${body}
  </main>
</body>
</html>
`;
}
