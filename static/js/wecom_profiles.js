// An agent's name opens their profile in WeCom: a face, a department, a call.

import { send } from "./http.js";

const MEMBER = 1; // of our own company

/** `list`: bubbles whose `[data-by]` names their author; `state`: the line whose `[data-sentence]` names who has it. */
export function offerProfiles(ww, { list, state, conversationId }) {
  const open = (question) => userid(question).then((id) => id && ww.openUserProfile({ type: MEMBER, userid: id }));
  const offered = [
    new Names(list, "[data-sender-type=agent] [data-by]", (name) => {
      open({ message: name.closest("[data-id]").dataset.id }).catch(() => {});
    }),
    new Names(state, "[data-status=assigned] [data-sentence]", () => {
      open({ conversation: conversationId() }).catch(() => {});
    }),
  ];
  offered.forEach((names) => names.begin());
}

async function userid(question) {
  const response = await send(`/wecom/profile?${new URLSearchParams(question)}`, { accept: "application/json" });
  return response.ok ? JSON.parse(response.text).userid : "";
}

/** Elements of `place` that match are buttons, also those that come later. */
class Names {
  constructor(place, selector, open) {
    Object.assign(this, { place, selector, open });
  }

  begin() {
    const act = (event) => {
      const name = event.target.closest("[data-profile]");
      const isPress = event.type === "click" || event.key === "Enter" || event.key === " ";
      if (name && isPress) {
        event.preventDefault();
        this.open(name);
      }
    };
    this.place.addEventListener("click", act);
    this.place.addEventListener("keydown", act);
    new MutationObserver(() => this.mark()).observe(this.place, { childList: true, subtree: true });
    this.mark();
  }

  mark() {
    this.place.querySelectorAll(this.selector).forEach((name) => {
      name.dataset.profile = "";
      name.setAttribute("role", "button");
      // Under the first of several bubbles the name is only heard: no stop for who cannot see where they are.
      name.tabIndex = name.parentElement.offsetWidth > 1 ? 0 : -1;
    });
  }
}
