/**
 * Squares and lights drawn as tiles of one width, so that lines of them stand under each other
 * whatever fonts there are. The characters stay in the text for copying.
 * @module
 */
import { el } from "./dom.js";

const TILES = {
  "🟩": ["met", "met"],
  "🟨": ["partly", "partly"],
  "🟥": ["unmet", "not yet"],
  "🟪": ["unknown", "don’t know"],
  "➖": ["none", "n/a"],
  "⬜": ["open", "open"],
  "🟢": ["go", "green"],
  "🟡": ["wait", "yellow"],
  "🔴": ["stop", "red"],
};
const RUN = /(?:[🟩🟨🟥🟪➖⬜🟢🟡🔴]\uFE0F?)+/gu;

/**
 * The text as nodes, each run of squares as one picture with a spoken tally.
 * @param {string} text
 * @param {boolean} [wanted] false leaves the text alone
 * @returns {(Node | string)[]}
 */
export function tiled(text, wanted = true) {
  if (!text) return [];
  if (!wanted) return [text];
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(RUN)) {
    const rest = text.slice(found.index + found[0].length);
    nodes.push(text.slice(end, found.index), run(found[0], rest));
    end = found.index + found[0].length;
  }
  return [...nodes, text.slice(end)].filter((it) => it !== "");
}

function run(characters, rest) {
  const each = [...characters].filter((it) => it in TILES);
  const label = tally(each);
  const said = label && rest.trimStart().startsWith(label); // the legend: the word follows anyway
  const props = said ? { "aria-hidden": "true" } : { role: "img", "aria-label": label };
  return el("span", { class: "tiles", ...props }, each.map(tile));
}

function tile(character) {
  return el("span", { class: `tile tile-${TILES[character][0]}`, text: character });
}

function tally(characters) {
  if (characters.length === 1) return TILES[characters[0]][1];
  const counts = new Map();
  for (const it of characters) counts.set(it, (counts.get(it) ?? 0) + 1);
  return [...counts].map(([it, count]) => `${count} ${TILES[it][1]}`).join(", ");
}
