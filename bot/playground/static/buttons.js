/**
 * Buttons, link buttons and overflow menus.
 * @module
 */
import { el, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { inPage, webAddress } from "./route.js";

/**
 * A button; with a followable `url` it is a link, which the app hears of as well.
 * @param {any} element
 * @param {import("./blocks.js").Env} env
 */
export function button(element, env) {
  const style = element.style ? ` is-${element.style}` : "";
  const target = element.url && destination(element.url);
  const props = { class: `button${style}`, "aria-label": element.accessibility_label };
  const control = target
    ? el("a", { ...props, ...target }, isolated(element.text.text))
    : el("button", { ...props, type: "button" }, isolated(element.text.text));
  control.addEventListener("click", (event) => {
    if (event.detail < 2) env.act(control, element); // a double click's second half may hit another
  });
  return control;
}

function destination(url) {
  const inside = inPage(url);
  if (inside) return { href: inside };
  const outside = webAddress(url);
  return outside ? { href: outside, target: "_blank", rel: "noopener noreferrer" } : null;
}

/** A menu of up to five things behind three dots. */
export function overflow(element, env) {
  const props = { type: "button", class: "button is-icon", "aria-label": "More actions" };
  const control = el("button", { ...props, "aria-haspopup": "menu" }, icon("more"));
  const entries = element.options.map((option) => ({
    label: option.text.text,
    more: option.description?.text,
    href: option.url && webAddress(option.url),
    choose: () => env.act(control, element, option.value),
  }));
  control.addEventListener("click", () => openMenu(control, "More actions", entries));
  return control;
}
