/**
 * App Home: the bot's page for the current person.
 * @module
 */
import { use } from "./acts.js";
import { post } from "./api.js";
import { el } from "./dom.js";
import { placeOfFocus, returnFocus } from "./focus.js";
import { pane, paneHead, wayBack } from "./pane.js";
import { patchBlocks } from "./patch.js";

const PATIENCE = 4000; // ms after which an empty page says so

/** The home's column; `show` draws it. */
export class HomePane {
  #store;
  #shownTo = "";
  #note = el("p", { class: "empty-note" });
  #body = el("div", { class: "home-view", data: { ts: "home" } });
  #title = el("h1", { class: "pane-title" });

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.#store = store;
    const about = el("p", { class: "pane-topic", text: "The bot’s page for you" });
    this.node = pane("home", {
      above: [paneHead(wayBack("All channels", "#menu"), this.#title, about)],
      body: [el("div", { class: "scroller home", tabindex: "-1" }, this.#note, this.#body)],
    });
  }

  /** The page is looked at: the bot is told, once for every visit and person. */
  open() {
    if (this.#shownTo !== this.#store.me) {
      this.#shownTo = this.#store.me;
      post("home", { user: this.#store.me });
      this.#note.textContent = "Readiness is putting your page together …";
      setTimeout(() => {
        this.#note.textContent = "Readiness has not published a page for you.";
      }, PATIENCE);
    }
    this.show();
  }

  /** The page is left. */
  leave() {
    this.#shownTo = "";
  }

  /** Draws the view as it stands. */
  show() {
    const { view } = this.#store.state.app_home;
    this.#title.textContent = `${this.#store.state.bot.name} home`;
    this.#note.hidden = Boolean(view);
    const focus = placeOfFocus();
    patchBlocks(this.#body, view?.blocks ?? [], this.#env());
    returnFocus(focus);
  }

  #env() {
    const store = this.#store;
    const target = {
      where: () => ({ view_id: store.state.app_home.view.id }),
      blocks: () => store.state.app_home.view.blocks,
    };
    return {
      store,
      heading: "h2",
      tiles: true,
      act: (control, element, chosen) => use(store, target, control, element, chosen),
    };
  }
}
