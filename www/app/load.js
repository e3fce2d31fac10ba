// The calls that the control room sends: how many are under way, answered and lost.

const WORK_MS = 150;

/** `onEnd(batch)` hears when the last call of a batch has ended; calls sent before that belong to the same batch. */
export function createLoad({ auth, resourceServer, onEnd }) {
  let batch = emptyBatch();
  let calls = 0;

  async function one(current) {
    // Each has a URL of its own: a browser asks for one and the same only once at a time.
    const url = `${resourceServer}work?ms=${WORK_MS}&n=${(calls += 1)}`;
    const problem = await auth.fetch(url).then(
      (response) => problemWith(auth, response),
      (error) => error.code ?? error.message,
    );
    if (problem) current.codes.add(problem);
    if (problem) current.lost += 1;
    else current.answered += 1;
    if (underWay(current) === 0) onEnd({ ...current, took: performance.now() - current.started });
  }

  return {
    get batch() {
      return batch;
    },
    send(count) {
      if (underWay(batch) === 0) batch = emptyBatch();
      batch.sent += count;
      for (let index = 0; index < count; index += 1) one(batch);
    },
  };
}

export const underWay = ({ sent, answered, lost }) => sent - answered - lost;

const emptyBatch = () => ({ sent: 0, answered: 0, lost: 0, codes: new Set(), started: performance.now() });

async function problemWith(auth, response) {
  await response.arrayBuffer();
  if (response.ok) return null;
  const why = auth.explain(response)?.kind;
  return `status ${response.status}${why ? `, ${why}` : ""}`;
}
