// What an answer to a send means for the message.

import { refusalOf } from "./http.js";

const NOT_NOW = [408, 425, 429, 500, 502, 503, 504];
const FAULTS = 5; // answers 500 after which this one message is what the server stumbles over

/**
 * {name, reason, seconds}: `sent`; `later`, in `seconds` when the server said so (else null), with `reason` `too_fast`
 * or `busy`; `signed_out`; `refused` for good, with the server's sentence or its bare status as the `reason`.
 * Sent is only what comes back as a bubble: a hotel's login page answers 200 as well.
 * `faults`: how many times in a row this message was answered 500.
 */
export function verdictOf(response, item, faults) {
  const { error, reason } = refusalOf(response);
  const { status } = response;
  if (response.ok) {
    const isOurs = response.text.includes(`data-client-id="${item.client_id}"`);
    return isOurs ? { name: "sent" } : { name: "later", seconds: null, reason: "busy" };
  }
  if (response.signedOut) {
    return { name: "signed_out" };
  }
  const isPoison = status === 500 && faults >= FAULTS;
  if ((NOT_NOW.includes(status) && !isPoison) || error === "csrf") {
    return { name: "later", seconds: response.retryAfter, reason: status === 429 ? "too_fast" : "busy" };
  }
  return { name: "refused", reason: reason || String(status) };
}
