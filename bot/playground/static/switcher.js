/**
 * Who the page is opened as: name, role and local time, and the menu to become somebody else.
 * @module
 */
import { avatar } from "./avatar.js";
import { el, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { present } from "./present.js";
import { cityOf, timeIn } from "./words.js";

const TICK = 10_000; // milliseconds between looks at the clock

/** The button at the top left. */
export class Switcher {
  #store;
  #become;
  node = el("button", {
    type: "button",
    class: "switcher",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
  });

  /**
   * @param {import("./store.js").Store} store
   * @param {(user: string) => void} become
   */
  constructor(store, become) {
    this.#store = store;
    this.#become = become;
    this.node.addEventListener("click", () => this.#open());
    store.on("clock", () => this.#tick());
    setInterval(() => this.#tick(), TICK);
  }

  /** Draws the current person. */
  show() {
    const { person } = this.#store;
    if (!person) return;
    const label = `You are ${person.real_name}, ${person.title}. Switch person`;
    this.node.setAttribute("aria-label", label);
    this.node.replaceChildren(avatar(person), this.#card(person), icon("down"));
  }

  #card(person) {
    const time = el("span", {
      class: "local-time",
      title: person.tz,
      data: { tz: person.tz },
      text: localTime(person.tz),
    });
    const role = person.is_stranger ? "another organisation" : person.title;
    return el(
      "span",
      { class: "person" },
      el("span", { class: "person-name" }, isolated(person.real_name)),
      el("span", { class: "person-more", text: role }),
      el("span", { class: "person-more" }, time),
    );
  }

  #tick() {
    for (const node of document.querySelectorAll(".local-time"))
      node.textContent = localTime(node.dataset.tz);
  }

  #open() {
    const entries = this.#store.people.map((person) => ({
      label: el("span", { class: "menu-person" }, avatar(person), this.#card(person)),
      checked: person.id === this.#store.me,
      choose: () => person.id !== this.#store.me && this.#become(person.id),
    }));
    openMenu(this.node, "Switch person", entries, "is-people");
  }
}

function localTime(tz) {
  return `${timeIn(present(), tz)} in ${cityOf(tz)}`;
}
