// WeCom's own picker of photos. An iPhone hands them to the page; from Android they go to WeCom, and from there the server
// fetches them. Either way each becomes a file in the tray like any other, to be drawn on, kept in the draft, and sent.

import { send } from "./http.js";
import { newClientId } from "./ids.js";
import { shotName } from "./pictures.js";
import { say } from "./strings.js";
import { storedAs } from "./uploads.js";
import { within } from "./wecom_bridge.js";
import { Coming } from "./wecom_coming.js";

const HAND = 15000; // ms for the phone to hand over a picture
const UPLOAD = 60000; // ms for the phone to bring it to WeCom
const FETCH = 60000; // ms for the server to have it
const LOOK = 700; // ms between two looks whether it has
const KINDS = [["/9j/", "jpeg", "jpg"], ["iVBORw0KGgo", "png", "png"], ["R0lGOD", "gif", "gif"]]; // as base64 begins

/** `readsHere`: the phone can hand pictures over (iOS). `refused(words)`. */
export function offerPictures(ww, { button, tray, refused, readsHere }) {
  const bring = (localId, signal) => {
    const far = () => byWayOfWecom(ww, localId, signal);
    return readsHere ? handedOver(ww, localId).catch(far) : far();
  };
  let turn = Promise.resolve(); // one after another: a phone brings several to WeCom only so
  button.hidden = false;
  button.addEventListener("click", async () => {
    refused(tray.whyFull);
    if (tray.whyFull) {
      return;
    }
    const words = { words: say("shared.picture_coming"), trouble: say("shared.picture_failed") };
    const chosen = await choose(ww, tray.room, refused);
    chosen.slice(0, tray.room).forEach((localId) => {
      const begin = (signal) => {
        const own = turn.then(() => (signal.aborted ? null : bring(localId, signal)));
        turn = own.catch(() => {});
        return own;
      };
      tray.expect(new Coming(tray.template, words, begin));
    });
  });
}

/** No end to wait for: somebody looks through their photos. */
async function choose(ww, count, refused) {
  try {
    const { localIds } = await ww.chooseImage({ count });
    return Array.from(localIds || []);
  } catch (error) {
    if (!/cancel/.test(error.errMsg || "")) {
      refused(say("shared.picture_failed"));
    }
    return [];
  }
}

async function handedOver(ww, localId) {
  const { localData } = await within(HAND, ww.getLocalImgData({ localId }));
  // Some clients leave out the prefix, others call it image/jgp: only the data tells.
  const data = localData.replace(/^data:[^,]*,/, "").replace(/\s/g, "");
  const kind = KINDS.find(([head]) => data.startsWith(head));
  if (!kind) {
    throw new Error("no picture");
  }
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new File([bytes], nameOf(kind[2]), { type: `image/${kind[1]}` });
}

async function byWayOfWecom(ww, localId, signal) {
  const { serverId } = await within(UPLOAD, ww.uploadImage({ localId, isShowProgressTips: false }));
  const id = newClientId();
  const body = new URLSearchParams({ upload_id: id, media_id: serverId });
  const asked = { accept: "application/json", signal };
  await within(FETCH, stored(await send("/wecom/pictures", { ...asked, method: "POST", body }), id, asked));
  const file = await within(FETCH, fileOf(id));
  storedAs(file, id); // as it is, the server has it already
  return file;
}

async function stored(response, id, asked) {
  let last = response;
  const deadline = Date.now() + FETCH;
  while (last.ok && JSON.parse(last.text).state === "waiting" && Date.now() < deadline && !asked.signal.aborted) {
    await new Promise((resolve) => window.setTimeout(resolve, LOOK));
    last = await send(`/wecom/pictures/${id}`, asked);
  }
  if (!last.ok || JSON.parse(last.text).state !== "stored") {
    throw new Error("not stored");
  }
}

async function fileOf(id) {
  const response = await fetch(`/attachments/${id}/`, { credentials: "same-origin" });
  if (!response.ok) {
    throw new Error("not there");
  }
  const blob = await response.blob();
  return new File([blob], nameOf(blob.type.replace("image/", "").replace("jpeg", "jpg")), { type: blob.type });
}

const nameOf = (extension) => shotName().replace("screenshot", "photo").replace(/\w+$/, extension);
