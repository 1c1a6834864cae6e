/**
 * Building DOM nodes. Text only ever becomes text nodes: nothing here parses HTML.
 * @module
 */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * An element with attributes, listeners and children.
 *
 * `props`: `class`, `text`, `data` (dataset entries), `on` (listeners by event name); everything
 * else is an attribute. `true` sets an empty attribute; `false`, null and undefined set none.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children
 * @returns {any} the element
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  append(node, children);
  return node;
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else node.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Adds children, skipping what is empty and flattening lists.
 * @param {Node} parent
 * @param {Child[]} children
 */
export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

let last = 0;

/** An id no other element has, for labels and descriptions. */
export function freshId(prefix = "id") {
  last += 1;
  return `${prefix}-${last}`;
}

/** A text that keeps its own direction, whatever characters it holds: names, labels. */
export function isolated(text) {
  return el("bdi", { text });
}

/**
 * The first element inside `root` that can take the keyboard focus.
 * @returns {HTMLElement | null}
 */
export function firstFocusable(root) {
  return root.querySelector("a[href], button, input, select, textarea");
}
