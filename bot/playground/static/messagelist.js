/**
 * A list of messages kept in step with the store: order, days, grouping, focus and scrolling.
 * @module
 */
import { el } from "./dom.js";
import { placeOfFocus, returnFocus } from "./focus.js";
import { Follow } from "./follow.js";
import { MessageNode } from "./messagenode.js";
import { dayIn, instant } from "./words.js";

const GROUP_SECONDS = 300;

/** Draws messages into `scroller`. */
export class MessageList {
  #env;
  #nodes = new Map();
  #place = "";
  #list = el("ol", { class: "messages" });

  /**
   * @param {HTMLElement} scroller the scrolling element; the list becomes its last child
   * @param {HTMLButtonElement} pill "New messages"
   * @param {Omit<import("./messagenode.js").ListEnv, "acted" | "channel">} env
   */
  constructor(scroller, pill, env) {
    this.follow = new Follow(scroller, pill);
    this.#env = env;
    scroller.append(this.#list);
  }

  /**
   * Shows these messages, oldest first. `place` names what they belong to: another one starts at
   * its end, the same one keeps what the person looks at.
   */
  show(place, channel, messages, label) {
    const fresh = place !== this.#place;
    if (fresh) this.#clear(place);
    this.#list.setAttribute("aria-label", label);
    const known = new Set(this.#nodes.keys());
    const before = fresh ? null : this.follow.before();
    const focus = placeOfFocus();
    this.#reconcile(channel, messages);
    returnFocus(focus);
    const arrived = messages.filter((it) => !known.has(it.ts)).map((it) => this.#nodes.get(it.ts));
    if (fresh) this.follow.begin(this.#nodes.get(messages.at(-1)?.ts)?.node);
    else this.follow.after(before, arrived, this.#env.store.me);
  }

  #clear(place) {
    this.#place = place;
    this.#nodes.clear();
    this.#list.replaceChildren();
  }

  #reconcile(channel, messages) {
    const wanted = new Set(messages.map((it) => it.ts));
    for (const [ts, each] of this.#nodes) {
      if (!wanted.has(ts)) {
        each.node.remove();
        this.#nodes.delete(ts);
      }
    }
    for (const day of this.#list.querySelectorAll(":scope > .day")) day.remove();
    let previous = null;
    let cursor = this.#list.firstChild;
    for (const message of messages) {
      const day = this.#dayBetween(previous, message);
      if (day) this.#list.insertBefore(day, cursor);
      const { node } = this.#drawn(channel, message, !day && this.#grouped(previous, message));
      if (node === cursor) cursor = cursor.nextSibling;
      else this.#list.insertBefore(node, cursor);
      previous = message;
    }
  }

  #drawn(channel, message, grouped) {
    let found = this.#nodes.get(message.ts);
    if (!found) {
      const acted = () => this.follow.acted();
      found = new MessageNode(message, { ...this.#env, channel, acted });
      this.#nodes.set(message.ts, found);
    }
    found.update(message, grouped);
    return found;
  }

  #grouped(previous, message) {
    return (
      Boolean(previous) &&
      previous.user === message.user &&
      Boolean(previous.ephemeral) === Boolean(message.ephemeral) &&
      !message.ephemeral &&
      Number.parseFloat(message.ts) - Number.parseFloat(previous.ts) < GROUP_SECONDS
    );
  }

  #dayBetween(previous, message) {
    const { tz } = this.#env.store;
    const day = (it) => dayIn(instant(it.ts), tz);
    if (previous && day(previous) === day(message)) return null;
    return el("li", { class: "day", role: "separator" }, el("span", { text: day(message) }));
  }

  /** Marks a message for a moment and shows it. */
  highlight(ts) {
    const found = this.#nodes.get(ts);
    if (!found) return;
    found.node.classList.add("is-meant");
    found.node.scrollIntoView({ block: "center" });
    setTimeout(() => found.node.classList.remove("is-meant"), 2500);
  }
}
