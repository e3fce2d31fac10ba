// A number of calls at once, and the board that shows each of them.

const PLACES = 200;

/** A square for each call. Its `onChange({ sent, ok, lost })` hears of the numbers, at most once a frame. */
export function createBoard(element) {
  const cells = Array.from({ length: PLACES }, () => document.createElement("i"));
  element.append(...cells);
  const count = (state) => cells.filter((cell) => cell.dataset.state === state).length;
  let frame = null;
  const board = {
    onChange: () => {},
    clear() {
      for (const cell of cells) delete cell.dataset.state;
    },
    set(index, state) {
      cells[index].dataset.state = state;
      if (frame === null) frame = requestAnimationFrame(report);
    },
  };
  function report() {
    frame = null;
    board.onChange({ sent: count("sent"), ok: count("ok"), lost: count("lost") });
  }
  return board;
}

/** Starts `count` calls in the same turn. `request(index)` makes one and resolves to its Response. */
export async function callTogether({ count, request, board }) {
  const started = performance.now();
  const codes = new Set();
  board.clear();
  const one = async (index) => {
    board.set(index, "sent");
    const error = await request(index).then(problemWith, (thrown) => thrown);
    board.set(index, error ? "lost" : "ok");
    if (error) codes.add(error.code ?? error.message);
    return !error;
  };
  const outcomes = await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  const answered = outcomes.filter(Boolean).length;
  return { answered, lost: count - answered, codes: [...codes], seconds: (performance.now() - started) / 1000 };
}

async function problemWith(response) {
  await response.arrayBuffer();
  return response.ok ? null : new Error(`status ${response.status}`);
}
