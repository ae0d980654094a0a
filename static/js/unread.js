// Which conversations hold something that this person has not read, on this page or on another of theirs.

import { hasNews, seen } from "./title.js";

/** Keeps the marks of the list's rows and the number in the title; `inbox`: inbox.js. */
export class Unread {
  constructor(inbox) {
    this.inbox = inbox;
    this.heard = new Map(); // conversation id → the newest line of somebody else that this page heard of
    this.readTo = new Map(); // conversation id → what this person has read, as far as this page knows
  }

  /** A line that nobody looks at here; `loud`: it counts in the title as well. */
  came(id, seq, loud) {
    raise(this.heard, id, seq);
    if (seq > at(this.readTo, id)) {
      this.inbox.markUnread(id, true);
      if (loud) hasNews(id);
    }
  }

  /** This person has read up to `seq`, wherever it was. */
  read(id, seq) {
    raise(this.readTo, id, seq);
    if (at(this.readTo, id) >= at(this.heard, id)) seen(id);
    this.paint();
  }

  /** Rows came from the server, which may not have known yet what this page knows. */
  paint() {
    for (const row of this.inbox.rows) {
      const { conversationId: id, lastSeq } = row.dataset;
      const read = at(this.readTo, id);
      if (read >= Math.max(Number(lastSeq), at(this.heard, id))) this.inbox.markUnread(id, false);
      else if (at(this.heard, id) > Math.max(Number(lastSeq), read)) this.inbox.markUnread(id, true);
    }
  }
}

const at = (numbers, id) => numbers.get(id) || 0;

function raise(numbers, id, seq) {
  numbers.set(id, Math.max(at(numbers, id), seq));
}
