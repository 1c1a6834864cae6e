/**
 * A menu beside the control that opened it: arrows move, Enter chooses, Esc closes.
 * @module
 */
import { el } from "./dom.js";

/**
 * @typedef {{label: string | Node, more?: string, href?: string | null, checked?: boolean,
 *   choose: () => void}} Entry `checked` makes it one of several alternatives
 */

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
let close = () => {};

/**
 * Opens a menu under `opener`; the one that was open closes. The opener gets the focus back.
 * @param {HTMLElement} opener
 * @param {string} label
 * @param {Entry[]} entries
 * @param {string} [kind] an extra class
 */
export function openMenu(opener, label, entries, kind = "") {
  const again = opener.getAttribute("aria-expanded") === "true";
  close();
  if (again) return;
  const items = entries.map(item);
  const menu = el(
    "div",
    { class: `menu ${kind}`, role: "menu", "aria-label": label, popover: "manual" },
    items,
  );
  const away = (event) => {
    if (!menu.contains(event.target) && !opener.contains(event.target)) close();
  };
  close = () => {
    close = () => {};
    document.removeEventListener("pointerdown", away);
    removeEventListener("resize", close);
    const inside = menu.contains(document.activeElement);
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    if (inside && opener.isConnected) opener.focus();
  };
  menu.addEventListener("keydown", (event) => onKey(event, items));
  menu.addEventListener("click", (event) => chosen(event, items, entries));
  document.addEventListener("pointerdown", away);
  addEventListener("resize", close);
  (opener.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  place(menu, opener);
  opener.setAttribute("aria-expanded", "true");
  (items.find((it) => it.getAttribute("aria-checked") === "true") ?? items[0]).focus();
}

/** Closes whatever menu is open. */
export function closeMenu() {
  close();
}

function item(entry) {
  const role = entry.checked === undefined ? "menuitem" : "menuitemradio";
  const checked = entry.checked === undefined ? null : String(entry.checked);
  const props = { class: "menu-item", role, "aria-checked": checked, tabindex: "-1" };
  const link = entry.href && { href: entry.href, target: "_blank", rel: "noopener noreferrer" };
  const more = entry.more && el("span", { class: "menu-more", text: entry.more });
  return el(
    link ? "a" : "button",
    { ...props, ...(link || { type: "button" }) },
    entry.label,
    more,
  );
}

function chosen(event, items, entries) {
  const at = items.findIndex((it) => it.contains(event.target));
  if (at < 0) return;
  close();
  entries[at].choose();
}

function onKey(event, items) {
  const at = items.indexOf(document.activeElement);
  if (event.key in STEPS) items[(at + STEPS[event.key] + items.length) % items.length].focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items[items.length - 1].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Under the opener, its right edges together where the menu would not fit otherwise. */
function place(menu, opener) {
  const anchor = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const margin = 8;
  const fits = anchor.left + width + margin <= innerWidth;
  const left = fits ? anchor.left : Math.max(margin, anchor.right - width);
  const under = anchor.bottom + 4;
  const top =
    under + height + margin <= innerHeight ? under : Math.max(margin, anchor.top - height - 4);
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}
