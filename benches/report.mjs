// Figures as tables, each beside its budget.

import { median, ratioOf } from "./statistics.mjs";

const megabyte = 1_000_000;
const modes = {
  raw: "raw fetch",
  plain: "by hand",
  page: "page mode",
  worker: "Worker",
  sharedWorker: "SharedWorker",
  ownOrigin: "own origin",
};
const requests = { get: "GET", post: "POST, 2 headers, body" };
const kinds = { json: "2 KB", stream: "2 KB, streamed", "64k": "64 KB", "1m": "1 MB", burst: "2 KB, 500 at once" };

const budgets = {
  wrapper: 2.5,
  calls: { json: { page: 1.03, sharedWorker: 1.1 }, stream: { sharedWorker: 1.3 } },
  // Against the same worker of the page's own origin: the port is the worker's own there too.
  ownOrigin: 1.02,
  growth: 4 * megabyte,
  drain: 3,
};

/** Tables as `{ title, note, head, rows }`, and the verdicts that were not "pass". */
export function tabulate({ sizes, calls, wrapper, backlog, surge }) {
  const over = [];
  const judge = (what, verdict) => {
    if (verdict !== "" && verdict !== "pass") over.push(`${what}: ${verdict}`);
    return verdict;
  };
  const tables = [
    sizes && sizeTable(sizes, judge),
    wrapper && wrapperTable(wrapper, judge),
    calls && callTable(calls, judge),
    backlog && backlogTable(backlog, judge),
    surge && surgeTable(surge, judge),
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

function wrapperTable(wrapper, judge) {
  const rows = Object.entries(wrapper).map(([name, { calls, times }]) => {
    const ratio = ratioOf(times.page, times.plain);
    const nanoseconds = [times.plain, times.page].map((list) => Math.round((median(list) / calls) * 1e6));
    return [requests[name], ...nanoseconds, ...judged(ratio, budgets.wrapper, judge, `wrapper, ${requests[name]}`)];
  });
  return {
    title: "The wrapper alone",
    note: "`fetch` answers at once. Nanoseconds per call in page mode, against the same wrapper by hand in plain JavaScript: URL, allow-list, headers, freshness, defaults, handler for a 401.",
    head: ["request", "by hand", "page mode", "ratio", "90 % range", "budget", ""],
    rows,
  };
}

function callTable(calls, judge) {
  const rows = Object.entries(calls).flatMap(([kind, { calls: perSample, times }]) =>
    Object.entries(times).map(([mode, list]) => {
      const milliseconds = fixed(median(list) / perSample, 3);
      const start = [kinds[kind], modes[mode], list.length, milliseconds];
      if (mode === "raw") return [...start, "1.000", "", "", ""];
      if (mode === "ownOrigin") {
        return [
          ...start,
          ...judged(ratioOf(list, times.sharedWorker), budgets.ownOrigin, judge, `own origin against SharedWorker, ${kinds[kind]}`),
        ];
      }
      const budget = budgets.calls[kind]?.[mode];
      return [...start, ...judged(ratioOf(list, times.raw), budget, judge, `${modes[mode]}, ${kinds[kind]}`)];
    }),
  );
  return {
    title: "A call over loopback",
    note: "From the call to the last byte of its answer, in milliseconds, with a fresh token; medians over rounds in which every mode has its turn, and their ratio to a raw `fetch` with the same header; that of the holder on an origin of its own is to the SharedWorker of the page's own.",
    head: ["answer", "mode", "rounds", "ms", "ratio", "90 % range", "budget", ""],
    rows,
  };
}

function backlogTable(backlog, judge) {
  const rows = Object.entries(backlog).map(([mode, result]) => {
    const { in: handedOver, waiting, out, answered, tokenRequests, growth } = result;
    const verdict =
      mode === "plain" ? "" : judge(`10,000 calls, ${modes[mode]}`, answered === 10_000 && tokenRequests === 1 ? "pass" : "over");
    const times = [handedOver, waiting, out].map((time) => Math.round(time));
    return [modes[mode], ...times, answered, tokenRequests, growth === undefined ? "" : fixed(growth / megabyte, 2), verdict];
  });
  return {
    title: "10,000 calls behind one refresh, over loopback",
    note: "Milliseconds until all calls were made, until all waited, and from the release of the token endpoint until the last answer. By hand all go out at once, which is more than Chromium lets a page have under way; the rest fails.",
    head: ["mode", "made", "waiting", "out", "answered", "token requests", "wasm growth, MB", ""],
    rows,
  };
}

function surgeTable(surge, judge) {
  const total = (mode, key) => median(surge[mode].map((round) => round[key]));
  const ratio = ratioOf(
    surge.page.map(({ out }) => out),
    surge.plain.map(({ out }) => out),
  );
  const growth = Math.max(...surge.page.map((round) => round.growth));
  const all = surge.page.every(({ lost, tokenRequests }) => lost === 0 && tokenRequests === 1);
  const times = (mode) => [Math.round(total(mode, "in")), Math.round(total(mode, "out"))];
  const growthVerdict = judge("100,000 calls, wasm growth", growth < budgets.growth ? "pass" : "over");
  return {
    title: "100,000 calls behind one refresh, page mode",
    note: `\`fetch\` answers at once; medians of ${surge.page.length} rounds, against one shared promise by hand. Milliseconds.`,
    head: ["figure", "by hand", "page mode", "ratio", "90 % range", "budget", ""],
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
        judge("100,000 calls, one token request", all ? "pass" : "over"),
      ],
    ],
  };
}

/** The cells of a ratio: value, range, budget and verdict. */
function judged({ value, low, high }, budget, judge, what) {
  const cells = [fixed(value, 3), `${fixed(low, 3)} to ${fixed(high, 3)}`];
  if (budget === undefined) return [...cells, "", ""];
  const verdict = value <= budget ? "pass" : low <= budget ? "over, within noise" : "over";
  return [...cells, fixed(budget, 2), judge(`${what} (${cells[0]}, budget ${fixed(budget, 2)})`, verdict)];
}

const fixed = (number, digits) => number.toFixed(digits);
