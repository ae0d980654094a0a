// One way to ask the server. XMLHttpRequest and not fetch: only it tells how far an upload has come.

const TIMEOUT = 15000; // ms; a send is one small transaction, so silence for this long means that the line is dead

/** The request did not reach the server, or its answer did not reach us: whether it took effect is unknown. */
export class Offline extends Error {}

/**
 * Ask `url` (a path of our own site). `body`: FormData, URLSearchParams or nothing; `timeout` in ms, 0 for none;
 * `onProgress(part)` with part from 0 to 1 while a body goes up.
 *
 * Resolves with {status, ok, text, headers: {get(name)}, retryAfter (seconds or null), signedOut}. Throws Offline.
 * A 401 is also told to the page: event `signedout` on the document.
 */
export function send(url, { method = "GET", body = null, timeout = TIMEOUT, accept = "text/html", onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = timeout;
    request.setRequestHeader("Accept", accept);
    request.setRequestHeader("HX-Request", "true");
    if (method !== "GET") {
      request.setRequestHeader("X-CSRFToken", csrfToken());
    }
    request.onload = () => {
      if (request.status === 401) {
        // Whoever asked, the page as a whole is what has to act on it.
        document.dispatchEvent(new CustomEvent("signedout"));
      }
      resolve(responseOf(request));
    };
    request.onerror = request.onabort = request.ontimeout = () => reject(new Offline(url));
    if (onProgress) {
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    }
    request.send(body);
  });
}

function responseOf(request) {
  const retryAfter = parseInt(request.getResponseHeader("Retry-After"), 10);
  return {
    status: request.status,
    ok: request.status >= 200 && request.status < 300,
    signedOut: request.status === 401,
    text: request.responseText,
    headers: { get: (name) => request.getResponseHeader(name) },
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}

// The cookie before the page's own token: signing in again (here or in another tab) makes the page's token stale.
function csrfToken() {
  const cookie = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : document.body.dataset.csrf || "";
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
