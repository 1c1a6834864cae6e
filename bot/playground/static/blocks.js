/**
 * Block Kit's blocks as DOM nodes. What is not known is shown as an error, never swallowed.
 * @module
 */
import { el, freshId } from "./dom.js";
import { elementControl, IS_GROUP } from "./elements.js";
import { mrkdwn, plainText } from "./mrkdwn.js";
import { webAddress } from "./route.js";

/**
 * @typedef {object} Env
 * @property {import("./store.js").Store} store
 * @property {(control: HTMLElement, element: any, chosen?: any) => void} act reports a use
 * @property {string} heading the tag of a header block, such as "h3"
 * @property {boolean} [tiles] draws squares as tiles: in what the bot says
 * @property {string} [channel] where a channel menu begins
 * @property {Map<string, Field>} [fields] in forms: filled with the inputs by block_id
 *
 * @typedef {{action_id: string, type: string, read: () => any, node: HTMLElement,
 *   error: HTMLElement, dispatch: boolean}} Field
 */

const BLOCKS = {
  header: (block, env) => el(env.heading, { class: "block-title" }, textObject(block.text, env)),
  section,
  context,
  actions,
  divider: () => el("hr"),
  input,
  image,
};

/**
 * A block, wrapped in an element that carries its id.
 * @param {any} block
 * @param {Env} env
 */
export function renderBlock(block, env) {
  const known = Object.hasOwn(BLOCKS, block.type);
  const inside = known ? BLOCKS[block.type](block, env) : unknown("block", block.type);
  const type = known ? block.type : "unknown";
  return el(
    "div",
    { class: `block block-${type}`, data: { blockId: block.block_id ?? "" } },
    inside,
  );
}

/** The visible complaint about something this page cannot draw. */
export function unknown(what, type) {
  return el("p", { class: "unknown", role: "alert", text: `Unknown ${what}: ${type}` });
}

/** A plain_text or mrkdwn object. */
function textObject(text, env) {
  if (text.type === "plain_text") return plainText(text.text, env);
  if (text.type === "mrkdwn") return mrkdwn(text.text, env, { verbatim: text.verbatim });
  return unknown("text", text.type);
}

function section(block, env) {
  const text = block.text && el("div", { class: "text" }, textObject(block.text, env));
  const cells = (block.fields ?? []).map((it) => el("div", { class: "text" }, textObject(it, env)));
  const fields = cells.length > 0 && el("div", { class: "fields" }, cells);
  if (text) alignRuns(text);
  if (!block.accessory) return [text, fields];
  const accessory = el("div", { class: "accessory" }, element(block.accessory, env));
  return el(
    "div",
    { class: "beside" },
    el("div", { class: "beside-text" }, text, fields),
    accessory,
  );
}

/** Gives the runs of squares in a text one width, so that what follows them lines up too. */
function alignRuns(node) {
  const runs = [...node.querySelectorAll(".tiles")].filter((it) => it.children.length > 1);
  if (runs.length < 2) return;
  const longest = Math.max(...runs.map((it) => it.children.length));
  for (const run of runs) (run.closest(".hanging") ?? run).style.setProperty("--run", longest);
}

function element(given, env) {
  if (given.type === "image") return picture(given);
  return elementControl(given, env) ?? unknown("element", given.type);
}

function context(block, env) {
  return block.elements.map((it) => {
    if (it.type === "image") return picture(it);
    if (it.type === "plain_text" || it.type === "mrkdwn") {
      return el("div", { class: "text" }, textObject(it, env));
    }
    return unknown("element", it.type);
  });
}

function actions(block, env) {
  return el(
    "div",
    { class: "row" },
    block.elements.map((it) => element(it, env)),
  );
}

/** Pictures of this workspace are shown; of others only their words, for nothing is fetched. */
function picture(given) {
  const address = webAddress(given.image_url);
  if (address && new URL(address).origin === location.origin) {
    return el("img", { src: address, alt: given.alt_text });
  }
  const props = { href: address, target: "_blank", rel: "noopener noreferrer" };
  return el(
    "span",
    { class: "no-picture" },
    address ? el("a", props, given.alt_text) : given.alt_text,
  );
}

function image(block, env) {
  const title = block.title && el("figcaption", {}, textObject(block.title, env));
  return el("figure", {}, picture(block), title);
}

function input(block, env) {
  const ids = {
    label: freshId("label"),
    hint: freshId("hint"),
    error: freshId("error"),
    control: freshId("field"),
  };
  const described = [ids.error, block.hint && ids.hint].filter(Boolean).join(" ");
  const control = elementControl(block.element, env, { ids, described, required: !block.optional });
  if (!control) return unknown("element", block.element.type);
  const error = el("p", { id: ids.error, class: "field-error", "aria-live": "polite" });
  register(block, env, control, error);
  const group = IS_GROUP.has(block.element.type);
  const props = group ? { id: ids.label } : { id: ids.label, for: ids.control };
  const label = el(
    group ? "span" : "label",
    { class: "label", ...props },
    textObject(block.label, env),
  );
  if (block.optional) label.append(el("span", { class: "faint" }, " (optional)"));
  const hint = block.hint && el("p", { id: ids.hint, class: "hint" }, textObject(block.hint, env));
  return [label, control, error, hint];
}

function register(block, env, node, error) {
  env.fields?.set(block.block_id, {
    action_id: block.element.action_id,
    type: block.element.type,
    read: node.readValue,
    node,
    error,
    dispatch: Boolean(block.dispatch_action),
  });
}
