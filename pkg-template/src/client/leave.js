/** Goes to the authorization server for good. An ID token goes there in a form, since URLs end in histories and logs. */
export function leave(href, idTokenHint) {
  if (!idTokenHint) location.assign(href);
  else {
    const url = new URL(href);
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: url.origin + url.pathname });
    for (const [name, value] of [...url.searchParams, ["id_token_hint", idTokenHint]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
  }
  return new Promise(() => {});
}
