import { test as nodeTest } from "node:test";

/** A test that ends, even when what it waits for never comes. */
export const test = (name, work, patience = 60_000) => nodeTest(name, { timeout: patience }, work);

/** A test of what does not work yet; `why` is told wherever tests are run. */
export const knownGap = (why, name, work) => nodeTest(name, { skip: why }, work);
