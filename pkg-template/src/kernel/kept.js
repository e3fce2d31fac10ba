/** A stream that can be sent from its start again, for as long as no more than `limit` bytes of it were read. */
export class Kept {
  #reader;
  #room;
  #reads = [];
  #next;
  #turn = 0;
  #signal;
  #abort = () => this.cancel(this.#signal.reason);

  /** Until all of it is read `signal` cancels it, also after an answer that came earlier. */
  constructor(stream, limit, signal) {
    this.#reader = stream.getReader();
    this.#room = limit;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
  }

  get whole() {
    return this.#room >= 0;
  }

  /** From the start; what was opened before is over. */
  open() {
    const turn = ++this.#turn;
    let at = 0;
    const pull = async (controller) => {
      const { done, value } = this.#reads[at] ?? (await this.#read());
      at += 1;
      if (turn !== this.#turn) return;
      if (done) controller.close();
      else controller.enqueue(value);
    };
    const cancel = (reason) => turn === this.#turn && !this.whole && this.cancel(reason);
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  cancel(reason) {
    this.#forget();
    this.#reader.cancel(reason).catch(() => {});
  }

  #forget() {
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  // Whoever was refused may still wait for this, and whoever is sent next waits for the same.
  #read() {
    this.#next ??= this.#reader.read().then((read) => {
      this.#next = undefined;
      if (read.done) this.#forget();
      if (this.whole) this.#reads.push(read);
      this.#room -= read.value?.byteLength ?? 0;
      return read;
    });
    return this.#next;
  }
}
