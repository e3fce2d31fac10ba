// In the place of the API, before the package: it refuses the next token that it sees, and takes 2 to 22 ms for an answer.
import { config } from "/config.js";

import { answerInPlaceOf } from "./stub.js";

const headers = { "content-type": "application/json", "content-length": "2" };
let status = 401;

answerInPlaceOf(config.resourceServers[0], () => {
  const answer = status === 200 ? () => new Response("{}", { headers }) : () => new Response(null, { status: 401 });
  status = 200;
  return new Promise((resolve) => setTimeout(() => resolve(answer()), 2 + 20 * Math.random()));
});

export const refuseNext = () => (status = 401);
