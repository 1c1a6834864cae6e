/**
 * The current person's modals, one native dialog each, on top of each other as they are opened.
 * @module
 */
import { post } from "./api.js";
import { placeOfFocus, returnFocus } from "./focus.js";
import { Modal } from "./modal.js";

/** Keeps the open dialogs as the workspace has them. */
export class Modals {
  #env;
  #open = new Map();
  #origin = null; // where the focus was before the first dialog

  /**
   * @param {{store: import("./store.js").Store, channel: () => string,
   *   started: (what: object) => void}} env
   */
  constructor(env) {
    this.#env = env;
    const { store } = env;
    store.on("view", ({ view }) => this.#show(view));
    store.on("view_closed", (event) => this.#remove(event.view_id));
    store.on("notice", ({ text }) => this.top?.complain(text));
    store.on("replaced", () => this.#sync());
  }

  /** The dialog on top; undefined when none is open. */
  get top() {
    return [...this.#open.values()].at(-1);
  }

  #sync() {
    const views = this.#env.store.state.modals;
    for (const id of this.#open.keys()) if (!views.some((it) => it.id === id)) this.#remove(id);
    for (const view of views) this.#show(view);
  }

  #show(view) {
    const found = this.#open.get(view.id);
    if (found) {
      found.update(view);
      return;
    }
    if (!this.#open.size) this.#origin = placeOfFocus();
    const modal = new Modal(view, { ...this.#env, closed: () => this.#putAway(view.id) });
    this.#open.set(view.id, modal);
    modal.open();
  }

  /** The person closed it: it goes at once, and the workspace is told. */
  #putAway(id) {
    if (!this.#open.has(id)) return;
    post("view_close", { user: this.#env.store.me, view_id: id });
    this.#remove(id);
  }

  #remove(id) {
    const modal = this.#open.get(id);
    if (!modal) return;
    this.#open.delete(id);
    modal.remove();
    if (!this.#open.size) returnFocus(this.#origin);
  }
}
