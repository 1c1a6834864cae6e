/**
 * What can be completed in a text being typed: commands behind "/", names behind "@".
 * @module
 */

/**
 * @typedef {{label: string, more: string, start: number, text: string, hint: string}} Suggestion
 *   choosing it replaces everything from `start` to the caret by `text`; `hint` says what follows
 */

const PLACEHOLDER = /\s(?=[[A-Z@])/; // "start SERVICE", "status [SERVICE]", "assign … @person"

/**
 * The suggestions for the text before the caret, best first; none for most texts.
 * @param {import("./store.js").Store} store
 * @param {string} before the text up to the caret
 * @param {{commands: boolean, botInside: boolean}} place
 * @returns {Suggestion[]}
 */
export function suggestions(store, before, place) {
  if (before.startsWith("/")) return place.commands ? commands(store, before, place) : [];
  const found = /(?:^|\s)@([\p{L}\p{N}.-]*)$/u.exec(before);
  return found ? names(store, before.length - found[1].length - 1, found[1]) : [];
}

function commands(store, before, { botInside }) {
  const declared = store.state.commands.flatMap((it) => usages(it));
  const invite = { usage: "/invite @Readiness", more: "takes the bot into this channel" };
  const all = botInside ? declared : [...declared, invite];
  const wanted = before.toLowerCase();
  return all
    .map(({ usage, more }) => suggestion(usage, more))
    .filter(
      (it) => it.text.toLowerCase().startsWith(wanted) && it.text.trimEnd() !== before.trimEnd(),
    )
    .concat(mentions(store, before));
}

/** Inside a command, a name can be completed too. */
function mentions(store, before) {
  const found = /\s@([\p{L}\p{N}.-]*)$/u.exec(before);
  return found ? names(store, before.length - found[1].length - 1, found[1]) : [];
}

function usages({ command, description, completions, effects = [] }) {
  if (!completions.length) return [{ usage: command, more: description }];
  return completions.map((it, index) => ({
    usage: `${command} ${it}`,
    more: effects[index] ?? "",
  }));
}

function suggestion(usage, more) {
  const cut = usage.slice(1).search(PLACEHOLDER) + 1;
  const literal = usage.startsWith("/invite") || cut === 0;
  const text = literal ? usage : `${usage.slice(0, cut)} `;
  return { label: usage, more, start: 0, text, hint: literal ? "" : usage };
}

function names(store, start, typed) {
  const wanted = typed.toLowerCase();
  return store.state.users
    .filter((it) => !it.deleted && it.id !== store.me)
    .filter((it) =>
      [it.name, ...it.real_name.split(" ")].some((one) => one.toLowerCase().startsWith(wanted)),
    )
    .map((it) => ({
      label: it.real_name,
      more: it.is_bot ? "app" : it.title,
      start,
      text: `@${it.real_name.split(" ")[0]} `,
      hint: "",
    }));
}

/** The usage a command is typed after, for the line below the text field; empty when done. */
export function usageOf(store, text) {
  if (!text.startsWith("/")) return "";
  const fits = store.state.commands
    .flatMap((it) => usages(it))
    .map(({ usage }) => suggestion(usage, ""))
    .filter((it) => it.hint && text.toLowerCase().startsWith(it.text.toLowerCase()));
  return fits[0]?.hint ?? "";
}
