/**
 * Where in the workspace the page is, kept in the address: `#CHANNEL`, `#CHANNEL/THREAD`,
 * `#CHANNEL/THREAD/REPLY`, `#home`, `#menu`. Permalinks (`/archives/CHANNEL/pTS`) lead
 * to the same places.
 * @module
 */

/** @typedef {{view: "channel" | "home" | "menu", channel: string, thread: string,
 *   reply: string}} Route `reply` is the one that a permalink meant */

const PERMALINK = /^\/archives\/([A-Z0-9]+)\/p(\d{7,})$/;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @returns {Route} where the address says we are; an empty channel means the first one */
export function here() {
  const [place, thread = "", reply = ""] = location.hash.slice(1).split("/");
  if (place === "home" || place === "menu")
    return { view: place, channel: "", thread: "", reply: "" };
  return { view: "channel", channel: place, thread, reply };
}

/** The address of a place, for links. */
export function placeHref(channel, thread = "", reply = "") {
  return `#${[channel, thread, reply].filter(Boolean).join("/")}`;
}

/** Goes somewhere in the page. */
export function go(href) {
  if (location.hash !== href) location.hash = href;
}

/** Goes somewhere without leaving a step behind for the Back button. */
export function goInstead(href) {
  history.replaceState(null, "", `/${href}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** The permalink of a message; a reply's names its thread. */
export function permalink(channel, message) {
  const link = new URL(`/archives/${channel}/p${message.ts.replace(".", "")}`, location.origin);
  if (message.thread_ts && message.thread_ts !== message.ts) {
    link.searchParams.set("thread_ts", message.thread_ts);
    link.searchParams.set("cid", channel);
  }
  return link.href;
}

/**
 * Where a permalink of this workspace leads inside the page; null for any other address.
 * @param {string} address
 * @returns {string | null}
 */
export function inPage(address) {
  const url = parsed(address);
  if (!url || url.protocol !== "http:" || url.port !== location.port) return null;
  if (!LOOPBACK.has(url.hostname) || !LOOPBACK.has(location.hostname)) return null;
  const found = PERMALINK.exec(url.pathname);
  if (!found) return null;
  const ts = `${found[2].slice(0, -6)}.${found[2].slice(-6)}`;
  const thread = url.searchParams.get("thread_ts");
  return thread ? placeHref(found[1], thread, ts) : placeHref(found[1], ts);
}

/** The address when it is http(s), normalised; null for anything else (javascript:, data:, …). */
export function webAddress(address) {
  const url = parsed(address);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url.href : null;
}

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** A page opened by a permalink goes on under the page's own address. */
export function enter() {
  const href = inPage(location.href);
  if (href) history.replaceState(null, "", `/${href}`);
}
