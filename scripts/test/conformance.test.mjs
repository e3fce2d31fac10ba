import assert from "node:assert/strict";
import { test } from "node:test";

import { checkConformance, problemsOf, readTable, summary } from "../lib/conformance.mjs";
import { idsIn, testsIn } from "../lib/named-tests.mjs";
import { root } from "../lib/paths.mjs";

const prefixes = new Set(["AB", "CD"]);

const rust = `//! AB-9 in a file's description belongs to no test.
fn helper() {
    assert!(true, "AB-8");
}

/// CD-3
#[test]
fn a_first_test() {
    if true {
        assert!(true, "AB-1 to AB-3");
    }
}

proptest! {
    #[test]
    fn a_nested_one(text in ".*") {
        prop_assert!(true, "CD-1");
    }
}
`;

const script = `const cases = {
  "a case (AB-4)": ["x"],
  "a row of a table": [{}, "AB-5", /x/],
};
// A comment (AB-6) is no case.
for (const mode of modes) {
  test(\`\${mode}: a test (AB-1, CD-2)\`, async (t) => {
    await t.test("a part (CD-4)", () => {
      assert.ok(true);
    });
  });
}
test("short (AB-7)", () => {});
knownGap("why", "skipped (CD-9)", async (t) => {});
`;

const titles = (file, text) => testsIn(file, text, prefixes).map(({ title, ids }) => [title, [...ids].join(" ")]);

test("tests in Rust are found with the rows they name", () => {
  assert.deepEqual(titles("tests/vectors/x.rs", rust), [
    ["a first test", "CD-3 AB-1 AB-2 AB-3"],
    ["a nested one", "CD-1"],
  ]);
  assert.equal(testsIn("tests/vectors/x.rs", rust, prefixes)[0].file, "vectors/x");
});

test("tests in scripts are found, with their parts and cases, and without what is skipped", () => {
  assert.deepEqual(titles("tests/browser/x.test.mjs", script), [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what is read is text
    ["${mode}: a test (AB-1, CD-2)", "AB-1 CD-2 CD-4"],
    ["a part (CD-4)", "CD-4"],
    ["short (AB-7)", "AB-7"],
    ["a case (AB-4)", "AB-4"],
    ["a row of a table", "AB-5"],
  ]);
});

test("lines that the compiler must refuse are tests too", () => {
  assert.deepEqual(titles("tests/types/x.ts", "// @ts-expect-error no secret (AB-3)\nhold();\n"), [["no secret (AB-3)", "AB-3"]]);
});

test("only ids of the table's kinds are ids", () => {
  assert.deepEqual([...idsIn("AB-1, SHA-256, XAB-2, AB-10 to AB-12, AB-x", prefixes)], ["AB-1", "AB-10", "AB-11", "AB-12"]);
});

const tests = testsIn("tests/vectors/x.rs", rust, prefixes);
const table = (...rows) => `## 1. Group\n\n| id | strength | requirement | shown by |\n|---|---|---|---|\n${rows.join("\n")}\n`;
const good = ["AB-1", "AB-2", "AB-3", "CD-1", "CD-3"].map(
  (id) => `| ${id} | MUST | x | vectors/x: ${id === "CD-1" ? "nested" : "first"} |`,
);
const complaints = (text) => {
  const { rows, problems } = readTable(text);
  return [...problems, ...problemsOf(rows, tests)];
};

test("a table that agrees with the tests has no problems", () => {
  assert.deepEqual(complaints(table(...good)), []);
});

for (const [name, change, complaint] of [
  ["a row without a test", (rows) => [...rows, "| AB-7 | MUST NOT* | x | |"], /AB-7: a MUST NOT\* without a test/],
  ["an open MUST", (rows) => [...rows, "| AB-7 | MUST | x | open: nobody has written one |"], /AB-7: a MUST without/],
  ["a SHOULD without a word", (rows) => [...rows, "| AB-7 | SHOULD | x | |"], /AB-7: neither a test nor a reason/],
  ["an excuse that says nothing", (rows) => [...rows, "| AB-7 | MUST | x | excused: no |"], /AB-7/],
  ["a test that is not there", (rows) => [rows[0].replace("first", "last"), ...rows.slice(1)], /AB-1: no test "vectors\/x: last"/],
  ["a file that is not there", (rows) => [rows[0].replace("vectors", "session"), ...rows.slice(1)], /AB-1: no test/],
  ["a file without a test", (rows) => [rows[0].replace(": first", ""), ...rows.slice(1)], /AB-1: no test/],
  ["a test that names another row", (rows) => [rows[0].replace("first", "nested"), ...rows.slice(1)], /AB-1: .* does not name the row/],
  ["an id that the tests know and the table doesn't", (rows) => rows.slice(1), /AB-1: no such row, named by vectors\/x: a first test/],
  ["a row twice", (rows) => [...rows, rows[0]], /AB-1: more than one row/],
  ["a strength of its own", (rows) => [rows[0].replace("MUST", "OUGHT"), ...rows.slice(1)], /AB-1: OUGHT is no strength/],
  ["a broken line", (rows) => [...rows, "| AB-7 | MUST | x |"], /not a row of a group/],
]) {
  test(`${name} is a problem`, () => {
    assert.match(complaints(table(...change(good))).join("\n"), complaint);
  });
}

test("words that fit two tests that name the row are a problem", () => {
  const twice = [...tests, { ...tests[0], title: "a first thing" }];
  assert.match(problemsOf(readTable(table(...good)).rows, twice).join("\n"), /AB-1: "vectors\/x: first" is 2 tests/);
});

test("groups after the seventeenth may have open rows", () => {
  const late = table(...good)
    .replace("## 1.", "## 18.")
    .replace(/vectors\/x: nested/, "open: for another day");
  assert.deepEqual(complaints(late), []);
  assert.match(summary(readTable(late).rows), /18 +5 rows +4 shown +open: CD-1\n5 rows, 4 shown by tests, 1 not/);
});

test("the checkout's own table and tests are read", () => {
  const { rows, tests: found } = checkConformance(root);
  assert.ok(rows.length > 300 && found.length > 1_000, `${rows.length} rows, ${found.length} tests`);
});
