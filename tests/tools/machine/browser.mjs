import { chromeArguments, findChrome, findShell } from "../../../scripts/lib/browser.mjs";

export const executablePath = findShell() ?? findChrome();
export const args = chromeArguments();
