// A session that is over. Inside WeCom signing in again is a chain of redirects that asks nothing; everything written
// is on the device, so the page may go. Where that does not help, it says so and leaves the next step to the reader.

const AGAIN = 5 * 60 * 1000; // ms between two tries by itself: a session that ends at once must not make a circle
const READ = 1500; // ms to read why the page goes
const KEY = "signed-in-again-at";

/** `new SigningIn(line, onOver())`: `line` says what happens; onOver(): another tab signed in, this page may stay. */
export class SigningIn {
  constructor(line, onOver) {
    Object.assign(this, { line, onOver });
    this.going = false;
    document.addEventListener("signedout", (event) => this.needed(event.detail.error));
    document.addEventListener("signedin", () => this.over());
  }

  /** `error`: the server's code; `another_person` when somebody else is signed in now. */
  needed(error = "") {
    if (!this.line.hidden) {
      return;
    }
    this.going = Date.now() - triedAt() > AGAIN && !holdsPictures();
    this.say();
    if (this.going) {
      window.setTimeout(() => this.whenSeen(() => (holdsPictures() ? this.stay() : this.going && go(error))), READ);
    }
  }

  /** By itself the page does not go any more. */
  stay() {
    this.going = false;
    this.say();
  }

  say() {
    const link = this.line.querySelector("a");
    link.search = `?next=${encodeURIComponent(location.pathname + location.search)}`;
    this.line.querySelector("[data-going]").hidden = !this.going;
    this.line.querySelector("[data-asking]").hidden = this.going;
    this.line.hidden = false;
  }

  // A hidden page has time: when it is looked at again, another tab may have signed in already.
  whenSeen(act) {
    if (document.visibilityState === "visible") {
      act();
    } else {
      document.addEventListener("visibilitychange", act, { once: true });
    }
  }

  over() {
    this.going = false;
    this.line.hidden = true;
    this.onOver();
  }
}

// What is being drawn is in the memory of the page alone, and chosen pictures are too where the device is full: they go
// with its reader's will only.
function holdsPictures() {
  return document.querySelector("[data-tray]:not([hidden]), .editor") !== null;
}

// By asking for the page and not for the login: the server sends there only who needs it. Somebody else gets their own
// first page; the address of this one may name what is not theirs.
function go(error) {
  noteTry();
  error === "another_person" ? location.replace(location.pathname.replace(/^(\/[^/]+\/).*/, "$1")) : location.reload();
}

// Without the storage nobody knows whether this is a circle: then it is never by itself.
function triedAt() {
  try {
    return Number(sessionStorage.getItem(KEY));
  } catch (error) {
    return Date.now();
  }
}

function noteTry() {
  try {
    sessionStorage.setItem(KEY, String(Date.now()));
  } catch (error) {
    // See triedAt().
  }
}
