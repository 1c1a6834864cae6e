/**
 * Using an element: shows at once that it is under way, sends it once, says when it failed.
 * @module
 */
import { post } from "./api.js";
import { ask } from "./ask.js";
import { sentence } from "./words.js";
import { toast } from "./toast.js";

const AFTERGLOW = 700; // ms that a button stays busy while the card's edit is on its way
const CHANGED = 250; // ms in which what is told over the socket has arrived too

/**
 * @typedef {object} Target
 * @property {() => object} where `{channel, message_ts}` or `{view_id}`
 * @property {() => any[]} blocks what is shown there now
 */

/** Whether the control is waiting for an answer. */
function isBusy(control) {
  return control.getAttribute("aria-busy") === "true";
}

/** Shows or ends the waiting. */
export function setBusy(control, busy) {
  if (busy) control.setAttribute("aria-busy", "true");
  else control.removeAttribute("aria-busy");
}

/**
 * Reports the use of an element.
 * @param {import("./store.js").Store} store
 * @param {Target} target
 * @param {HTMLElement} control
 * @param {any} element
 * @param {any} [chosen] what was chosen or typed, for elements that are no buttons
 */
export async function use(store, target, control, element, chosen) {
  if (isBusy(control)) return;
  if (element.confirm && !(await ask(element.confirm, { store }))) return;
  setBusy(control, true);
  const notices = store.notices;
  const outcome = await send(store, target, control, element, chosen);
  setTimeout(() => setBusy(control, false), outcome.ok ? AFTERGLOW : 0);
  if (!outcome.ok) complain(store, notices, outcome.error);
}

/**
 * Says that something failed, unless the workspace says so itself.
 * @param {import("./store.js").Store} store
 * @param {number} notices how many notices there were before
 * @param {string} error
 */
export async function complain(store, notices, error) {
  await pause(CHANGED); // the workspace's own words come by another way
  if (store.notices === notices) toast(sentence(error));
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

async function send(store, target, control, element, chosen) {
  const blockId = control.closest("[data-block-id]").dataset.blockId;
  const outcome = await report(store, target, blockId, element, chosen);
  if (outcome.ok || outcome.error !== "element_not_found") return outcome;
  await pause(CHANGED);
  const block = target.blocks().find((it) => holds(it, element.action_id));
  return block ? report(store, target, block.block_id, element, chosen) : outcome;
}

function report(store, target, blockId, element, chosen) {
  const body = {
    user: store.me,
    ...target.where(),
    block_id: blockId,
    action_id: element.action_id,
  };
  return post("action", chosen === undefined ? body : { ...body, selected: chosen });
}

function holds(block, actionId) {
  const held = [...(block.elements ?? []), block.accessory, block.element];
  return held.some((it) => it?.action_id === actionId);
}
