/**
 * The body that a form becomes (RFC 7578, and what HTML says of encoding it), for browsers that can't read what they themselves
 * make of it: Safari's engine, where there is a file in it. `entries` are the form's, `headers` what the browser says of that body.
 * Without entries the `error` is thrown that reading it ended in.
 */
export function encode(entries, headers, error) {
  if (!entries[0]) throw error;
  const [, boundary] = headers.get("content-type").split("boundary=");
  const parts = entries.flatMap(([name, value]) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(normalized(name))}"`;
    if (typeof value === "string") return [`${head}\r\n\r\n${normalized(value)}\r\n`];
    const file = `${head}; filename="${quoted(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}`;
    return [`${file}\r\n\r\n`, value, "\r\n"];
  });
  return new Blob([...parts, `--${boundary}--\r\n`]);
}

const normalized = (text) => text.replace(/\r?\n|\r/g, "\r\n");

const escapes = { "\n": "%0A", "\r": "%0D", '"': "%22" };
const quoted = (text) => text.replace(/[\n\r"]/g, (one) => escapes[one]);
