/**
 * One modal: a native dialog with a form. What was typed survives errors and updates.
 * @module
 */
import { setBusy, use } from "./acts.js";
import { post } from "./api.js";
import { renderBlock } from "./blocks.js";
import { el, firstFocusable, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { sentence } from "./words.js";

const INITIAL = {
  plain_text_input: "initial_value",
  url_text_input: "initial_value",
  email_text_input: "initial_value",
  number_input: "initial_value",
  datepicker: "initial_date",
  timepicker: "initial_time",
  users_select: "initial_user",
  channels_select: "initial_channel",
  conversations_select: "initial_conversation",
};

/** A modal's dialog. */
export class Modal {
  #env;
  #fields = new Map();
  #title = el("h2", { class: "dialog-title", id: freshId("title") });
  #body = el("div", { class: "dialog-body" });
  #trouble = el("p", { class: "dialog-trouble", role: "alert", hidden: true });
  #submit = el("button", { type: "submit", class: "button is-primary" });
  #cancel = el("button", { type: "button", class: "button" });

  /**
   * @param {any} view
   * @param {{store: any, channel: () => string, started: Function, closed: () => void}} env
   */
  constructor(view, env) {
    this.#env = env;
    const x = el("button", { type: "button", class: "tool", "aria-label": "Close" }, icon("close"));
    const form = el(
      "form",
      { class: "dialog-form", novalidate: true },
      el("header", { class: "dialog-head" }, this.#title, x),
      this.#body,
      this.#trouble,
      el("div", { class: "dialog-foot" }, this.#cancel, this.#submit),
    );
    this.dialog = el("dialog", { class: "dialog", "aria-labelledby": this.#title.id }, form);
    x.addEventListener("click", env.closed);
    this.#cancel.addEventListener("click", env.closed);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      env.closed();
    });
    this.dialog.addEventListener("close", env.closed);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.update(view);
  }

  /** Puts it on the page, the focus where the app wants it or in the first field. */
  open() {
    document.body.append(this.dialog);
    this.dialog.showModal();
    const wanted = this.view.blocks.find((it) => it.element?.focus_on_load)?.block_id;
    const field = this.#fields.get(wanted) ?? this.#fields.values().next().value;
    const first =
      field &&
      (field.node.matches("input, select, textarea") ? field.node : firstFocusable(field.node));
    (first ?? this.#submit).focus();
  }

  /** Takes it off the page. */
  remove() {
    this.dialog.close();
    this.dialog.remove();
  }

  /** Shows the view's newest version; what was entered in fields that stay is kept. */
  update(view) {
    const entered = new Map([...this.#fields].map(([id, it]) => [id, { ...it, value: it.read() }]));
    const focused = document.activeElement?.closest?.("[data-block-id]")?.dataset.blockId;
    this.view = view;
    this.#title.textContent = view.title?.text ?? "";
    this.#submit.textContent = view.submit?.text ?? "Submit";
    this.#submit.hidden = !view.submit;
    this.#cancel.textContent = view.close?.text ?? "Cancel";
    this.#fields.clear();
    const nodes = view.blocks.map((it) =>
      renderBlock(carried(it, entered.get(it.block_id)), this.#blockEnv()),
    );
    this.#body.replaceChildren(...nodes);
    if (focused)
      firstFocusable(
        this.#body.querySelector(`[data-block-id="${CSS.escape(focused)}"]`) ?? this.#body,
      )?.focus();
  }

  /** Says what went wrong above the buttons. */
  complain(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
  }

  #blockEnv() {
    const { store } = this.#env;
    const target = { where: () => ({ view_id: this.view.id }), blocks: () => this.view.blocks };
    const act = (control, element, chosen) => {
      const field = this.#fields.get(control.closest("[data-block-id]").dataset.blockId);
      if (!field || field.dispatch) use(store, target, control, element, chosen);
    };
    return {
      store,
      act,
      heading: "h3",
      tiles: true,
      fields: this.#fields,
      channel: this.#env.channel(),
    };
  }

  async #send() {
    if (this.#submit.getAttribute("aria-busy") === "true") return;
    setBusy(this.#submit, true);
    this.complain("");
    const values = {};
    for (const [id, field] of this.#fields) values[id] = { [field.action_id]: field.read() };
    this.#env.started({ channel: "", thread: "", text: "" });
    const outcome = await post("view_submit", {
      user: this.#env.store.me,
      view_id: this.view.id,
      values,
    });
    setBusy(this.#submit, false);
    this.#showErrors(outcome.errors ?? {});
    if (!outcome.ok && !outcome.errors && this.#trouble.hidden)
      this.complain(sentence(outcome.error));
  }

  #showErrors(errors) {
    let first = null;
    for (const [id, field] of this.#fields) {
      const text = errors[id] ?? "";
      field.error.textContent = text;
      const controls = field.node.matches(".choices")
        ? field.node.querySelectorAll("input")
        : [field.node];
      for (const control of controls) control.setAttribute("aria-invalid", String(Boolean(text)));
      if (text) first ??= controls[0];
    }
    first?.focus();
  }
}

/** The block with what was entered as its initial value. */
function carried(block, entered) {
  const { element } = block;
  if (
    !entered ||
    !element ||
    element.type !== entered.type ||
    element.action_id !== entered.action_id
  )
    return block;
  const { value } = entered;
  const options = element.options ?? (element.option_groups ?? []).flatMap((it) => it.options);
  const changed = { ...element };
  if (element.type in INITIAL) changed[INITIAL[element.type]] = value ?? undefined;
  else if (element.type === "multi_users_select") changed.initial_users = value;
  else if (Array.isArray(value))
    changed.initial_options = options.filter((it) => value.includes(it.value));
  else changed.initial_option = options.find((it) => it.value === value);
  return { ...block, element: changed };
}
