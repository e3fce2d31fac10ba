import { test as nodeTest } from "node:test";

/** A test that ends, even when what it waits for never comes. */
export const test = (name, work) => nodeTest(name, { timeout: 120_000 }, work);
