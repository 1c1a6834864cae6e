/**
 * The "are you sure" of an element's confirmation dialog.
 * @module
 */
import { el, freshId } from "./dom.js";
import { mrkdwn, plainText } from "./mrkdwn.js";

/**
 * Asks; resolves to whether the person agreed.
 * @param {any} confirm Block Kit's confirmation dialog object
 * @param {{store: import("./store.js").Store}} env
 * @returns {Promise<boolean>}
 */
export function ask(confirm, env) {
  const [title, body] = [freshId("title"), freshId("text")];
  const text =
    confirm.text.type === "mrkdwn"
      ? mrkdwn(confirm.text.text, env)
      : plainText(confirm.text.text, env);
  const danger = confirm.style === "danger" ? " is-danger" : "";
  const yes = el(
    "button",
    { type: "button", class: `button is-primary${danger}` },
    confirm.confirm?.text ?? "Yes",
  );
  const no = el("button", { type: "button", class: "button" }, confirm.deny?.text ?? "Cancel");
  const dialog = el(
    "dialog",
    {
      class: "dialog is-small",
      role: "alertdialog",
      "aria-labelledby": title,
      "aria-describedby": body,
    },
    el("h2", { id: title, class: "dialog-title", text: confirm.title.text }),
    el("div", { id: body, class: "text" }, text),
    el("div", { class: "dialog-foot" }, no, yes),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    let agreed = false;
    yes.addEventListener("click", () => {
      agreed = true;
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(agreed);
    });
    dialog.showModal();
    yes.focus();
  });
}
