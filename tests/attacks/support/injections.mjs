// Responses of the attacker's, to be opened in somebody else's browser.

const other = "B".repeat(43);

/**
 * Each as the parameters of its URL, from `mine` (the attacker's code and state) and a state of the victim's own; the code of
 * the error that the app gets; and of the one that the page of the holder's own origin shows, if nobody gets back from there.
 */
export const injections = {
  "no state (CB-1)": [({ code, iss }) => `code=${code}&iss=${iss}`, "STATE_MISSING", "STATE_MISSING"],
  "an empty state": [({ code, iss }) => `code=${code}&state=&iss=${iss}`, "STATE_MISSING", "STATE_MISSING"],
  "the attacker's state (CB-5)": [({ code, state, iss }) => `code=${code}&state=${state}&iss=${iss}`, "STATE_MISMATCH", "STATE_MISMATCH"],
  "any other state (CB-1)": [({ code, iss }) => `code=${code}&state=${other}&iss=${iss}`, "STATE_MISMATCH", "STATE_MISMATCH"],
  "a state for a popup": [({ code, iss }) => `code=${code}&state=p${other}&iss=${iss}`, "STATE_MISMATCH", "STATE_MISMATCH"],
  "a good state in the fragment too (CB-2)": [
    ({ code, iss, own }) => `code=${code}&state=${other}&iss=${iss}#state=${own}`,
    "DUPLICATE_PARAMETER",
    "STATE_MISMATCH",
  ],
  "tokens in the fragment (CB-16)": [
    ({ iss }) => `iss=${iss}#access_token=mine&token_type=Bearer&state=${other}`,
    "TOKEN_IN_RESPONSE",
    "STATE_MISMATCH",
  ],
  "an ID token in the query (CB-16)": [
    ({ state, iss }) => `id_token=mine&state=${state}&iss=${iss}`,
    "TOKEN_IN_RESPONSE",
    "STATE_MISMATCH",
  ],
  "an error that nobody asked for (CB-3)": [
    ({ iss }) => `error=access_denied&state=${other}&iss=${iss}`,
    "STATE_MISMATCH",
    "STATE_MISMATCH",
  ],
  "two states, one of them good (CB-2)": [
    ({ code, iss, own }) => `code=${code}&state=${own}&state=${other}&iss=${iss}`,
    "DUPLICATE_PARAMETER",
  ],
};
