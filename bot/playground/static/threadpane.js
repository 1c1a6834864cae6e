/**
 * The side pane: one thread with its reply field.
 * @module
 */
import { complain } from "./acts.js";
import { post } from "./api.js";
import { channelName } from "./channelpane.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { newsPill, pane, paneHead, wayBack } from "./pane.js";
import { placeHref } from "./route.js";

const TITLE = { class: "pane-title", id: "thread-title", tabindex: "-1", text: "Thread" };
const CLOSE = { class: "tool only-wide", "aria-label": "Close the thread", title: "Close" };

/** The thread's column; `show` draws it. */
export class ThreadPane {
  #env;
  #list;
  #channel = "";
  #ts = "";
  #title = el("h2", TITLE);
  #place = el("p", { class: "pane-topic" });
  #back = wayBack("Back to the channel");
  #close = el("a", CLOSE, icon("close"));

  /**
   * @param {{store: import("./store.js").Store, openMenu: Function,
   *   started: (what: object) => void}} env
   */
  constructor(env) {
    this.#env = env;
    const { store } = env;
    this.composer = new Composer({
      store,
      commands: false,
      place: () => ({ botInside: true }),
      send: (text) => this.#send(text),
    });
    this.composer.label("Reply in this thread");
    const scroller = el("div", { class: "scroller", tabindex: "-1" });
    const pill = newsPill();
    this.node = pane("thread", {
      above: [paneHead(this.#back, this.#title, this.#place, this.#close)],
      body: [scroller, pill],
      below: this.composer.node,
    });
    this.#list = new MessageList(scroller, pill, {
      store,
      pane: "thread",
      hasNews: () => false,
      openMenu: (message, opener) => env.openMenu(this.#channel, message, opener),
    });
  }

  /** Draws the thread as it stands. */
  show(channelId, ts) {
    const { store } = this.#env;
    const channel = store.channel(channelId);
    if (this.#ts !== ts) this.composer.clear();
    [this.#channel, this.#ts] = [channelId, ts];
    this.#close.href = placeHref(channelId);
    this.#back.href = placeHref(channelId);
    this.#place.textContent = channelName(channel);
    this.composer.node.hidden = channel.is_archived;
    this.#list.show(
      `${store.me} ${channelId} ${ts}`,
      channelId,
      store.thread(channelId, ts),
      "Messages in this thread",
    );
  }

  /** Takes the keyboard focus, for somebody who asked to see this thread. */
  focus() {
    this.#title.focus({ preventScroll: true });
  }

  async #send(text) {
    const { store } = this.#env;
    const [channel, thread_ts, notices] = [this.#channel, this.#ts, store.notices];
    this.#env.started({ channel, thread: thread_ts, text });
    this.#list.follow.acted();
    const outcome = await post("send", { user: store.me, channel, text, thread_ts });
    if (!outcome.ok) complain(store, notices, outcome.error);
    return outcome.ok;
  }

  /** Shows a message and marks it for a moment. */
  highlight(ts) {
    this.#list.highlight(ts);
  }
}
