/**
 * Keeps the keyboard's place in a message that is redrawn under it.
 * @module
 */
import { firstFocusable } from "./dom.js";

/**
 * @typedef {{ts: string, pane: string, index: number, actionId: string, label: string,
 *   byKeyboard: boolean}} Place
 */

/**
 * Where in which message the focus is; null when it is in none.
 * @returns {Place | null}
 */
export function placeOfFocus(node = document.activeElement) {
  const block = node?.closest?.("[data-block-id]");
  const message = block?.closest("[data-ts]");
  if (!message) return null;
  return {
    ts: message.dataset.ts,
    pane: message.closest("[data-pane]")?.dataset.pane ?? "",
    index: [...block.parentElement.children].indexOf(block),
    actionId: node.closest("[data-action-id]")?.dataset.actionId ?? "",
    label: node.textContent,
    byKeyboard: node.matches(":focus-visible"),
  };
}

/**
 * Puts the focus back: on the same control, else on the first button of the next block that
 * offers the same choice (the next check), else on whatever comes next in the message.
 * @param {Place | null} place
 */
export function returnFocus(place) {
  const active = document.activeElement;
  if (!place || (active && active !== document.body && active.isConnected)) return;
  const pane = document.querySelector(`[data-pane="${place.pane}"]`);
  const message = pane?.querySelector(`[data-ts="${CSS.escape(place.ts)}"]`);
  const target = message && (sensible(message, place) ?? message);
  target?.focus({ preventScroll: !place.byKeyboard });
}

function sensible(message, place) {
  const blocks = [...message.querySelectorAll("[data-block-id]")];
  const same =
    place.actionId && message.querySelector(`[data-action-id="${CSS.escape(place.actionId)}"]`);
  if (same) return same;
  const following = blocks.slice(Math.max(place.index - 1, 0));
  const alike = following.find((it) => buttons(it).some((one) => one.textContent === place.label));
  if (alike) return buttons(alike)[0];
  const next = following.map(firstFocusable).find(Boolean);
  return next ?? blocks.map(firstFocusable).filter(Boolean).pop() ?? null;
}

function buttons(block) {
  return [...block.querySelectorAll("[data-action-id]")];
}
