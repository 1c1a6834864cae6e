/**
 * Redraws a list of blocks and leaves alone what did not change: its nodes, its focus.
 * @module
 */
import { renderBlock } from "./blocks.js";

const drawn = new WeakMap(); // host -> [{key, node}]

/** What makes two blocks look the same: everything but the id, which an edit renews. */
function keyOf(block) {
  const { block_id: _, ...rest } = block;
  return JSON.stringify(rest);
}

/**
 * Makes `host` show `blocks`.
 * @param {HTMLElement} host
 * @param {any[]} blocks
 * @param {import("./blocks.js").Env} env
 */
export function patchBlocks(host, blocks, env) {
  const before = drawn.get(host) ?? [];
  const keys = blocks.map(keyOf);
  const kept = pairs(
    before.map((it) => it.key),
    keys,
  );
  const after = blocks.map((block, index) => {
    const old = before[kept.get(index)]?.node;
    if (old) old.dataset.blockId = block.block_id ?? "";
    return { key: keys[index], node: old ?? renderBlock(block, env) };
  });
  const stay = new Set(after.map((it) => it.node));
  for (const { node } of before) if (!stay.has(node)) node.remove();
  let next = host.firstChild;
  for (const { node } of after) {
    if (node === next) next = next.nextSibling;
    else host.insertBefore(node, next);
  }
  drawn.set(host, after);
}

/** The longest common subsequence, as new index -> old index. */
function pairs(old, now) {
  const length = table(old, now);
  const found = new Map();
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) found.set(j++, i++);
    else if (length[i + 1][j] >= length[i][j + 1]) i += 1;
    else j += 1;
  }
  return found;
}

function table(old, now) {
  const rows = Array.from({ length: old.length + 1 }, () => new Array(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      rows[i][j] =
        old[i] === now[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  return rows;
}
