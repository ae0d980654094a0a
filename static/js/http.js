// One way to ask the server. XMLHttpRequest and not fetch: only it tells how far an upload has come.

const TIMEOUT = 15000; // ms; a send is one small transaction, so silence for this long means that the line is dead

/** The request did not reach the server, or its answer did not reach us: whether it took effect is unknown. */
export class Offline extends Error {}

/**
 * Ask `url` (a path of our own site). `body`: FormData, URLSearchParams, bytes or nothing; `timeout` in ms, 0 for none;
 * `onProgress(part)` with part from 0 to 1 while a body goes up; `signal` gives up.
 *
 * Resolves with {status, ok, text, headers: {get(name)}, retryAfter (seconds or null), signedOut}. Throws Offline.
 * A 401 is also told to the page: event `signedout` on the document, with `detail.error`;
 * and `signedin` when an answer is a good one again.
 */
export async function send(url, options = {}) {
  const response = await once(url, options);
  // Signing in, here or in another tab, changes the token, and between our look at the cookie and the browser's it may
  // do so. The refusal came before anything took effect and brought a token with it: ask again, once.
  return response.status === 403 && refusalOf(response).error === "csrf" ? once(url, options) : response;
}

function once(url, { method = "GET", body = null, timeout = TIMEOUT, accept = "text/html", onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = timeout;
    request.setRequestHeader("Accept", accept);
    request.setRequestHeader("HX-Request", "true");
    // Somebody else may have signed in since, in another tab: nothing of this page goes out under their name.
    request.setRequestHeader("X-User-Id", document.body.dataset.userId);
    if (method !== "GET") {
      request.setRequestHeader("X-CSRFToken", csrfToken());
    }
    request.onload = () => {
      tellOfReach(true);
      const response = responseOf(request);
      tellOfSession(response);
      resolve(response);
    };
    request.onerror = request.ontimeout = () => {
      tellOfReach(false);
      reject(new Offline(url));
    };
    request.onabort = () => reject(new Offline(url)); // somebody called it back, or the page goes
    if (onProgress) {
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    }
    request.send(body);
    if (signal) {
      signal.addEventListener("abort", () => request.abort());
      if (signal.aborted) request.abort();
    }
  });
}

let isReached = true;

// Event `reach` on the document: whether the server can be had at all, by the last that was asked of it.
function tellOfReach(reached) {
  if (reached !== isReached) {
    isReached = reached;
    document.dispatchEvent(new CustomEvent("reach", { detail: reached }));
  }
}

let isSignedOut = false;

/** The socket said so: whether it is still true, the next answer tells. */
export function sessionEnded() {
  isSignedOut = true;
}

// Whoever asked, the page as a whole is what has to act on it.
function tellOfSession(response) {
  if (response.signedOut) {
    isSignedOut = true;
    document.dispatchEvent(new CustomEvent("signedout", { detail: refusalOf(response) }));
  } else if (isSignedOut && response.ok) {
    isSignedOut = false;
    document.dispatchEvent(new CustomEvent("signedin"));
  }
}

/** Post `body` from a page that is being torn down; nobody hears the answer. */
export function sendLast(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken(), "X-User-Id": document.body.dataset.userId };
  fetch(url, { method: "POST", body, headers, keepalive: true, credentials: "same-origin" }).catch(() => {});
}

function responseOf(request) {
  return {
    status: request.status,
    ok: request.status >= 200 && request.status < 300,
    signedOut: request.status === 401,
    text: request.responseText,
    headers: { get: (name) => request.getResponseHeader(name) },
    retryAfter: waitOf(request.getResponseHeader("Retry-After"), request.getResponseHeader("Date")),
  };
}

// Seconds, or a moment by the server's clock: proxies say it either way (RFC 9110, 10.2.3).
function waitOf(header, now) {
  if (/^\s*\d+\s*$/.test(header || "")) {
    return Number(header);
  }
  const seconds = (Date.parse(header) - (Date.parse(now) || Date.now())) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, Math.ceil(seconds));
}

// The cookie before the page's own token: signing in again (here or in another tab) makes the page's token stale.
function csrfToken() {
  const cookie = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : document.body.dataset.csrf || "";
}

/** What an answer says in JSON. Whoever stands in between (a hotel's page to sign in at) answers with a page of its own,
 * and with 200: that says nothing. */
export function jsonOf(text) {
  try {
    return JSON.parse(text) || {};
  } catch (error) {
    return {};
  }
}

/** {error, reason} of a refusal: the code for programs and the finished sentence for people. */
export function refusalOf(response) {
  const nothing = { error: "", reason: "" };
  if (/^\s*\{/.test(response.text)) {
    try {
      return { ...nothing, ...JSON.parse(response.text) };
    } catch (error) {
      return nothing;
    }
  }
  const fragment = fragmentOf(response.text).querySelector("[data-error]");
  return fragment ? { error: fragment.dataset.error, reason: fragment.textContent.trim() } : nothing;
}

/** Inert elements made of HTML that the server rendered. */
export function fragmentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
