/**
 * What the columns of messages have in common: their head, their body, their pill.
 * @module
 */
import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * The head of a column. The way back is shown where columns replace each other.
 * @param {HTMLAnchorElement} back
 * @param {HTMLElement} title
 * @param {HTMLElement} topic
 * @param {HTMLElement} [more] at the right end
 */
export function paneHead(back, title, topic, more) {
  return el(
    "header",
    { class: "pane-head" },
    back,
    el("div", { class: "pane-name" }, title, topic),
    more,
  );
}

/** The way back from a column on a small screen. */
export function wayBack(label, href) {
  return el("a", { class: "tool only-narrow", "aria-label": label, href }, icon("back"));
}

/** The button that leads to new messages further down. */
export function newsPill() {
  const props = { type: "button", class: "pill", hidden: true };
  return el("button", props, icon("down"), "New messages");
}

/**
 * A column: its head, what stands under it, a scrolling body, and what stands below.
 * @param {string} kind "channel", "thread" or "home"
 * @param {{above: Node[], body: Node[], below?: Node}} parts
 */
export function pane(kind, { above, body, below }) {
  const props = { class: "pane", data: { pane: kind } };
  return el("div", props, above, el("div", { class: "pane-body" }, body), below);
}
