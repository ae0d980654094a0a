// How one's own message stands that the server has not confirmed: what its bubble says, and what can be done about it.

import { notSent } from "./delivery.js";
import { say } from "./strings.js";

export const UPWARD = ["uploading", "offline", "too_fast", "busy"]; // states in which files can be called back
const HELD_UP = ["behind", "too_fast", "busy"]; // and in which what waits for files can be called back, or sent before them

export class Standing {
  constructor(outbox) {
    this.outbox = outbox;
    this.unkept = new Map(); // client id → why the device does not keep it
    this.uploaded = new Map(); // client id → the part of its files that has gone up, from 0 to 1
    this.waiting = new Set(); // client ids that have stood there for so long that it is worth saying what they wait for
  }

  /** {name, seconds, words, ways, part}, as pending.js shows it. */
  of(item) {
    const state = this.stateOf(item);
    const part = this.outbox.isAside(item) ? undefined : this.uploaded.get(item.client_id);
    const ways = this.isHeldUp(item) && HELD_UP.includes(state.name) ? waysPast(item) : waysOf(item, state);
    return { ...state, words: this.wordsOf(item, state), ways, part };
  }

  /** As the outbox says it, or `behind`: it waits for files that were written before it, and for nothing else. */
  stateOf(item) {
    const state = this.outbox.stateOf(item);
    const isBehind = state.name === "waiting" && this.waiting.has(item.client_id) && this.isHeldUp(item);
    return isBehind ? { name: "behind" } : state;
  }

  isHeldUp(item) {
    return !item.tried && this.outbox.lanes.isHeldUp(item);
  }

  /** So much has gone up. Returns whether that is worth saying. */
  reached(item, part) {
    const before = this.uploaded.get(item.client_id);
    this.uploaded.set(item.client_id, part);
    return percent(before) !== percent(part);
  }

  wordsOf(item, { name, seconds }) {
    if (name === "refused") return notSent(item.refused);
    if (name === "bare") return say("shared.bare", { n: item.lost_files });
    const why = this.unkept.get(item.client_id);
    // Both are tried again in the same way, but only one of them has to do with the network of who reads it.
    const told = name === "offline" && navigator.onLine !== false ? "unreachable" : name;
    const number = name === "uploading" ? percent(this.uploaded.get(item.client_id)) : seconds;
    const words = name === "waiting" || name === "sending" ? "" : say(`shared.${told}`, { n: number });
    return [words, why ? say(`shared.unkept_${why}`) : ""].filter(Boolean).join(" ");
  }
}

// Files are not sent before others: the line carries no more by that, and what has gone up of the others would wait.
function waysPast(item) {
  return item.files.length ? ["cancel"] : ["first", "cancel"];
}

// What may have reached the server is not taken back: it would come out as a second message.
function waysOf(item, { name }) {
  if (name === "refused") return [item.moved_on ? "send" : "retry", "edit", "discard"];
  if (name === "stale") return ["send", "edit", "discard"];
  if (name === "bare") return item.content ? ["send", "edit", "discard"] : ["discard"];
  if (item.files.length && !item.tried && UPWARD.includes(name)) return ["cancel"];
  return name === "offline" && !item.tried ? ["edit", "discard"] : [];
}

const percent = (part) => Math.floor((part || 0) * 100);
