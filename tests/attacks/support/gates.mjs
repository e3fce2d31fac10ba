// Moments at the authorization server of a rig that a test can hold on to.

import { Gate } from "../../browser/support/gate.mjs";

/** Lets token requests arrive but not be answered until the returned function is called, which ends it. */
export function holdTokenRequests({ as: { provider } }) {
  const gate = new Gate();
  const models = [provider.AuthorizationCode, provider.RefreshToken];
  const former = models.map(({ find }) => find);
  for (const model of models) {
    const find = model.find.bind(model);
    model.find = (...sought) => gate.passed.then(() => find(...sought));
  }
  return () => {
    for (const [index, model] of models.entries()) model.find = former[index];
    gate.open();
  };
}

/** Lets token requests be carried out but not answered until `open` is called; `reached` resolves when one is. */
export function holdTokenAnswers({ as: { provider } }) {
  const { prototype } = provider.IdToken;
  const [reached, gate] = [new Gate(), new Gate()];
  const { issue } = prototype;
  // The ID token is the last thing that an answer needs.
  prototype.issue = async function (...wanted) {
    reached.open();
    await gate.passed;
    return issue.apply(this, wanted);
  };
  const open = () => {
    prototype.issue = issue;
    gate.open();
  };
  return { reached: reached.passed, open };
}

/** Every refresh token that the token endpoint was sent and took, in order. */
export function followRefreshTokens({ as: { provider } }) {
  const sent = [];
  provider.on("grant.success", ({ oidc: { params } }) => params.refresh_token && sent.push(params.refresh_token));
  return sent;
}
