/** Keeps the events of one MCP session, so that a reader may take a stream up again after an event's number. */
export class EventStore {
  #events = [];

  async storeEvent(streamId, message) {
    this.#events.push({ streamId, message });
    return `${this.#events.length}`;
  }

  async getStreamIdForEventId(id) {
    return this.#events[id - 1]?.streamId;
  }

  async replayEventsAfter(id, { send }) {
    const { streamId } = this.#events[id - 1];
    for (const [index, event] of this.#events.entries()) {
      // What opens a stream is an event without a message.
      const isMissed = index >= id && event.streamId === streamId && event.message.jsonrpc;
      if (isMissed) await send(`${index + 1}`, event.message);
    }
    return streamId;
  }
}
