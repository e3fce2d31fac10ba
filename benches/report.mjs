// Figures as tables, each beside its budget.

import { median, ratioOf } from "./statistics.mjs";

const megabyte = 1_000_000;
const modes = {
  raw: "raw fetch",
  plain: "by hand",
  careful: "by hand, at that pace",
  page: "page mode",
  worker: "Worker",
  sharedWorker: "SharedWorker",
  ownOrigin: "own origin",
  workerRelay: "bare relay, Worker",
  sharedRelay: "bare relay, SharedWorker",
};
/** The limit of each way of running in a worker: the same way with nothing in it. */
const limits = { worker: "workerRelay", sharedWorker: "sharedRelay" };
/** What a call is held against, where that is not the raw fetch. A worker's port is its own, also on another origin. */
const bases = { ...limits, ownOrigin: "sharedWorker" };
const requests = { get: "GET", post: "POST, 2 headers, body" };
const kinds = { json: "2 KB", stream: "2 KB, streamed", "64k": "64 KB", "1m": "1 MB", burst: "2 KB, 500 at once" };

const budgets = {
  wrapper: 2.5,
  calls: { json: { page: 1.05, worker: 1.06, sharedWorker: 1.06, ownOrigin: 1.02 }, stream: { sharedWorker: 1.3 } },
  growth: 4 * megabyte,
  drain: 3,
};

/** Tables as `{ title, note, head, rows }` of what `gather` made of `runs` runs, and the verdicts that were not "pass". */
export function tabulate({ sizes, calls, wrapper, crossing, starts, backlog, wave, surge }, runs) {
  const over = [];
  const range = runs > 1 ? `range of ${runs} runs` : "90 % range";
  const judge = (what, verdict) => {
    if (verdict !== "" && verdict !== "pass") over.push(`${what}: ${verdict}`);
    return verdict;
  };
  const tables = [
    sizes && sizeTable(sizes, judge),
    wrapper && wrapperTable(wrapper, judge, range),
    crossing && crossingTable(crossing, range),
    starts && startTable(starts, range),
    calls && callTable(calls, judge, range),
    backlog && backlogTable(backlog, judge),
    wave && waveTable(wave, judge),
    surge && surgeTable(surge, judge, range),
  ];
  return { tables: tables.filter(Boolean), over };
}

function sizeTable(sizes, judge) {
  const rows = sizes.map(({ name, raw, gzip, brotli, budget }) => {
    const verdict = budget === undefined ? "" : judge(name, brotli <= budget ? "pass" : "over");
    return [name, raw, gzip, brotli, budget ?? "", verdict];
  });
  return {
    title: "Sizes",
    note: "In bytes; budgets are for brotli at quality 11.",
    head: ["file", "raw", "gzip", "brotli", "budget", ""],
    rows,
  };
}

function wrapperTable(wrapper, judge, range) {
  const rows = Object.entries(wrapper).map(([name, { calls, times }]) => {
    const ratio = ratioOf(times.page, times.plain);
    const nanoseconds = [times.plain, times.page].map((list) => Math.round((median(list.flat()) / calls) * 1e6));
    return [requests[name], ...nanoseconds, ...judged(ratio, budgets.wrapper, judge, `wrapper, ${requests[name]}`)];
  });
  return {
    title: "The wrapper alone",
    note: "`fetch` answers at once. Nanoseconds per call in page mode, against the same wrapper by hand in plain JavaScript: URL, allow-list, headers, freshness, defaults, handler for a 401.",
    head: ["request", "by hand", "page mode", "ratio", range, "budget", ""],
    rows,
  };
}

function crossingTable(crossing, range) {
  const rows = Object.entries(crossing).flatMap(([name, { calls, times }]) =>
    Object.entries(limits).map(([mode, limit]) => {
      const microseconds = [limit, mode].map((one) => Math.round((median(times[one].flat()) / calls) * 1e3));
      return [requests[name], modes[mode], ...microseconds, ...ranged(ratioOf(times[mode], times[limit]))];
    }),
  );
  return {
    title: "The way through a worker alone",
    note: "`fetch` answers at once over there. Microseconds from the call to the end of its answer, against a bare relay: a worker that puts a header on, fetches and sends back what came.",
    head: ["request", "mode", "bare relay", "tokenkeep", "ratio", range],
    rows,
  };
}

function startTable(starts, range) {
  const rows = Object.entries(starts).flatMap(([kind, times]) =>
    ["page", "worker", "sharedWorker"]
      .filter((mode) => times[mode])
      .map((mode) => [startKinds[kind], modes[mode], ...startCells(times[mode], times[limits[mode]])]),
  );
  return {
    title: "The start of a page",
    note: "Milliseconds from the first line of the page's script, and from the navigation, until `resume()` knows who is signed in: nobody on the first page, somebody after a reload; medians, and the same for a worker that says hello and nothing else. The ratio is that of the first of the two. Bundled as applications ship it: one file for the page, one for the holder. In page mode the holder is in the page's file, whose loading is in the second column only. Files come over loopback each time.",
    head: ["page", "mode", "script", "navigation", "limit, script", "limit, navigation", "ratio", range],
    rows,
  };
}

const startKinds = { first: "first", again: "reload" };

function startCells(own, limit) {
  const from = (times, start) => times.map((run) => run.map((one) => one[start]));
  const both = (times) => ["script", "navigation"].map((start) => fixed(median(from(times, start).flat()), 1));
  if (!limit) return [...both(own), "", "", "", ""];
  return [...both(own), ...both(limit), ...ranged(ratioOf(from(own, "script"), from(limit, "script")))];
}

function callTable(calls, judge, range) {
  const rows = Object.entries(calls).flatMap(([kind, { calls: perSample, times }]) =>
    Object.entries(times).map(([mode, list]) => {
      const all = list.flat();
      const start = [kinds[kind], modes[mode], all.length, fixed(median(all) / perSample, 3)];
      if (mode === "raw") return [...start, "1.000", "", "", "", "", ""];
      const base = times[bases[mode]] ? bases[mode] : "raw";
      const toRaw = fixed(ratioOf(list, times.raw).value, 3);
      const budget = budgets.calls[kind]?.[mode];
      return [...start, toRaw, modes[base], ...judged(ratioOf(list, times[base]), budget, judge, `${modes[mode]}, ${kinds[kind]}`)];
    }),
  );
  return {
    title: "A call over loopback",
    note: "From the call to the last byte of its answer, in milliseconds, with a fresh token; medians over rounds in which every mode has its turn, and their ratios to a raw `fetch` with the same header and to what is the limit of the mode. A bare relay is a worker that puts the header on, fetches, and sends back what came.",
    head: ["answer", "mode", "rounds", "ms", "to raw fetch", "against", "ratio", range, "budget", ""],
    rows,
  };
}

function backlogTable(backlog, judge) {
  const rows = Object.entries(backlog).map(([mode, runs]) => {
    const results = runs.flat();
    const of = (key) => results.map((result) => result[key]);
    const verdict = mode === "plain" ? "" : judge(`10,000 calls, ${modes[mode]}`, results.every(isWhole) ? "pass" : "lost");
    const times = ["in", "waiting", "out"].map((key) => Math.round(median(of(key))));
    const growth = mode === "plain" ? "" : fixed(Math.max(...of("growth")) / megabyte, 2);
    return [modes[mode], ...times, Math.min(...of("answered")), Math.max(...of("tokenRequests")), growth, verdict];
  });
  return {
    title: "10,000 calls behind one refresh, over loopback",
    note: "Milliseconds until all calls were made, until all waited, and from the release of the token endpoint until the last answer. By hand all go out at once, which is more than Chromium lets a page have under way; the rest fails.",
    head: ["mode", "made", "waiting", "out", "answered", "token requests", "wasm growth, MB", ""],
    rows,
  };
}

function waveTable(wave, judge) {
  const rows = Object.entries(wave).map(([mode, runs]) => {
    const results = runs.flat();
    const times = results.map(({ out }) => out);
    const [least, middle, most] = [Math.min(...times), median(times), Math.max(...times)].map((time) => Math.round(time));
    const all = results.every(isWhole);
    const verdict = judge(`10,000 calls of an API that is no limit, ${modes[mode]}`, all ? "pass" : "lost");
    return [modes[mode], middle, `${least} to ${most}`, all ? "yes" : "no", verdict];
  });
  return {
    title: "10,000 calls behind one refresh, an API that is no limit",
    note: "The API is a function that answers in 2 to 22 ms, however many ask. Milliseconds from the release of the token endpoint until the last answer; medians of rounds, and their range. By hand all go out at once, which an API that comes back may not survive; or at the pace of tokenkeep, 16 at once and with each round of answers a tenth more.",
    head: ["mode", "out", "range", "one token request, none lost", ""],
    rows,
  };
}

const isWhole = ({ lost, tokenRequests }) => lost === 0 && tokenRequests === 1;

function surgeTable(surge, judge, range) {
  const rounds = surge.page.flat();
  const total = (mode, key) => median(surge[mode].flat().map((round) => round[key]));
  const outs = (mode) => surge[mode].map((run) => run.map(({ out }) => out));
  const ratio = ratioOf(outs("page"), outs("plain"));
  const growth = Math.max(...rounds.map((round) => round.growth));
  const all = rounds.every(isWhole);
  const times = (mode) => [Math.round(total(mode, "in")), Math.round(total(mode, "out"))];
  const growthVerdict = judge("100,000 calls, wasm growth", growth < budgets.growth ? "pass" : "over");
  return {
    title: "100,000 calls behind one refresh, page mode",
    note: `\`fetch\` answers at once; medians of ${rounds.length} rounds, against one shared promise by hand. Milliseconds.`,
    head: ["figure", "by hand", "page mode", "ratio", range, "budget", ""],
    rows: [
      ["calls made", times("plain")[0], times("page")[0], fixed(total("page", "in") / total("plain", "in"), 3), "", "", ""],
      ["drained", times("plain")[1], times("page")[1], ...judged(ratio, budgets.drain, judge, "100,000 calls, drain")],
      ["wasm growth, MB", "", fixed(growth / megabyte, 2), "", "", `< ${budgets.growth / megabyte}`, growthVerdict],
      [
        "one token request, none lost",
        "",
        all ? "yes" : "no",
        "",
        "",
        "",
        judge("100,000 calls, one token request", all ? "pass" : "lost"),
      ],
    ],
  };
}

const ranged = ({ value, low, high }) => [fixed(value, 3), `${fixed(low, 3)} to ${fixed(high, 3)}`];

/** The cells of a ratio: value, range, budget and verdict. */
function judged({ value, low, high }, budget, judge, what) {
  const cells = ranged({ value, low, high });
  if (budget === undefined) return [...cells, "", ""];
  const verdict = value <= budget ? "pass" : low <= budget ? "over, within noise" : "over";
  return [...cells, fixed(budget, 2), judge(`${what} (${cells[0]}, budget ${fixed(budget, 2)})`, verdict)];
}

const fixed = (number, digits) => number.toFixed(digits);
