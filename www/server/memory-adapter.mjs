// Where one authorization server keeps its grants, tokens and sessions: a Map of its own, so that two servers in one
// process share nothing. It implements the adapter interface of oidc-provider for the models the demo uses.

export class MemoryStore {
  #entries = new Map();
  #clients;
  #registered = new Map();
  #reuseGrace;

  /**
   * `clients` answers a client's metadata by its id, at each use: redirection URIs may become known later. A refresh
   * token counts as used only when its first use is `reuseGrace` seconds ago.
   */
  constructor(clients, { reuseGrace = 0 } = {}) {
    this.#clients = clients;
    this.#reuseGrace = reuseGrace;
  }

  adapterFor(model) {
    if (model === "Client") return this.#clientAdapter();
    return new ModelAdapter(model, this.#entries, model === "RefreshToken" ? this.#reuseGrace : 0);
  }

  /** Clients that registered themselves are kept beside those that were there before. */
  #clientAdapter() {
    return {
      find: async (id) => this.#clients(id) ?? this.#registered.get(id),
      upsert: async (id, metadata) => void this.#registered.set(id, metadata),
      destroy: async (id) => void this.#registered.delete(id),
    };
  }

  /** Makes every sign-in so far look as if it had been made `seconds` earlier. */
  ageSignIns(seconds) {
    for (const { payload } of this.#entries.values()) {
      for (const name of ["loginTs", "authTime"]) if (payload[name]) payload[name] -= seconds;
    }
  }

  /** Forgets every access token, so that the server's own endpoints refuse them too. */
  dropAccessTokens() {
    for (const [key, { model }] of this.#entries) if (model === "AccessToken") this.#entries.delete(key);
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
  #grace;

  constructor(model, entries, grace) {
    this.#model = model;
    this.#entries = entries;
    this.#grace = grace;
  }

  #key(id) {
    return `${this.#model}:${id}`;
  }

  async upsert(id, payload) {
    this.#entries.set(this.#key(id), { model: this.#model, payload });
  }

  async find(id) {
    const entry = this.#entries.get(this.#key(id));
    if (!entry || !(performance.now() < entry.graceUntil)) return entry?.payload;
    const { consumed, ...unused } = entry.payload;
    return unused;
  }

  async findByUid(uid) {
    for (const { model, payload } of this.#entries.values()) {
      if (model === this.#model && payload.uid === uid) return payload;
    }
    return undefined;
  }

  async consume(id) {
    const entry = this.#entries.get(this.#key(id));
    if (!entry || entry.payload.consumed) return;
    entry.payload.consumed = Math.floor(Date.now() / 1000);
    entry.graceUntil = performance.now() + this.#grace * 1000;
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
