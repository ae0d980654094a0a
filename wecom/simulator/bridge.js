// WeixinJSBridge as WeCom's own browser offers it to a page; served by the simulator alone, after a line that sets
// SIMULATED: what this WeCom is set to. It stands before every script of the page.
(() => {
  const {server, jar, prefix, phone, iphone} = SIMULATED;
  const NAMES = {imagePreview: "previewImage"}; // what a page calls it
  const FREE = new Set(["preVerifyJSAPI", "agentConfig"]);
  const MORE_AT_THE_PHONE = new Set([
    "closeWindow", "hideAllNonBaseMenuItem", "hideOptionMenu", "showOptionMenu", "hideMenuItems", "openUserProfile",
    "openEnterpriseChat", "openDefaultBrowser", "imagePreview", "previewFile",
  ]);
  const began = history.length;
  const files = new Map(); // localId → File
  const listeners = new Map();
  let permitted = new Set();

  const fixed = (object, name, get) => Object.defineProperty(object, name, {configurable: true, get});
  fixed(navigator, "userAgent", () => SIMULATED.userAgent);
  fixed(navigator, "platform", () => SIMULATED.platform);
  if (!SIMULATED.displayMedia && navigator.mediaDevices) {
    Object.defineProperty(navigator.mediaDevices, "getDisplayMedia", {configurable: true, value: undefined});
  }

  // The frame's cookies travel under names of their own; its pages see them as if they were the only ones.
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: () => cookie.get.call(document).split("; ").filter((each) => each.startsWith(jar))
      .map((each) => each.slice(jar.length)).join("; "),
    set: (text) => cookie.set.call(document, jar + text),
  });

  const tell = (what, params) => window.parent.postMessage({bridge: what, params}, location.origin);
  const address = () => location.href.split("#")[0];

  async function post(name, body, headers) {
    const answer = await fetch(server + name, {method: "POST", body, headers});
    return answer.json();
  }

  function picked(count) {
    const input = document.createElement("input");
    Object.assign(input, {type: "file", accept: "image/*", multiple: count > 1, hidden: true});
    input.setAttribute("data-bridge-picker", "");
    document.body.append(input); // Safari opens no chooser for an element outside the page
    return new Promise((done) => {
      input.addEventListener("change", () => done([...input.files].slice(0, count)));
      input.addEventListener("cancel", () => done([]));
      input.click();
    }).finally(() => input.remove());
  }

  function kept(file) {
    // Android's ids can be shown as a picture, an iPhone's cannot.
    const id = iphone ? `wxlocalresource://${Math.random().toString(36).slice(2)}` : URL.createObjectURL(file);
    files.set(id, file);
    return id;
  }

  async function encoded(file) {
    const read = new FileReader();
    await new Promise((done) => {
      read.onload = done;
      read.readAsDataURL(file);
    });
    const bare = read.result.split(",")[1];
    return {plain: `data:image/jpeg;base64,${bare}`, bare, jgp: `data:image/jgp;base64,${bare}`}[prefix];
  }

  const OWN = {
    async chooseImage({count}) {
      if (!phone) return "fail_platform not supported";
      const chosen = await picked(Number(count) || 9);
      if (!chosen.length) return "cancel";
      const ids = chosen.map(kept);
      return {localIds: iphone ? ids : JSON.stringify(ids)};
    },
    async uploadImage({localId}) {
      const file = files.get(localId);
      if (!file) return "fail";
      const form = new FormData();
      form.append("media", file, file.name);
      return post("upload", form);
    },
    async getLocalImgData({localId}) {
      if (!iphone || !files.has(localId)) return "fail";
      return {localData: await encoded(files.get(localId))};
    },
    async scanQRCode() {
      return {resultStr: "ASSET-2024-0117"};
    },
  };

  async function invoked(name, params) {
    const checked = await post(name, JSON.stringify({url: address(), params}), {"Content-Type": "application/json"});
    if (!checked.err_msg.endsWith(":ok")) return checked;
    if (name === "preVerifyJSAPI") permitted = new Set([].concat(params.verifyJsApiList || []));
    else if (!FREE.has(name) && !permitted.has(NAMES[name] || name)) return {err_msg: `${name}:permission denied`};
    if (MORE_AT_THE_PHONE.has(name)) tell(name, params);
    const result = OWN[name] ? await OWN[name](params) : {};
    return typeof result === "string" ? {err_msg: `${name}:${result}`} : {err_msg: `${name}:ok`, ...result};
  }

  window.WeixinJSBridge = {
    invoke(name, params, callback) {
      invoked(name, params || {}).catch(() => ({err_msg: `${name}:fail`})).then((result) => callback?.(result));
    },
    on(name, callback) {
      listeners.set(name, callback);
    },
  };

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== location.origin) return;
    // The phone's back key: a listener of the page may keep the page by answering false.
    if (event.data?.bridge !== "back" || listeners.get("historyBack")?.() === false) return;
    // Before the first page there is only the phone's own history, which is not ours to turn back.
    if (event.data.first && history.length <= began) tell("closeWindow", {});
    else history.back();
  });
  document.addEventListener("DOMContentLoaded", () => tell("page", {title: document.title, address: address()}));
  document.dispatchEvent(new Event("WeixinJSBridgeReady"));
})();
