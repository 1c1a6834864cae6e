/**
 * The left column: the workspace, who one is, where one can go, and the tools.
 * @module
 */
import { el, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { placeHref } from "./route.js";
import { Switcher } from "./switcher.js";
import { cycleTheme, themeLabel } from "./appearance.js";
import { counted } from "./words.js";

/** The sidebar; `show` draws it. */
export class Sidebar {
  #env;
  #switcher;
  #key = "";
  #lists = el("div", { class: "sidebar-lists" });
  #name = el("p", { class: "team" });
  #workshop = el("button", { type: "button", class: "foot-button" });

  /**
   * @param {{store: import("./store.js").Store, reads: import("./reads.js").Reads,
   *   become: (user: string) => void, openWorkshop: () => void, help: () => void,
   *   faultsOn: () => number}} env
   */
  constructor(env) {
    this.#env = env;
    this.#switcher = new Switcher(env.store, env.become);
    this.#workshop.addEventListener("click", env.openWorkshop);
    this.node = el(
      "div",
      { class: "sidebar-inner" },
      el("div", { class: "sidebar-head" }, this.#name, this.#switcher.node),
      this.#lists,
      el("div", { class: "sidebar-foot" }, this.#workshop, this.#theme(), this.#help()),
    );
  }

  #theme() {
    const button = el("button", { type: "button", class: "tool" });
    const draw = () => {
      const { label, name } = themeLabel();
      button.replaceChildren(icon(name));
      button.setAttribute("aria-label", label);
      button.title = label;
    };
    button.addEventListener("click", () => {
      cycleTheme();
      draw();
    });
    draw();
    return button;
  }

  #help() {
    const button = el(
      "button",
      { type: "button", class: "tool", "aria-label": "How to begin", title: "How to begin" },
      icon("help"),
    );
    button.addEventListener("click", this.#env.help);
    return button;
  }

  /** Draws everything; `route` is where the page is. */
  show(route) {
    const { store } = this.#env;
    this.#name.replaceChildren(el("b", {}, isolated(store.state.team.name)), " local workspace");
    this.#switcher.show();
    this.showFaults();
    const unread = store.state.channels.map((it) => this.#env.reads.unread(it.id));
    const key = JSON.stringify([route, store.state.channels, unread]);
    if (key === this.#key) return; // a link must not be replaced under the mouse for nothing
    this.#key = key;
    const channels = store.state.channels.filter((it) => it.kind === "channel");
    const direct = store.state.channels.filter((it) => it.kind === "dm");
    const focused =
      this.#lists.contains(document.activeElement) && document.activeElement.getAttribute("href");
    this.#lists.replaceChildren(
      ...(store.state.app_home.enabled ? [this.#group("Apps", [this.#home(route)])] : []),
      this.#group(
        "Channels",
        channels.map((it) => this.#entry(it, route, "hash")),
      ),
      this.#group(
        "Direct messages",
        direct.map((it) => this.#entry(it, route, "chat")),
      ),
    );
    if (focused) this.#lists.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }

  /** Draws whether faults are on. */
  showFaults() {
    const count = this.#env.faultsOn();
    const text = count ? `${counted(count, "fault")} on` : "Workshop";
    this.#workshop.classList.toggle("is-on", count > 0);
    this.#workshop.setAttribute("aria-label", count ? `Workshop, ${text}` : text);
    this.#workshop.replaceChildren(icon("tools"), text);
  }

  #group(title, entries) {
    return el("section", { class: "group" }, el("h2", { text: title }), el("ul", {}, entries));
  }

  #home(route) {
    const name = this.#env.store.state.bot.name;
    const current = route.view === "home" ? "page" : null;
    return el(
      "li",
      {},
      el(
        "a",
        { class: "entry", href: "#home", "aria-current": current },
        icon("home"),
        `${name} home`,
      ),
    );
  }

  #entry(channel, route, iconName) {
    const here = route.view === "channel" && route.channel === channel.id;
    const unread = here ? 0 : this.#env.reads.unread(channel.id);
    const badge =
      unread > 0 &&
      el(
        "span",
        { class: "badge" },
        String(unread),
        el("span", { class: "unseen", text: " unread" }),
      );
    const archived = channel.is_archived && el("span", { class: "faint", text: "archived" });
    const props = {
      class: unread ? "entry is-unread" : "entry",
      href: placeHref(channel.id),
      "aria-current": here ? "page" : null,
    };
    return el(
      "li",
      {},
      el(
        "a",
        props,
        icon(iconName),
        el("span", { class: "entry-name" }, isolated(channel.name)),
        archived,
        badge,
      ),
    );
  }
}
