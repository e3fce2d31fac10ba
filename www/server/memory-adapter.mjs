// Where one authorization server keeps its grants, tokens and sessions: a Map of its own, so that two servers in one
// process share nothing. It implements the adapter interface of oidc-provider for the models the demo uses.

export class MemoryStore {
  #entries = new Map();
  #clients;

  /** `clients` answers a client's metadata by its id, at each use: redirection URIs may become known later. */
  constructor(clients) {
    this.#clients = clients;
  }

  adapterFor(model) {
    return model === "Client" ? { find: async (id) => this.#clients(id) } : new ModelAdapter(model, this.#entries);
  }

  /** Forgets every grant and every token and code issued under one. Sign-in sessions stay. */
  dropGrants() {
    for (const [key, { model, payload }] of this.#entries) {
      if (model === "Grant" || payload.grantId) this.#entries.delete(key);
    }
  }
}

class ModelAdapter {
  #model;
  #entries;

  constructor(model, entries) {
    this.#model = model;
    this.#entries = entries;
  }

  #key(id) {
    return `${this.#model}:${id}`;
  }

  async upsert(id, payload) {
    this.#entries.set(this.#key(id), { model: this.#model, payload });
  }

  async find(id) {
    return this.#entries.get(this.#key(id))?.payload;
  }

  async findByUid(uid) {
    for (const { model, payload } of this.#entries.values()) {
      if (model === this.#model && payload.uid === uid) return payload;
    }
    return undefined;
  }

  async consume(id) {
    const entry = this.#entries.get(this.#key(id));
    if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.#entries.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, { model, payload }] of this.#entries) {
      if (model === this.#model && payload.grantId === grantId) this.#entries.delete(key);
    }
  }
}
