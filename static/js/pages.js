// What a feed asks the server for: what was missed, and the parts of a long conversation that do not stand on the page.

import { isNewer, seqOf, versionsIn } from "./article.js";
import { fragmentOf, Offline, send } from "./http.js";
import { NotNow } from "./recovery.js";

export class Pages {
  /** `feed`: feed.js; `url`: where after=, before= and since= are asked. */
  constructor(feed, url) {
    this.feed = feed;
    this.url = url;
    this.asking = new Set(); // which parts are on their way: "before", "after", "latest"
    this.overtaken = new Map(); // seq → a message off the page that changed while a part was on its way
  }

  /** One page of what was missed. Returns whether there is more; throws Offline or NotNow (recovery.js). */
  async missed() {
    const { feed } = this;
    const { lastSeq, askedVersion } = feed;
    const response = await this.get({ after: lastSeq, since: askedVersion });
    if (!response.ok) {
      throw new NotNow(response);
    }
    feed.insertHTML(response.text);
    feed.askedVersion = Math.max(askedVersion, ...versionsIn(response.text));
    // Without progress a server that says "more" would be asked for ever.
    return hasMore(response) && (feed.lastSeq > lastSeq || feed.askedVersion > askedVersion);
  }

  /** The messages before the first one on the page. Returns whether they came. */
  older() {
    const { feed } = this;
    return this.part("before", { before: feed.first.dataset.seq }, ({ text }) => feed.insertHTML(text, { live: false }));
  }

  /** The messages that follow on a part that stands apart. Returns whether they came. */
  newer() {
    const { feed } = this;
    const { span } = feed;
    return this.part("after", { after: seqOf(span.last) }, ({ text }) => {
      span.growing = true;
      feed.insertHTML(text);
      span.growing = false;
      this.join();
    });
  }

  /** The newest messages, instead of a part that stands apart. Returns whether they came. */
  async latest() {
    const { feed } = this;
    const came = await this.part("latest", {}, ({ text }) => {
      const first = fragmentOf(text).querySelector("[data-seq]");
      // What was missed in between lies above them, as all that is older.
      first && feed.chain.skipTo(Number(first.dataset.prevSeq));
      feed.replaceWith(text);
      this.join();
    });
    // What was written while they were on their way has been heard of, and follows on them.
    return came && feed.apart ? this.newer() : came;
  }

  /** Whether the part reaches to the newest message that this page has heard of. */
  join() {
    const { feed } = this;
    const { last } = feed.span;
    feed.around(() => {
      feed.span.apart = Boolean(last) && seqOf(last) < feed.lastSeq;
      feed.hooks.onShape();
    });
    // A frame that came meanwhile may follow on more than this page brought.
    feed.healGap();
  }

  async part(name, question, take) {
    if (this.asking.has(name)) {
      return false;
    }
    this.asking.add(name);
    try {
      const response = await this.get(question);
      response.ok && take(response);
      return response.ok;
    } catch (error) {
      // Whoever scrolls there asks again (edges.js).
      if (!(error instanceof Offline)) {
        throw error;
      }
      return false;
    } finally {
      this.asking.delete(name);
      this.asking.size || this.overtaken.clear();
    }
  }

  /** A message that does not stand on the page; a part that was read before it changed may bring it as it was. */
  passed(article) {
    if (this.asking.size) {
      this.overtaken.set(seqOf(article), article);
    }
  }

  /** `article`, or the same message as it is now. */
  newest(article) {
    const other = this.overtaken.get(seqOf(article));
    return other && isNewer(other, article) ? other : article;
  }

  get(parts) {
    return send(`${this.url}?${new URLSearchParams({ conversation_id: this.feed.conversationId, ...parts })}`);
  }
}

const hasMore = (response) => response.headers.get("X-Has-More") === "true";
