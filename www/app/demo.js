// Asks the demo's own server to misbehave, and to tell what it has counted.

async function ask(path, init) {
  const response = await fetch(`/demo/${path}`, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(`the demo server answered ${response.status}: ${answer.error}`);
  return answer;
}

const tell = (path, body = {}) => ask(path, { method: "POST", body: JSON.stringify(body) });

export const demo = {
  counts: () => ask("counts"),
  expire: () => tell("expire"),
  revoke: () => tell("revoke"),
  outage: (seconds) => tell("outage", { seconds }),
  room: () => ask("room"),
  fault: (name) => tell("fault", { name }),
  restore: () => tell("restore"),
  recognise: (texts) => tell("recognise", { texts }),
  renew: () => tell("renew"),

  /** What the servers counted while `work` ran. */
  async during(work) {
    const before = await ask("counts");
    const result = await work();
    const after = await ask("counts");
    const counted = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
    return { result, counted };
  },
};
