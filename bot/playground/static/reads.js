/**
 * What each person has read, kept in the browser: by channel, and by thread.
 * @module
 */

/** Remembers how far a person has read. */
export class Reads {
  #store;

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.#store = store;
  }

  #all() {
    try {
      return JSON.parse(localStorage.getItem(`read ${this.#store.me}`)) ?? {};
    } catch {
      return {};
    }
  }

  /** The person has seen everything there up to now. Gives whether that is news. */
  mark(channel, thread = "") {
    const shown = thread ? this.#store.thread(channel, thread) : this.#store.roots(channel);
    const last = shown.filter((it) => !it.notice).at(-1)?.ts;
    const all = this.#all();
    const key = thread ? `${channel}/${thread}` : channel;
    if (!last || all[key] === last) return false;
    localStorage.setItem(`read ${this.#store.me}`, JSON.stringify({ ...all, [key]: last }));
    return true;
  }

  /** How many messages of others stand in the channel that the person has not seen. */
  unread(channel) {
    const since = Number.parseFloat(this.#all()[channel] ?? "0");
    const isNew = (it) =>
      it.user !== this.#store.me && !it.notice && Number.parseFloat(it.ts) > since;
    return this.#store.roots(channel).filter(isNew).length;
  }

  /** Whether a root's thread holds a reply the person has not seen, having opened it before. */
  hasNews(channel, root) {
    const since = this.#all()[`${channel}/${root.ts}`];
    return Boolean(
      since && root.latest_reply && Number.parseFloat(root.latest_reply) > Number.parseFloat(since),
    );
  }
}
