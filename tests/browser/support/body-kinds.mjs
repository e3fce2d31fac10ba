// The bodies that requests have, and what of them arrives.

import { createHash } from "node:crypto";

/** Every kind of body that fetch takes, as source that runs in the page: once for plain fetch, once for auth.fetch. */
export const bodies = {
  "a string": `["POST", "grüße \\u0000 🗝"]`,
  "an empty string": `["POST", ""]`,
  URLSearchParams: `["POST", new URLSearchParams({ a: "1 2", b: "ü&=" })]`,
  "FormData with a file": `["POST", form()]`,
  "FormData without a file": `["PUT", simpleForm()]`,
  "a Blob with a type": `["POST", new Blob(["<a/>", new Uint8Array([0, 255])], { type: "text/xml" })]`,
  "a Blob without a type": `["POST", new Blob([new Uint8Array([1, 2, 3])])]`,
  "a File": `["PUT", new File(["file"], "f.txt", { type: "text/plain;charset=utf-8" })]`,
  "an ArrayBuffer": `["POST", new Uint8Array(1000).map((_, n) => n).buffer]`,
  "a typed array in the middle of a buffer": `["PATCH", new Uint16Array(new Uint8Array(64).map((_, n) => n).buffer, 8, 20)]`,
  "a DataView": `["POST", new DataView(new Uint8Array(64).map((_, n) => n).buffer, 3, 7)]`,
  "an object that becomes a string": `["POST", { toString: () => "made" }]`,
  "a body with a content type of the caller's": `["POST", '{"a":1}', { "content-type": "application/json" }]`,
  "URLSearchParams with a content type of the caller's": `["POST", new URLSearchParams("a=1"), { "Content-Type": "text/x" }]`,
  "no body": `["DELETE"]`,
};

/** In the page: the request's parts, then what either fetch takes. */
export const inPage = `
  function form() {
    const form = new FormData();
    form.append("name", "Ada Löwe");
    form.append("name", "again\\r\\nand again");
    form.append("file", new File([new Uint8Array([0, 13, 10, 255]), "text"], 'a "quoted" näme.bin', { type: "application/x-test" }));
    form.append("untyped", new Blob(["b"]), "b");
    return form;
  }
  function simpleForm() {
    const form = new FormData();
    form.append("a", "1");
    return form;
  }
`;

/**
 * Has the page send a body, or a Request with it, by plain fetch and then by auth.fetch, whose token has expired. Answers both statuses;
 * the probe has seen these requests and none before.
 */
export function sendBoth(stage, page, source, asRequest = false) {
  stage.authorizationServer.expireAccessTokens();
  stage.probe.requests.length = 0;
  return page.evaluate(`(async () => { ${inPage}
    const [url, asRequest] = ${JSON.stringify([stage.probed("body"), asRequest])};
    const statuses = [];
    for (const send of [fetch, app.auth.fetch]) {
      const [method, body, headers] = ${source};
      const init = { method, body, headers };
      statuses.push((await (asRequest ? send(new Request(url, init)) : send(url, init))).status);
    }
    return statuses;
  })()`);
}

/** A request's body and content type; a form's boundary is chance, so it is the same for all here. */
export function content({ method, headers, body }) {
  const type = headers["content-type"] ?? null;
  const boundary = /boundary=(.+)$/.exec(type ?? "")?.[1];
  const same = (text) => (boundary ? text.replaceAll(boundary, "BOUNDARY") : text);
  return {
    method,
    type: type && same(type),
    body: same(body.toString("latin1")),
    digest: boundary ? null : digest(body),
  };
}

const digest = (body) => createHash("sha256").update(body).digest("hex");
