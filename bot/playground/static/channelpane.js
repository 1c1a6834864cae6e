/**
 * The middle column: a channel or direct conversation with its messages and composer.
 * @module
 */
import { complain } from "./acts.js";
import { post } from "./api.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { MessageList } from "./messagelist.js";
import { newsPill, pane, paneHead, wayBack } from "./pane.js";
import { welcome } from "./welcome.js";

/** @typedef {import("./store.js").Store} Store */

/** What a channel is called: "#general", or the bot's name in a direct conversation. */
export function channelName(channel) {
  return channel.kind === "dm" ? channel.name : `#${channel.name}`;
}

/** The channel's column; `show` draws it. */
export class ChannelPane {
  #env;
  #list;
  #channel = "";
  #title = el("h1", { class: "pane-title" });
  #topic = el("p", { class: "pane-topic" });
  #state = el("div", { class: "pane-state" });
  #empty = el("div", { class: "empty" });

  /**
   * @param {{store: Store, reads: import("./reads.js").Reads, started: (what: object) => void,
   *   answered: () => void, openMenu: Function, dismissWelcome: () => void,
   *   welcomeWanted: () => boolean}} env `started` hears of every text before it is sent,
   *   `answered` when nothing else will come of it
   */
  constructor(env) {
    this.#env = env;
    const { store } = env;
    this.composer = new Composer({
      store,
      commands: true,
      place: () => ({ botInside: store.channel(this.#channel)?.bot_is_member !== false }),
      send: (text) => this.send(text),
    });
    const scroller = el("div", { class: "scroller", id: "messages", tabindex: "-1" }, this.#empty);
    const pill = newsPill();
    this.node = pane("channel", {
      above: [paneHead(wayBack("All channels", "#menu"), this.#title, this.#topic), this.#state],
      body: [scroller, pill],
      below: this.composer.node,
    });
    this.#list = new MessageList(scroller, pill, {
      store,
      pane: "channel",
      hasNews: (message) => env.reads.hasNews(this.#channel, message),
      openMenu: (message, opener) => env.openMenu(this.#channel, message, opener),
    });
  }

  /** Draws the channel as it stands. */
  show(id) {
    const { store } = this.#env;
    const channel = store.channel(id);
    if (this.#channel !== id) this.composer.clear();
    this.#channel = id;
    const name = channelName(channel);
    this.#title.textContent = name;
    this.#topic.textContent = channel.kind === "dm" ? "Between you and the bot" : channel.topic;
    this.#drawState(channel);
    this.#drawEmpty(channel, store.roots(id).length);
    this.composer.label(`Message ${name}`);
    this.composer.node.hidden = channel.is_archived;
    this.#list.show(`${store.me} ${id}`, id, store.roots(id), `Messages in ${name}`);
  }

  #drawState(channel) {
    const { is_archived: archived, bot_is_member: inside } = channel;
    this.#state.hidden = !archived && inside;
    if (archived) {
      this.#state.replaceChildren(
        "This channel is archived: nobody can write here. Workshop brings it back.",
      );
    } else if (!inside) {
      const invite = el("button", { type: "button", class: "button", text: "Invite Readiness" });
      invite.addEventListener("click", () => this.send("/invite @Readiness"));
      this.#state.replaceChildren(
        "Readiness is not in this channel. Commands work, but it cannot post. ",
        invite,
      );
    }
  }

  #drawEmpty(channel, count) {
    const wanted =
      this.#env.welcomeWanted() && !count && channel.id === this.#env.store.state.channels[0].id;
    this.#empty.hidden = count > 0;
    if (wanted) {
      if (this.#empty.querySelector(".welcome")) return;
      const env = {
        begin: (text) => this.send(text),
        put: (text) => this.composer.put(text),
        dismiss: this.#env.dismissWelcome,
      };
      this.#empty.replaceChildren(welcome(env));
      return;
    }
    const text =
      channel.kind === "dm"
        ? "Nothing here yet. Readiness writes to you here when something is yours."
        : "Nothing here yet. Type / to see what Readiness can do.";
    this.#empty.replaceChildren(el("p", { class: "empty-note", text }));
  }

  /** Sends a text as the current person; resolves to whether it was taken. */
  async send(text) {
    const { store } = this.#env;
    const channel = this.#channel;
    const notices = store.notices;
    this.#env.started({ channel, thread: "", text });
    this.#list.follow.acted();
    const outcome = await post("send", { user: store.me, channel, text });
    if (!outcome.ok || outcome.answer) this.#env.answered();
    if (!outcome.ok) complain(store, notices, outcome.error);
    return outcome.ok;
  }
}
