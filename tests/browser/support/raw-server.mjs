// A server that writes bytes as it is told: what node:http refuses to send, or would end.

import { createServer } from "node:net";

/**
 * Starts it. `answer` is given the path of each request and its socket, and writes to that what it likes; a string or a
 * buffer that it returns is written, and ends the connection. `sent()` counts the bytes that went out, `asked()` the
 * requests; `isIdle()` says whether every connection ended.
 */
export async function startRawServer(answer) {
  const sockets = [];
  let requests = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", async (data) => {
      requests += 1;
      const bytes = await answer(data.toString().split(" ")[1], socket);
      if (bytes !== undefined) socket.end(bytes);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close,
    asked: () => requests,
    sent: () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    isIdle: () => sockets.every(({ destroyed }) => destroyed),
  };
}

/** Writes `next()` as fast as the socket takes it, for as long as there is somebody at the other end. */
export function writeForEver(socket, next) {
  const write = () => {
    while (!socket.destroyed && socket.write(next()));
    if (!socket.destroyed) socket.once("drain", write);
  };
  write();
}

/** Writes `bytes` again and again, a few at a time, and never ends. */
export function drip(socket, bytes) {
  const timer = setInterval(() => socket.write(bytes), 20);
  socket.once("close", () => clearInterval(timer));
}
