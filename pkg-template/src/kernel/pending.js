/** Promises that the core settles, by the numbers that it knows them by. */
export class Pending {
  #settlers = new Map();

  /** `settlers` are `{ resolve, reject }`. */
  add(id, settlers) {
    this.#settlers.set(id, settlers);
  }

  has(id) {
    return this.#settlers.has(id);
  }

  /** The settlers of `id`, which isn't here any more; undefined if it wasn't. */
  take(id) {
    const settlers = this.#settlers.get(id);
    this.#settlers.delete(id);
    return settlers;
  }

  rejectAll(error) {
    for (const { reject } of this.#settlers.values()) reject(error);
    this.#settlers.clear();
  }
}
