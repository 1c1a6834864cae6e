/**
 * Faults on demand: what can go wrong between the bot and Slack, switched on and off.
 * @module
 */
import { post } from "./api.js";
import { channelName } from "./channelpane.js";
import { el, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { sentence } from "./words.js";
import { toast } from "./toast.js";

const METHODS = [
  "*",
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "views.open",
  "views.publish",
  "users.info",
  "conversations.open",
];
const COUNTERS = [
  ["rate_limited", "Refuse with 429", "calls"],
  ["retry_after", "Retry-After", "seconds"],
  ["server_error", "Answer with a 5xx", "calls"],
  ["drop_after_accept", "Carry out, then drop the answer", "calls"],
  ["delay", "Delay every call", "seconds"],
];
const SWITCHES = [
  ["real_limits", "Slack’s real rate limits"],
  ["token_revoked", "The bot’s token is revoked"],
];
const ON = ["rate_limited", "server_error", "drop_after_accept", "delay"];
const NONE = { rate_limited: 0, retry_after: 1, server_error: 0, drop_after_accept: 0, delay: 0 };

/** How many faults are switched on. */
export function faultsOn(faults) {
  const counters = Object.values(faults.methods).flatMap((it) => ON.filter((name) => it[name] > 0));
  const switches = SWITCHES.filter(([name]) => faults[name]);
  return counters.length + switches.length + (faults.wrong_signature > 0 ? 1 : 0);
}

/** The panel, opened as a dialog. */
export class Workshop {
  #store;
  #channel;
  #method = "*";
  #dialog = null;
  #refreshers = [];

  /** @param {import("./store.js").Store} store @param {() => string} channel the one in view */
  constructor(store, channel) {
    this.#store = store;
    this.#channel = channel;
    store.on("faults", () => this.#refresh());
    store.on("channels", () => this.#refresh());
    store.on("users", () => this.#refresh());
  }

  /** Opens the panel. */
  open() {
    this.#refreshers = [];
    const close = el(
      "button",
      { type: "button", class: "tool", "aria-label": "Close" },
      icon("close"),
    );
    const title = freshId("title");
    this.#dialog = el(
      "dialog",
      { class: "dialog is-workshop", "aria-labelledby": title },
      el(
        "header",
        { class: "dialog-head" },
        el("h2", { class: "dialog-title", id: title, text: "Workshop" }),
        close,
      ),
      el(
        "div",
        { class: "dialog-body" },
        el("p", {
          class: "faint",
          text: "Trouble on demand: calls are the bot’s next calls of Slack’s Web API.",
        }),
        this.#calls(),
        this.#switches(),
        this.#place(),
        this.#person(),
      ),
      el("div", { class: "dialog-foot" }, this.#clear()),
    );
    close.addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
    document.body.append(this.#dialog);
    this.#refresh();
    this.#dialog.showModal();
  }

  #refresh() {
    for (const refresh of this.#refreshers) refresh();
  }

  #group(title, ...rows) {
    return el("fieldset", { class: "workshop-group" }, el("legend", { text: title }), rows);
  }

  #calls() {
    const select = el(
      "select",
      { class: "input" },
      METHODS.map((it) => el("option", { value: it, text: it === "*" ? "every method" : it })),
    );
    select.value = this.#method;
    select.addEventListener("change", () => {
      this.#method = select.value;
      this.#refresh();
    });
    const label = el(
      "label",
      { class: "workshop-row" },
      el("span", { text: "Applies to" }),
      select,
    );
    return this.#group(
      "Web API",
      label,
      COUNTERS.map((it) => this.#counter(...it)),
    );
  }

  #counter(name, text, unit) {
    const input = el("input", {
      type: "number",
      class: "input",
      min: "0",
      max: "999",
      step: name === "delay" ? "0.5" : "1",
    });
    input.addEventListener("change", () => {
      const value = Math.max(0, Number(input.value) || 0);
      this.#switch({ method: this.#method, [name]: name === "delay" ? value : Math.round(value) });
    });
    let drawn = "";
    this.#refreshers.push(() => {
      if (document.activeElement === input && input.value !== drawn) return; // being typed
      const { methods } = this.#store.state.faults;
      drawn = String((methods[this.#method] ?? NONE)[name]);
      input.value = drawn;
    });
    return el(
      "label",
      { class: "workshop-row" },
      el("span", { text }),
      el("span", { class: "workshop-value" }, input, el("span", { class: "faint", text: unit })),
    );
  }

  #switches() {
    const rows = SWITCHES.map(([name, text]) =>
      this.#toggle(
        text,
        () => this.#store.state.faults[name],
        (on) => this.#switch({ [name]: on }),
      ),
    );
    const signature = this.#toggle(
      "Sign the next request to the bot wrongly",
      () => this.#store.state.faults.wrong_signature > 0,
      (on) => this.#switch({ wrong_signature: on ? 1 : 0 }),
    );
    return this.#group("The connection", rows, signature);
  }

  #place() {
    const channel = () => this.#store.channel(this.#channel());
    if (channel()?.kind !== "channel") return null;
    const { id } = channel();
    const user = this.#store.me;
    return this.#group(
      channelName(channel()),
      this.#toggle(
        "Archived",
        () => channel().is_archived,
        (archived) => this.#do("archive", { user, channel: id, archived }),
      ),
      this.#toggle(
        "Readiness is in the channel",
        () => channel().bot_is_member,
        (member) => this.#do("bot_member", { user, channel: id, member }),
      ),
    );
  }

  #person() {
    const store = this.#store;
    const me = () => store.person;
    const set = (changed) =>
      this.#do("absence", {
        user: store.me,
        away: me().is_away,
        quiet: me().is_quiet,
        ...changed,
      });
    return this.#group(
      me().real_name,
      this.#toggle(
        "On leave for a week",
        () => me().is_away,
        (away) => set({ away }),
      ),
      this.#toggle(
        "Do not disturb until tomorrow",
        () => me().is_quiet,
        (quiet) => set({ quiet }),
      ),
    );
  }

  #toggle(text, isOn, change) {
    const box = el("input", { type: "checkbox", role: "switch", class: "switch" });
    box.addEventListener("change", () => change(box.checked));
    this.#refreshers.push(() => {
      box.checked = Boolean(isOn());
    });
    return el("label", { class: "workshop-row" }, el("span", { text }), box);
  }

  #clear() {
    const button = el("button", {
      type: "button",
      class: "button",
      text: "Everything works again",
    });
    button.addEventListener("click", () => {
      const methods = Object.fromEntries(
        ["*", ...Object.keys(this.#store.state.faults.methods)].map((it) => [it, NONE]),
      );
      this.#switch({ methods, real_limits: false, token_revoked: false, wrong_signature: 0 });
    });
    return button;
  }

  #switch(wanted) {
    return this.#do("faults", wanted);
  }

  async #do(what, body) {
    const outcome = await post(what, body);
    if (!outcome.ok) toast(sentence(outcome.error));
    this.#refresh();
  }
}
