import { test as nodeTest } from "node:test";

/** A test that ends, even when what it waits for never comes. */
export const test = (name, work, patience = 60_000) => nodeTest(name, { timeout: patience }, work);
