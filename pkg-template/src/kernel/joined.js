// Short enough for nobody to notice, and many answers come within it where many are awaited.
const moment = 1;

/** Messages for one page that go out as one: waking a page up costs more than what it is told. */
export class Joined {
  #post;
  #messages = [];

  constructor(post) {
    this.#post = post;
  }

  add(message) {
    if (this.#messages.push(message) === 1) setTimeout(() => this.flush(), moment);
  }

  /** Posts them now, before whatever else is said. */
  flush() {
    const messages = this.#messages;
    this.#messages = [];
    if (messages[0]) this.#post(messages);
  }
}
