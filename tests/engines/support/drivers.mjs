// The WebDriver sessions, one of each engine: the browser without a window that a person would see, and its driver.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { Browser, Builder, Capabilities } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import firefox from "selenium-webdriver/firefox.js";
import { findFreePort } from "selenium-webdriver/net/portprober.js";
import { DriverService } from "selenium-webdriver/remote/index.js";

import { chromeArguments, findChrome, findDriver } from "../../../scripts/lib/browser.mjs";
import { findFirefox, findGeckodriver, findMiniBrowser } from "../../../scripts/lib/engines.mjs";
import { which } from "../../../scripts/lib/run.mjs";

const timeouts = { script: 60_000, pageLoad: 60_000 };
const start = { chromium: startChromium, firefox: startFirefox, webkit: startWebKit };

/**
 * Starts an engine, by the name that engines.mjs has for it. Resolves to its WebDriver session, how to end all of it, and
 * the `kind` of window that pages are opened in.
 */
export async function startDriver(engine) {
  const { driver, end = () => {}, kind = "tab" } = await start[engine]();
  await driver.manage().setTimeouts(timeouts);
  const close = async () => {
    await driver.quit();
    await end();
  };
  return { driver, close, kind };
}

async function startChromium() {
  const options = new chrome.Options().setChromeBinaryPath(findChrome()).addArguments(...chromeArguments());
  // The driver turns the back/forward cache off otherwise.
  options.excludeSwitches("disable-back-forward-cache");
  const service = new chrome.ServiceBuilder(findDriver());
  return { driver: await new Builder().forBrowser(Browser.CHROME).setChromeOptions(options).setChromeService(service).build() };
}

async function startFirefox() {
  const options = new firefox.Options().setBinary(findFirefox()).addArguments("-headless");
  const service = new firefox.ServiceBuilder(findGeckodriver());
  return { driver: await new Builder().forBrowser(Browser.FIREFOX).setFirefoxOptions(options).setFirefoxService(service).build() };
}

/** Its browser knows no way to do without a display, so there is one that nobody sees. */
async function startWebKit() {
  const display = await startDisplay();
  const port = await findFreePort("127.0.0.1");
  const env = {
    ...process.env,
    DISPLAY: display.name,
    LIBGL_ALWAYS_SOFTWARE: "1",
    // Its sandbox refuses to start for root.
    ...(process.getuid() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }),
  };
  const args = [`--port=${port}`, "--host=127.0.0.1"];
  const service = new DriverService(which("WebKitWebDriver"), { port, args, env, hostname: "127.0.0.1" });
  const end = async () => {
    await service.kill();
    await display.close();
  };
  const own = { binary: findMiniBrowser(), args: ["--automation"] };
  const wanted = new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": own });
  const driver = await new Builder()
    .usingServer(await service.start())
    .withCapabilities(wanted)
    .build();
  // Its tabs can't open windows.
  return { driver, end, kind: "window" };
}

/** An X server with a number of its own choice. */
async function startDisplay() {
  const args = ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"];
  const server = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => server.once("close", () => resolve(null)));
  const number = await Promise.race([once(createInterface({ input: server.stdio[3] }), "line"), ended]);
  if (!number) throw new Error("Xvfb did not start");
  const close = async () => {
    server.kill();
    await ended;
  };
  return { name: `:${number}`, close };
}
