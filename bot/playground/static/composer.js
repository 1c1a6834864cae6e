/**
 * The field one types into: Enter sends, Shift+Enter makes a new line, "/" and "@" suggest.
 * @module
 */
import { suggestions, usageOf } from "./complete.js";
import { el, freshId, isolated } from "./dom.js";
import { icon } from "./icons.js";

const HINT = "Enter sends, Shift + Enter makes a new line";

/** A composer; `node` is put where it belongs. */
export class Composer {
  #env;
  #shown = [];
  #active = -1;
  #closedAt = null; // the text at which Esc closed the suggestions
  #list = el("div", {
    class: "suggestions",
    role: "listbox",
    id: freshId("suggestions"),
    "aria-label": "Suggestions",
    hidden: true,
  });
  #field = el("textarea", { rows: 1, class: "composer-field", spellcheck: "true" });
  #hint = el("span", { class: "composer-hint", id: freshId("hint"), text: HINT });
  #button = el(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", title: "Send" },
    icon("send"),
  );

  /**
   * @param {{store: import("./store.js").Store, commands: boolean,
   *   place: () => {botInside: boolean}, send: (text: string) => Promise<boolean>}} env
   *   `send` resolves to whether the text was taken; if not, it comes back into the field
   */
  constructor(env) {
    this.#env = env;
    const box = el("div", { class: "composer-box" }, this.#field, this.#button);
    this.node = el("form", { class: "composer" }, this.#list, box, this.#hint);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
      "aria-describedby": this.#hint.id,
    }))
      this.#field.setAttribute(name, value);
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("click", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#onKey(event));
    this.#field.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("mousedown", (event) => this.#onPick(event));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** Names the field, such as "Message #general". */
  label(text) {
    this.#field.setAttribute("aria-label", text);
    this.#field.placeholder = text;
  }

  /** Puts a text in, the caret behind it. */
  put(text) {
    this.#field.value = text;
    this.focus();
    this.#changed();
  }

  /** Takes the keyboard focus. */
  focus() {
    this.#field.focus();
  }

  /** Empties the field. */
  clear() {
    this.#field.value = "";
    this.#changed();
  }

  #changed() {
    const { value, selectionStart } = this.#field;
    this.#grow();
    const before = value.slice(0, selectionStart);
    const usage = this.#env.commands ? usageOf(this.#env.store, value) : "";
    this.#hint.textContent = usage || HINT;
    this.#hint.classList.toggle("is-usage", Boolean(usage));
    if (before !== this.#closedAt) this.#closedAt = null;
    const place = { commands: this.#env.commands, ...this.#env.place() };
    const found = this.#closedAt === null ? suggestions(this.#env.store, before, place) : [];
    this.#offer(
      found,
      this.#env.store.state.commands.some((it) => it.command === value.trim()) ? -1 : 0,
    );
  }

  #grow() {
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${Math.min(this.#field.scrollHeight, 200)}px`);
  }

  #offer(found, active) {
    this.#shown = found;
    this.#active = found.length ? active : -1;
    this.#list.hidden = found.length === 0;
    this.#field.setAttribute("aria-expanded", String(found.length > 0));
    this.#list.replaceChildren(...found.map((it, index) => this.#option(it, index)));
    this.#mark();
  }

  #option(suggestion, index) {
    const props = {
      class: "suggestion",
      role: "option",
      id: `${this.#list.id}-${index}`,
      data: { index },
    };
    const { label, more, text, hint } = suggestion;
    const literal = hint ? label.slice(0, text.length) : label;
    const name = el(
      "span",
      {},
      isolated(literal),
      el("span", { class: "faint", text: label.slice(literal.length) }),
    );
    return el(
      "div",
      props,
      name,
      more && el("span", { class: "faint suggestion-more", text: more }),
    );
  }

  #mark() {
    [...this.#list.children].forEach((it, index) => {
      it.setAttribute("aria-selected", String(index === this.#active));
      if (index === this.#active) it.scrollIntoView({ block: "nearest" });
    });
    if (this.#active < 0) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `${this.#list.id}-${this.#active}`);
  }

  #close() {
    this.#offer([], -1);
  }

  #complete(index) {
    const { start, text } = this.#shown[index];
    const { value, selectionStart } = this.#field;
    this.#field.value = value.slice(0, start) + text + value.slice(selectionStart);
    this.#field.setSelectionRange(start + text.length, start + text.length);
    this.#changed();
  }

  #onPick(event) {
    const option = event.target.closest("[data-index]");
    event.preventDefault(); // the field keeps the focus
    if (option) this.#complete(Number(option.dataset.index));
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (this.#shown.length && this.#onListKey(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
  }

  /** Whether the key was one for the suggestions. */
  #onListKey({ key, shiftKey }) {
    const count = this.#shown.length;
    if (key === "ArrowDown") this.#active = (this.#active + 1) % count;
    else if (key === "ArrowUp") this.#active = (Math.max(this.#active, 0) + count - 1) % count;
    else if (key === "Tab" && !shiftKey) this.#complete(Math.max(this.#active, 0));
    else if (key === "Enter" && !shiftKey && this.#active >= 0) this.#complete(this.#active);
    else if (key === "Escape") {
      this.#closedAt = this.#field.value.slice(0, this.#field.selectionStart);
      this.#close();
    } else return false;
    this.#mark();
    return true;
  }

  async #send() {
    const text = this.#field.value;
    if (!text.trim()) return;
    this.clear();
    this.node.setAttribute("aria-busy", "true");
    const taken = await this.#env.send(text);
    this.node.removeAttribute("aria-busy");
    if (!taken && !this.#field.value) {
      this.#field.value = text;
      this.#changed();
      this.#close();
    }
  }
}
