// A feed of numbered events that a reader may leave and take up again where it was, as the specification of
// server-sent events has it.

const RETRY_MS = 50;

export class Feed {
  #events = [];
  #readers = new Set();

  /** Sends an event to everybody who listens, and keeps it for those who come back. */
  publish(data) {
    const event = `id: ${this.#events.length + 1}\ndata: ${data}\n\n`;
    this.#events.push(event);
    for (const reader of this.#readers) reader.write(event);
  }

  /** How many listen at the moment. */
  get readers() {
    return this.#readers.size;
  }

  /** Ends every connection: in good order, or broken off in the middle. */
  end({ isBroken = false } = {}) {
    for (const reader of this.#readers) {
      this.#readers.delete(reader);
      if (isBroken) reader.destroy();
      else reader.end();
    }
  }

  /** Answers with all that has come after `lastEventId`, and then with what comes. */
  follow(response, lastEventId) {
    const known = Number(lastEventId ?? 0);
    if (!(known <= this.#events.length)) throw new Error("there is no such event");
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write([`retry: ${RETRY_MS}\n\n`, ...this.#events.slice(known)].join(""));
    this.#readers.add(response);
    response.once("close", () => this.#readers.delete(response));
  }
}
