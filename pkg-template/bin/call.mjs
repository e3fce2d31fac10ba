// What can be told of a call without asking anybody.

import { failure } from "./findings.mjs";
import { usualSeconds } from "./network.mjs";
import { quoted } from "./plain.mjs";

const mostSeconds = 600;

/** `{ seconds }`: how long an answer may take. */
export function checkSeconds(timeout = String(usualSeconds)) {
  const seconds = Number(timeout);
  const isTime = seconds > 0 && seconds <= mostSeconds;
  return { seconds, problems: isTime ? [] : [failure("CALL")`--timeout is ${quoted(timeout)}; it must be a number of seconds, ${mostSeconds} at most`] };
}

/** Whether these are URLs that can be asked or come back to; several may have one name. */
export function checkUrls(urls) {
  const all = Object.entries(urls).flatMap(([name, list]) => [list].flat().map((url) => [name, url]));
  const bad = all.filter(([, url]) => !isWeb(url));
  return bad.map(([name, url]) => failure("CALL")`${name} is ${quoted(url)}, which is no absolute URL of http or https`);
}

const isWeb = (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
