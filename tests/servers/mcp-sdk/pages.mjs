// The two forms of the MCP SDK's authorization server.

import { escapeHtml as safe } from "../../../www/server/http.mjs";

const page = (id, form) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<form id="${id}" method="post" action="/person/${id}">${form}</form></html>`;

export const loginPage = ({ id, client }) =>
  page(
    "login",
    `<p>${safe(client.client_name)} asks you to sign in.</p>
    <input type="hidden" name="id" value="${id}">
    <label>Your name <input name="login" required></label>
    <button type="submit">Sign in</button>`,
  );

export const consentPage = ({ id, client, scopes, login }) =>
  page(
    "consent",
    `<p>${safe(client.client_name)} wants to act for ${safe(login)}: ${safe(scopes.join(", "))}.</p>
    <input type="hidden" name="id" value="${id}">
    <button type="submit" name="consent" value="allow">Allow</button>
    <button type="submit">Refuse</button>`,
  );
