/**
 * Who speaks: a coloured disc with initials, the bot's own mark, the workspace's.
 * @module
 */
import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {any} [user] a person, the bot, or undefined for the workspace itself
 * @param {string} [size] "small" or ""
 */
export function avatar(user, size = "") {
  const kind = !user ? "is-workspace" : user.is_bot ? "is-bot" : "";
  const node = el("span", {
    class: `avatar ${kind} ${size && `is-${size}`}`,
    "aria-hidden": "true",
  });
  if (!user) node.append(icon("lock"));
  else if (user.is_bot) node.append(icon("check"));
  else {
    node.append(initials(user.real_name));
    if (/^[0-9a-f]{6}$/i.test(user.color)) node.style.setProperty("--person", `#${user.color}`);
  }
  return node;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words[words.length - 1] : ""]
    .map((it) => [...it][0] ?? "")
    .join("");
}
