/**
 * One message in a list: drawn once, then patched as it is edited.
 * @module
 */
import { use } from "./acts.js";
import { avatar } from "./avatar.js";
import { append, el, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn, plainText } from "./mrkdwn.js";
import { patchBlocks } from "./patch.js";
import { placeHref } from "./route.js";
import { counted, fullTimeIn, instant, timeIn } from "./words.js";

/**
 * @typedef {object} ListEnv
 * @property {import("./store.js").Store} store
 * @property {string} channel
 * @property {"channel" | "thread"} pane
 * @property {(message: any) => boolean} hasNews whether its thread holds something unread
 * @property {(message: any, opener: HTMLElement) => void} openMenu
 * @property {() => void} acted tells that the person did something in this list
 */

/** A message's list item, `node`, which `update` keeps in step. */
export class MessageNode {
  #env;
  #key = "";
  #body = el("div", { class: "message-body" });
  #head = el("div", { class: "message-head" });
  #tools = el("div", { class: "message-tools" });
  #foot = el("div", { class: "message-foot" });

  /** @param {import("./store.js").Message} message @param {ListEnv} env */
  constructor(message, env) {
    this.#env = env;
    this.message = message;
    const main = el(
      "div",
      { class: "message-main" },
      this.#head,
      this.#tools,
      this.#body,
      this.#foot,
    );
    this.node = el("li", { class: "message", tabindex: "-1", data: { ts: message.ts } }, main);
    main.before(avatar(this.author));
    this.node.addEventListener("click", (event) => this.#onClick(event));
  }

  /** Who wrote it; undefined for the workspace. */
  get author() {
    return this.message.notice ? undefined : this.#env.store.user(this.message.user);
  }

  /** The author's name. */
  get name() {
    return this.author?.real_name ?? this.#env.store.state.team.name;
  }

  /** Shows the newest version. `grouped`: the author stands above already. */
  update(message, grouped) {
    const key = JSON.stringify([message, grouped, this.#env.hasNews(message), this.#env.store.tz]);
    if (key === this.#key) return;
    this.#key = key;
    this.message = message;
    this.node.classList.toggle("is-grouped", grouped);
    this.node.classList.toggle("is-private", Boolean(message.ephemeral));
    this.node.classList.toggle("is-card", Boolean(message.blocks));
    this.#drawHead();
    if (this.#tools.childElementCount === 0 || message.deleted) this.#drawTools();
    this.#drawBody();
    this.#drawFoot();
  }

  #drawHead() {
    const { store } = this.#env;
    const when = this.message.at ? new Date(this.message.at) : instant(this.message.ts);
    const time = { datetime: when.toISOString(), title: fullTimeIn(when, store.tz) };
    this.#head.replaceChildren(
      el("span", { class: "author" }, isolated(this.name)),
      ...(this.author?.is_bot ? [el("span", { class: "tag", text: "app" })] : []),
      el("time", { ...time, text: timeIn(when, store.tz) }),
    );
    if (this.message.ephemeral) this.#head.append(this.#privacy());
  }

  #privacy() {
    const dismiss = el("button", { type: "button", class: "link-button", text: "Dismiss" });
    dismiss.addEventListener("click", () =>
      this.#env.store.dismiss(this.#env.channel, this.message.ts),
    );
    return el("span", { class: "privacy" }, icon("lock"), "Only visible to you", dismiss);
  }

  #drawTools() {
    this.#tools.replaceChildren();
    if (this.message.ephemeral || this.message.deleted) return;
    if (this.#env.pane === "channel") {
      const href = placeHref(this.#env.channel, this.message.ts);
      const label = `Reply in a thread to ${this.name}`;
      this.#tools.append(
        el(
          "a",
          { class: "tool", href, "aria-label": label, title: "Reply in a thread" },
          icon("reply"),
        ),
      );
    }
    const label = `More about the message of ${this.name}`;
    const props = {
      type: "button",
      class: "tool",
      "aria-haspopup": "menu",
      "aria-label": label,
      title: "More",
    };
    const more = el("button", props, icon("more"));
    more.addEventListener("click", () => this.#env.openMenu(this.message, more));
    this.#tools.append(more);
  }

  #drawBody() {
    const { message } = this;
    if (message.blocks && !message.deleted) {
      if (!this.#body.querySelector(":scope > .block")) this.#body.replaceChildren();
      this.#body.className = "message-body sheet";
      patchBlocks(this.#body, message.blocks, this.#blockEnv());
      return;
    }
    const env = { store: this.#env.store, tiles: message.bot };
    const shown = message.notice ? plainText(message.text, env) : mrkdwn(message.text, env);
    const gone = el("em", { class: "faint", text: "This message was deleted." });
    this.#body.className = `message-body text${message.notice ? ` is-${message.notice}` : ""}`;
    patchBlocks(this.#body, [], this.#blockEnv());
    this.#body.replaceChildren(message.deleted ? gone : shown);
    if (message.edited && !message.deleted)
      append(this.#body, [" ", el("small", { class: "faint", text: "(edited)" })]);
  }

  #blockEnv() {
    const { store, channel } = this.#env;
    const target = {
      where: () => ({ channel, message_ts: this.message.ts }),
      blocks: () => store.message(channel, this.message.ts)?.blocks ?? [],
    };
    const act = (control, element, chosen) => {
      this.#env.acted();
      use(store, target, control, element, chosen);
    };
    return { store, channel, act, heading: "h3", tiles: true };
  }

  #drawFoot() {
    const { reply_count: count, latest_reply: latest, reply_users: users } = this.message;
    const wanted = this.#env.pane === "channel" && count > 0;
    if (!wanted) this.#foot.replaceChildren();
    if (!wanted) return;
    const { store, channel } = this.#env;
    if (!this.#foot.firstChild)
      this.#foot.append(el("a", { class: "replies", href: placeHref(channel, this.message.ts) }));
    const faces = users.slice(0, 4).map((id) => avatar(store.user(id), "small"));
    this.#foot.firstChild.replaceChildren(
      ...faces,
      el("b", { text: counted(count, "reply", "replies") }),
      this.#env.hasNews(this.message) ? el("span", { class: "news", text: "new" }) : "",
      el("span", { class: "faint", text: `last at ${timeIn(instant(latest), store.tz)}` }),
    );
  }

  /** A click on the message itself opens its thread. */
  #onClick(event) {
    if (this.#env.pane !== "channel" || this.message.ephemeral || this.message.deleted) return;
    if (event.target.closest("a, button, input, select, textarea, label, [role=alert]")) return;
    if (!getSelection().isCollapsed) return;
    location.hash = placeHref(this.#env.channel, this.message.ts);
  }
}
