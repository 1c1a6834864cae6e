/**
 * What the page knows: people, channels, messages, views, as the current person sees them.
 * @module
 */

import { present, setPresent } from "./present.js";

/**
 * @typedef {{ts: string, user: string, bot: boolean, text: string, blocks?: any[],
 *   thread_ts?: string, reply_count?: number, latest_reply?: string, reply_users?: string[],
 *   edited?: boolean, ephemeral?: boolean, deleted?: boolean, notice?: string, at?: number}} Message
 *   `notice` marks what the workspace itself says ("error" or "info"); `at` is its time in ms.
 */

const DISMISSED = "dismissed";

/** Whether a message stands under another one. */
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

function inOrder(a, b) {
  const [left, right] = [Number.parseFloat(a.ts), Number.parseFloat(b.ts)];
  return left - right || (a.ts < b.ts ? -1 : 1);
}

/** Holds the state and tells its listeners what changed. */
export class Store {
  me = "";
  /** How many notices the workspace has given. */
  notices = 0;
  /** @type {any} The answer of `/_page/state`; null before the first one. */
  state = null;
  #logs = new Map();
  #dismissed = new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
  #listeners = new Map();

  /** Calls `listener` whenever something of this kind changes. */
  on(kind, listener) {
    const found = this.#listeners.get(kind) ?? [];
    this.#listeners.set(kind, [...found, listener]);
  }

  /** Tells the listeners. */
  emit(kind, detail) {
    for (const listener of this.#listeners.get(kind) ?? []) listener(detail);
  }

  /** Begins anew: the state, and lists of messages by channel id. */
  replace(state, lists) {
    this.state = state;
    setPresent(state.clock.now);
    this.#logs = new Map();
    for (const [channel, messages] of lists) this.merge(channel, messages);
    this.emit("replaced");
  }

  /** Adds messages, or puts newer versions in place. */
  merge(channel, messages) {
    const log = this.#log(channel);
    for (const message of messages) log.set(message.ts, message);
  }

  #log(channel) {
    if (!this.#logs.has(channel)) this.#logs.set(channel, new Map());
    return this.#logs.get(channel);
  }

  #shown(channel, wanted) {
    const all = [...this.#log(channel).values()];
    return all.filter((it) => !this.#dismissed.has(it.ts) && wanted(it)).sort(inOrder);
  }

  /** A channel's roots, oldest first. */
  roots(channel) {
    return this.#shown(channel, (it) => !isReply(it));
  }

  /** A root and its replies, oldest first. */
  thread(channel, ts) {
    return this.#shown(channel, (it) => it.ts === ts || it.thread_ts === ts);
  }

  /** One message, or undefined. */
  message(channel, ts) {
    return this.#log(channel).get(ts);
  }

  /** A channel of the current person, or undefined. */
  channel(id) {
    return this.state?.channels.find((it) => it.id === id);
  }

  /** A person or the bot, or undefined. */
  user(id) {
    return this.state?.users.find((it) => it.id === id);
  }

  /** The current person. */
  get person() {
    return this.user(this.me);
  }

  /** The current person's time zone. */
  get tz() {
    return this.person?.tz ?? "UTC";
  }

  /** The people one can be: everybody but the bot and those who left. */
  get people() {
    return (this.state?.users ?? []).filter((it) => !it.is_bot && !it.deleted);
  }

  /** What the workspace itself says to the current person, in a channel or thread. */
  addNotice(channel, thread, text, level) {
    const last = [...this.#log(channel).keys()].sort().pop() ?? "0";
    const extra = thread ? { thread_ts: thread } : {};
    const ts = `${last.split("n")[0]}n${Date.now()}`; // behind the last message, before the next
    const notice = { ts, user: "", bot: false, text, ephemeral: true, ...extra };
    this.#arrive(channel, { ...notice, notice: level, at: present().getTime() });
  }

  /** Puts a private message out of sight. */
  dismiss(channel, ts) {
    this.#dismissed.add(ts);
    sessionStorage.setItem(DISMISSED, JSON.stringify([...this.#dismissed]));
    this.emit("messages", { channel });
  }

  #arrive(channel, message) {
    const isNew = !this.#log(channel).has(message.ts);
    this.merge(channel, [message]);
    this.emit("messages", { channel, message, isNew });
  }

  /** Takes in one live event. */
  apply(event) {
    if (event.type === "message" || event.type === "message_changed") {
      this.#arrive(event.channel, event.message);
    } else if (event.type === "message_deleted") {
      this.#log(event.channel).delete(event.ts);
      this.emit("messages", { channel: event.channel });
    } else if (event.type === "channel") {
      this.#applyChannel(event.channel);
    } else if (event.type === "user") {
      this.state.users = this.state.users.map((it) => (it.id === event.user.id ? event.user : it));
      this.emit("users");
    } else if (event.type === "faults") {
      this.state.faults = event.faults;
      this.emit("faults");
    } else if (event.type === "clock") {
      this.state.clock = event.clock;
      setPresent(event.clock.now);
      this.emit("clock");
    } else if (event.type === "home") {
      this.state.app_home.view = event.view;
      this.emit("home");
    } else {
      if (event.type === "notice") this.notices += 1;
      this.emit(event.type, event); // view, view_closed, notice
    }
  }

  #applyChannel(channel) {
    const at = this.state.channels.findIndex((it) => it.id === channel.id);
    if (at < 0) this.state.channels.push(channel);
    else this.state.channels[at] = channel;
    this.emit("channels");
  }
}
