// What an employee's page does inside WeCom: no menu to share what is private, agents' profiles, WeCom's own picker.

import { connect } from "./wecom_bridge.js";
import { offerPictures } from "./wecom_pictures.js";
import { offerProfiles } from "./wecom_profiles.js";

// WeCom has the picker on phones alone. An iPad says that it is a Mac, but a Mac has no touch screen.
const isApple = /iPhone|iPad|iPod/i.test(navigator.userAgent) || (/Mac/i.test(navigator.platform) && navigator.maxTouchPoints > 2);
const isPhone = isApple || /Android/i.test(navigator.userAgent);

/** `thread`, or null: `{list, state, tray, button, conversationId(), refused(words)}`: bubbles, state line, the picker's place. */
export async function begin(thread) {
  const ww = await connect();
  // Whoever got the link could not open it. Reload and the size of letters stay: here the browser has no other button.
  ww.hideAllNonBaseMenuItem().catch(() => {});
  if (thread) {
    offerProfiles(ww, thread);
  }
  if (thread && isPhone) {
    offerPictures(ww, { ...thread, readsHere: isApple });
  }
}
