/**
 * Slack's text markup as DOM nodes. Data only ever becomes text nodes and checked attributes.
 * @module
 */
import { el, isolated } from "./dom.js";
import { inPage, placeHref, webAddress } from "./route.js";
import { tiled } from "./tiles.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const BARE_LINK = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"]/;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const SHORT = /^[\x20-\x7e\xa0-\u024f\u2010-\u2027]{1,24}$/; // fits a phone, so that it need not break
const WORD = /[\p{L}\p{N}]/u;
const EVERYBODY = { channel: "@channel", here: "@here", everyone: "@everyone" };

/** A text with `&lt;`, `&gt;` and `&amp;` read. */
function unescaped(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (found) => ENTITIES[found]);
}

/**
 * A mrkdwn text as nodes.
 * @param {string} text
 * @param {{store: import("./store.js").Store, tiles?: boolean}} env `tiles` draws squares as tiles
 * @param {{verbatim?: boolean}} [how] `verbatim` leaves bare addresses alone
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, env, { verbatim = false } = {}) {
  const context = { ...env, verbatim };
  const nodes = document.createDocumentFragment();
  text.split(/```([\s\S]*?)```/).forEach((part, index) => {
    if (index % 2)
      nodes.append(el("pre", {}, el("code", { text: unescaped(part.replace(/^\n/, "")) })));
    else nodes.append(...paragraphs(index ? part.replace(/^\n/, "") : part, context));
  });
  return nodes;
}

/** A plain text as nodes: nothing in it is markup, but lines stay lines. */
export function plainText(text, env) {
  const nodes = document.createDocumentFragment();
  nodes.append(...tiled(text, env.tiles));
  return nodes;
}

/** What a mrkdwn text says, without markup: for announcements. */
export function spoken(text, env) {
  return mrkdwn(text, { ...env, tiles: false }).textContent.trim();
}

function paragraphs(text, context) {
  const nodes = [];
  let quote = null;
  const lines = text.split("\n");
  lines.forEach((line, index) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(quoted[1], context));
    } else {
      const drawn = inline(line, context);
      const whole = hangs(drawn) || (line && hangs(inline(lines[index + 1] ?? "", context)));
      nodes.push(hangs(drawn) ? hanging(drawn) : drawn);
      if (index < lines.length - 1 && !whole) nodes.push(el("br"));
    }
    if (!quoted) quote = null;
  });
  return nodes.flat();
}

/** Whether a line begins with its only squares, so that what wraps stands under its words. */
function hangs(nodes) {
  const runs = nodes.filter((it) => it.matches?.(".tiles"));
  return runs.length === 1 && runs[0] === nodes[0];
}

/** Such a line. It is a box of its own: no break is needed before and after it. */
function hanging(nodes) {
  const line = el("span", { class: "hanging" }, nodes);
  line.style.setProperty("--run", nodes[0].children.length);
  line.style.setProperty("--blanks", /^ */.exec(nodes[1] ?? "")[0].length);
  return line;
}

/** The nodes of one line, or of a styled part of it. */
function inline(text, context) {
  const nodes = [];
  let plain = 0; // where the text not yet turned into nodes begins
  let at = 0;
  const take = (node, length) => {
    nodes.push(...tiled(unescaped(text.slice(plain, at)), context.tiles), node);
    at += length;
    plain = at;
  };
  while (at < text.length) {
    const found = codeAt(text, at) ?? angledAt(text, at, context) ?? styledAt(text, at, context);
    const [node, length] = found ?? (context.verbatim ? null : bareLinkAt(text, at)) ?? [];
    if (node) take(node, length);
    else at += 1;
  }
  nodes.push(...tiled(unescaped(text.slice(plain)), context.tiles));
  return nodes;
}

function codeAt(text, at) {
  if (text[at] !== "`") return null;
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  const code = unescaped(text.slice(at + 1, end));
  return [el("code", { class: SHORT.test(code) && "is-short", text: code }), end + 1 - at];
}

function styledAt(text, at, context) {
  const mark = text[at];
  if (!(mark in STYLES) || (at > 0 && WORD.test(text[at - 1]))) return null;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return null;
  const end = closing(text, at, mark);
  if (end < 0) return null;
  return [el(STYLES[mark], {}, inline(text.slice(at + 1, end), context)), end + 1 - at];
}

function closing(text, start, mark) {
  for (let at = text.indexOf(mark, start + 2); at > 0; at = text.indexOf(mark, at + 1)) {
    const after = text[at + 1];
    if (!/\s/.test(text[at - 1]) && !(after && WORD.test(after))) return at;
  }
  return -1;
}

function bareLinkAt(text, at) {
  if (text[at] !== "h" || (at > 0 && WORD.test(text[at - 1]))) return null;
  const found = BARE_LINK.exec(text.slice(at));
  return found ? [linkTo(unescaped(found[0])), found[0].length] : null;
}

function angledAt(text, at, context) {
  if (text[at] !== "<") return null;
  const found = /^<([^<>\n]+)>/.exec(text.slice(at));
  if (!found) return null;
  const bar = found[1].indexOf("|");
  const [target, label] =
    bar < 0 ? [found[1], ""] : [found[1].slice(0, bar), found[1].slice(bar + 1)];
  return [reference(target, label, context), found[0].length];
}

function reference(target, label, { store }) {
  const id = target.slice(1);
  if (target.startsWith("@")) return mention(id, label, store);
  if (target.startsWith("#")) return channelLink(id, label, store);
  if (target.startsWith("!")) return special(id, label);
  if (!SCHEME.test(target))
    return document.createTextNode(unescaped(`<${target}${label && `|${label}`}>`));
  return linkTo(unescaped(target), unescaped(label));
}

function mention(id, label, store) {
  const name = store.user(id)?.real_name ?? (unescaped(label) || "somebody");
  const mine = id === store.me ? " is-me" : "";
  return el("span", { class: `chip${mine}` }, isolated(`@${name}`));
}

function channelLink(id, label, store) {
  const channel = store.channel(id);
  if (!channel)
    return el("span", { class: "chip" }, isolated(`#${unescaped(label) || "a channel"}`));
  return el("a", { class: "chip", href: placeHref(id) }, isolated(`#${channel.name}`));
}

function special(id, label) {
  const name = id.split("^")[0];
  const said = EVERYBODY[name] ?? (unescaped(label) || id.split("|")[0]);
  return el("span", { class: name in EVERYBODY ? "chip is-loud" : "chip" }, isolated(said));
}

/**
 * A link as it may be followed: http(s) in a new tab, this workspace's own permalinks in place,
 * anything else as dead text.
 * @param {string} address
 * @param {string} [label]
 */
function linkTo(address, label = "") {
  const inside = inPage(address);
  if (inside) return el("a", { href: inside }, isolated(label || "this thread"));
  const outside = webAddress(address);
  if (!outside) return el("span", {}, isolated(label || address.replace(/^mailto:/, "")));
  const props = { href: outside, target: "_blank", rel: "noopener noreferrer" };
  return el("a", props, isolated(label || address));
}
