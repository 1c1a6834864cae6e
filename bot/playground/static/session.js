/**
 * One person's connection to the workspace: loads what there is, then follows what happens.
 * @module
 */
import { get } from "./api.js";
import { listen } from "./live.js";
import { here } from "./route.js";

const REMEMBERED = "person";
const FIRST = "U0ANA";

/** Who the page was last opened as, in this tab or any other. */
export function lastPerson() {
  return sessionStorage.getItem(REMEMBERED) ?? localStorage.getItem(REMEMBERED) ?? FIRST;
}

/** Keeps the store up to date for one person at a time. */
export class Session {
  #store;
  #live = null;
  #held = null; // events told while the state is being loaded

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** Becomes this person. Resolves when everything is loaded. */
  become(user) {
    sessionStorage.setItem(REMEMBERED, user);
    localStorage.setItem(REMEMBERED, user);
    this.#live?.close();
    this.#store.me = user;
    return new Promise((resolve) => {
      const current = () => this.#store.me === user;
      this.#live = listen(user, {
        opened: () => current() && this.#load(user).then(resolve),
        lost: (failures) => current() && this.#lost(user, failures),
        told: (event) => current() && this.#told(event),
      });
    });
  }

  async #lost(user, failures) {
    this.#store.emit("connection", { failures });
    const answer = failures === 1 && user !== FIRST ? await get("state", { user }) : {};
    if (answer.error?.startsWith("user_")) this.become(FIRST); // remembered from another workspace
  }

  #told(event) {
    if (this.#held) this.#held.push(event);
    else this.#store.apply(event);
  }

  async #load(user) {
    const held = [];
    this.#held = held;
    const state = await get("state", { user });
    const lists = state.channels ? await this.#lists(user, state.channels) : [];
    if (this.#held !== held || this.#store.me !== user) return;
    this.#held = null;
    if (!state.channels) return; // the socket will close too, and we are back here after a while
    this.#store.replace(state, lists);
    this.#store.emit("connection", { failures: 0 });
    for (const event of held) this.#store.apply(event);
  }

  async #lists(user, channels) {
    const roots = channels.map(async ({ id }) => [
      id,
      await get("messages", { user, channel: id }),
    ]);
    const { channel, thread } = here();
    if (thread)
      roots.push(get("thread", { user, channel, ts: thread }).then((it) => [channel, it]));
    const answers = await Promise.all(roots);
    return answers.map(([id, answer]) => [id, answer.messages ?? []]);
  }

  /** Loads a thread's replies. Gives whether the thread is there. */
  async loadThread(channel, ts) {
    const user = this.#store.me;
    const answer = await get("thread", { user, channel, ts });
    if (this.#store.me !== user) return true;
    if (answer.messages) this.#store.merge(channel, answer.messages);
    return Boolean(answer.messages);
  }
}
