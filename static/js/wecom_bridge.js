// The line to WeCom's client: its bridge, the SDK over it, and the server's signature for this page. The SDK itself waits
// for ever where the client is silent, so nothing here is awaited without an end.

import { send } from "./http.js";

const BRIDGE = 3000; // ms until the client has put its bridge into the page
const ANSWER = 8000; // ms for the client to look at a signature
const APIS = ["chooseImage", "getLocalImgData", "hideAllNonBaseMenuItem", "openUserProfile", "uploadImage"];

/** Nothing was said in time. */
class Silence extends Error {}

/** What `promise` brings, or after `milliseconds` an error. */
export function within(milliseconds, promise) {
  const late = new Promise((resolve, reject) => {
    window.setTimeout(() => reject(new Silence("no answer")), milliseconds);
  });
  return Promise.race([promise, late]);
}

/** → the SDK, which the client has accepted. Rejects where it does not, or where there is none. */
export async function connect() {
  await within(BRIDGE, bridge());
  const [ww, first] = await Promise.all([import("../vendor/wecom-jssdk-2.4.4/wecom.prod.js"), signed(here())]);
  const options = { corpId: first.corp_id, agentId: first.agent_id, jsApiList: APIS };
  ww.register(options);
  // Only now, so that the SDK does not begin by itself: of that nobody would hear how it ended.
  let next = first;
  let refused = "";
  options.getConfigSignature = async (url) => {
    const made = next && next.url === url ? next : await signed(url, refused);
    next = null;
    return { timestamp: made.timestamp, nonceStr: made.nonce, signature: made.signature };
  };
  await within(ANSWER, ww.ensureConfigReady()).catch((error) => {
    if (error instanceof Silence) throw error;
    refused = first.timestamp; // the server may have to fetch another ticket; once, and no more
    return within(ANSWER, ww.ensureConfigReady());
  });
  refused = "";
  return ww;
}

function bridge() {
  return new Promise((resolve) => {
    if (window.WeixinJSBridge) {
      resolve();
    } else {
      document.addEventListener("WeixinJSBridgeReady", resolve, { once: true });
    }
  });
}

const here = () => window.location.href.split("#")[0];

async function signed(url, refused = "") {
  const body = new URLSearchParams(refused ? { url, refused } : { url });
  const response = await send("/wecom/js-sdk/signature", { method: "POST", body, accept: "application/json" });
  if (!response.ok) {
    throw new Error("no signature");
  }
  return { url, ...JSON.parse(response.text) };
}
