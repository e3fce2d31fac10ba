// What only the developer knows: from the options, else asked for where somebody sits at a terminal.

import { createInterface } from "node:readline/promises";

import { isWeb } from "../call.mjs";
import { quoted, shown } from "../plain.mjs";

const loopback = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/;
const isSecure = (url) => isWeb(url) && (new URL(url).protocol === "https:" || loopback.test(new URL(url).hostname));
const isPath = (text) => /^\/[^/\\]/.test(text) && URL.canParse(text, "https://app.example.com");

/** By option: the question, whether an answer will do and what it must be, and what is taken where nothing is said. */
const questions = {
  issuer: {
    asks: "Issuer of the authorization server, such as https://as.example.com",
    will: isSecure,
    must: "be a URL of https, or of http to this machine",
  },
  "client-id": { asks: "Client id that is registered there", will: (text) => text !== "", must: "not be empty" },
  api: {
    asks: "Base URLs of the APIs that get the token, with spaces between them",
    will: (text) => text !== "" && words(text).every(isSecure),
    must: "be URLs of https, or of http to this machine",
  },
  scope: { asks: "Scope", usual: "openid", will: (text) => text !== "", must: "not be empty" },
  "redirect-uri": {
    asks: "Redirection URI that is registered there, or its path",
    usual: "/callback",
    will: (text) => isPath(text) || isSecure(text),
    must: "be a path, or a URL of https, or of http to this machine",
  },
};

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

/** The answers by option, checked. `terminal` is where to ask, undefined if nobody is there. */
export async function answersFrom(options, terminal) {
  const given = { ...options, api: options.api?.join(" ") };
  const missing = Object.keys(questions).filter((name) => given[name] === undefined && !(options.yes && questions[name].usual));
  const answers = terminal && !options.yes ? await ask(missing, terminal) : {};
  const all = Object.fromEntries(
    Object.entries(questions).map(([name, { usual }]) => [name, (given[name] ?? answers[name] ?? usual)?.trim()]),
  );
  const absent = Object.keys(all).filter((name) => all[name] === undefined);
  if (absent.length > 0) throw new Error(`nobody is here to be asked: give ${absent.map((name) => `--${name}`).join(", ")}`);
  for (const [name, answer] of Object.entries(all)) check(name, answer);
  return { ...all, api: words(all.api) };
}

async function ask(names, { input, output }) {
  const reader = createInterface({ input, output });
  const answers = {};
  try {
    for (const name of names) answers[name] = await askOne(reader, output, questions[name]);
  } finally {
    reader.close();
  }
  return answers;
}

async function askOne(reader, output, { asks, usual, will, must }) {
  for (;;) {
    const answer = (await reader.question(`${asks}${usual ? ` [${usual}]` : ""}: `)).trim() || (usual ?? "");
    if (will(answer)) return answer;
    output.write(`It must ${must}.\n`);
  }
}

function check(name, answer) {
  const { will, must } = questions[name];
  if (!will(answer)) throw new Error(`--${name} is ${quoted(shown(answer))}; it must ${must}`);
}
