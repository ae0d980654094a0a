// A member's phone on a page: opens our own pages in the frame that stands for WeCom's browser, and does what the bridge
// in that frame asks of the phone. Without this script the same links open in the whole window.

class Inside {
  _view = document.querySelector("[data-inside-view]");
  _page = document.querySelector("[data-inside-page]");
  _title = document.querySelector("[data-inside-title]");
  _more = document.querySelector("[data-inside-more]");
  _opener = null;
  _pages = []; // addresses behind each other, the one in sight last

  constructor() {
    document.addEventListener("click", (event) => this._follow(event));
    this._key("[data-inside-close]", () => this.close());
    this._key("[data-inside-back]", () => this._back());
    this._key("[data-inside-more]", () => this._page.contentWindow.location.reload());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this._view.hidden) this.close();
    });
  }

  get window() {
    return this._page.contentWindow;
  }

  open(address) {
    this._opener = document.activeElement;
    this._pages = [];
    this._more.hidden = false;
    this._view.hidden = false;
    // replace: the frame's own history begins with this page, and the phone's does not grow.
    this._page.contentWindow.location.replace(address);
    this._page.focus();
  }

  close() {
    this._view.hidden = true;
    this._page.contentWindow.location.replace("about:blank");
    this._opener?.focus();
  }

  page({title, address}) {
    this._title.textContent = title;
    const pages = this._pages;
    if (pages[pages.length - 2] === address) pages.pop();
    else if (pages[pages.length - 1] !== address) pages.push(address);
  }

  hideMenu() {
    this._more.hidden = true;
  }

  _follow(event) {
    const link = event.target.closest("a[data-inside]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const address = new URL(link.href);
    address.searchParams.set("frame", "1");
    this.open(address.href);
  }

  _back() {
    // A console has no bridge to ask: it belongs to the browser, not to the phone.
    if (!this._pages.length) this.close();
    else this.window.postMessage({bridge: "back", first: this._pages.length < 2}, location.origin);
  }

  _key(selector, act) {
    document.querySelector(selector).addEventListener("click", act);
  }
}

class Sheet {
  _sheet = document.querySelector("[data-sheet]");
  _content = document.querySelector("[data-sheet-content]");

  constructor() {
    document.querySelector("[data-sheet-close]").addEventListener("click", () => this.close());
  }

  async profile(userid) {
    const answer = await fetch(`${this._sheet.dataset.url}?of=${encodeURIComponent(userid)}`);
    if (!answer.ok) return;
    this._content.innerHTML = await answer.text(); // our own server's fragment, escaped there
    this._show();
  }

  // As on an iPhone: fetched by the client itself, which carries no cookie.
  async picture(address) {
    const answer = await fetch(address, {credentials: "omit"});
    const image = document.createElement("img");
    if (answer.ok) image.src = URL.createObjectURL(await answer.blob());
    image.alt = answer.ok ? "" : String(answer.status);
    this._content.textContent = "";
    this._content.append(image);
    this._show();
  }

  close() {
    this._sheet.hidden = true;
  }

  _show() {
    this._sheet.hidden = false;
    this._sheet.querySelector("button").focus();
  }
}

const inside = new Inside();
const sheet = new Sheet();
const ASKED = {
  page: (page) => inside.page(page),
  closeWindow: () => inside.close(),
  hideAllNonBaseMenuItem: () => inside.hideMenu(), // of this menu nothing is basic
  hideOptionMenu: () => inside.hideMenu(),
  openUserProfile: ({userid}) => sheet.profile(userid),
  imagePreview: ({current}) => sheet.picture(current),
  previewFile: ({url}) => sheet.picture(url),
  openDefaultBrowser: ({url}) => window.open(url, "_blank", "noopener"),
};

window.addEventListener("message", (event) => {
  if (event.source === inside.window && event.origin === location.origin) ASKED[event.data?.bridge]?.(event.data.params);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  if (event.target.matches("[data-clears]")) event.target.reset();
  const tray = event.target.closest("[data-tray]");
  if (tray) tray.open = false; // it would hide what was just sent
});
