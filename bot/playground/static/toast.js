/**
 * Short words at the edge of the page that go away by themselves.
 * @module
 */
import { el } from "./dom.js";

const SHOWN = 6000; // milliseconds

/**
 * Shows a line; an error is announced at once. Inside an open dialog it stands in the dialog.
 * @param {string} text
 * @param {"error" | "info"} [level]
 */
export function toast(text, level = "error") {
  const host = document.getElementById("toasts");
  const role = level === "error" ? "alert" : "status";
  const line = el("p", { class: `toast is-${level}`, role, text });
  host.append(line);
  if (host.popover) {
    host.hidePopover?.();
    host.showPopover?.(); // above any open dialog
  }
  setTimeout(() => {
    line.remove();
    if (!host.children.length) host.hidePopover?.();
  }, SHOWN);
}
