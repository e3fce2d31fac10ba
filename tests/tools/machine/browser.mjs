import { findChrome, findShell } from "../../../scripts/lib/browser.mjs";

export const executablePath = findShell() ?? findChrome();
// Its sandbox refuses to start for root.
export const args = ["--disable-gpu", "--disable-quic", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
