import { TestEnvironment } from "jest-environment-jsdom";

/** jsdom, with what it lacks and Node has. */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    const { fetch, Request, Response, Headers, ReadableStream, TextDecoder, TextEncoder } = globalThis;
    Object.assign(this.global, { fetch, Request, Response, Headers, ReadableStream, TextDecoder, TextEncoder });
  }
}
