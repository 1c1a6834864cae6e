/**
 * How to begin: the panel in a new workspace, and the same again behind "?".
 * @module
 */
import { el, freshId } from "./dom.js";
import { icon } from "./icons.js";

const FIRST = "/readiness start search-assistant";

/**
 * @param {{begin: (text: string) => void, put: (text: string) => void, dismiss: () => void}} env
 *   `begin` sends a text in the first channel, `put` only writes it into the field there
 */
export function welcome(env) {
  const title = freshId("welcome");
  const close = el(
    "button",
    {
      type: "button",
      class: "tool welcome-close",
      "aria-label": "Dismiss the welcome",
      title: "Dismiss",
    },
    icon("close"),
  );
  const start = el(
    "button",
    { type: "button", class: "button is-primary is-large" },
    "Start the first review",
  );
  close.addEventListener("click", env.dismiss);
  start.addEventListener("click", () => env.begin(FIRST));
  return el(
    "section",
    { class: "welcome", "aria-labelledby": title },
    close,
    el("h2", { id: title, text: "A readiness review, in a chat" }),
    el(
      "p",
      {},
      "This is a local, Slack-compatible workspace running the real bot. Nothing leaves this machine.",
    ),
    el(
      "div",
      { class: "welcome-start" },
      start,
      el("span", {}, "or type ", el("code", { text: FIRST })),
    ),
    el("h3", { text: "Then try" }),
    el(
      "ul",
      {},
      tries(env).map((it) => el("li", {}, it)),
    ),
  );
}

function tries({ put }) {
  const commands = el("button", { type: "button", class: "link-button", text: "every command" });
  commands.addEventListener("click", () => put("/readiness "));
  return [
    [
      "Answer in the review’s thread: with the buttons, or by typing ",
      el("code", { class: "is-short", text: "3 yes https://…" }),
      ".",
    ],
    ["Type ", el("code", { text: "/" }), " in a channel to see ", commands, "."],
    ["Be somebody else: the switch at the top left knows four people in four time zones."],
    ["Put the clock forward, at the top: see what comes by itself."],
  ];
}

/**
 * The same panel in a dialog.
 * @param {Parameters<typeof welcome>[0]} env
 */
export function welcomeDialog(env) {
  const dialog = el("dialog", { class: "dialog is-welcome", "aria-label": "How to begin" });
  const closing = (then) => (text) => {
    dialog.close();
    then(text);
  };
  const panel = welcome({
    begin: closing(env.begin),
    put: closing(env.put),
    dismiss: () => dialog.close(),
  });
  dialog.append(panel);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
