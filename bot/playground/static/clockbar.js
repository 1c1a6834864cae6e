/**
 * The clock bar: what the bot's clock shows, and buttons that put it forward.
 * @module
 */
import { get, post } from "./api.js";
import { el, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { present } from "./present.js";
import { toast } from "./toast.js";
import {
  cityOf,
  duration,
  fullTimeIn,
  sentence,
  shortDayIn,
  shortDuration,
  timeIn,
  yearIn,
} from "./words.js";

const TICK = 1000; // milliseconds between looks at the clock
const QUIET = 400; // milliseconds without news until it is asked what comes next
const MOVED = 60; // seconds ahead of real time that count as moved
const HOUR = 3600;
const STEPS = [
  ["+1 h", "our", HOUR],
  ["+1 d", "ay", 24 * HOUR],
  ["+1 w", "eek", 7 * 24 * HOUR],
];
const NOTHING = "Nothing is planned: finish a review, and something will be.";

/** The bar; `show` draws it. */
export class ClockBar {
  #store;
  #say;
  #asking = 0;
  #time = el("time", { class: "clock-time" });
  #day = el("span", { class: "clock-day" });
  #hand = el("span", { class: "clock-hand" });
  #ahead = el("span", { class: "clock-ahead", title: "The clock was put forward" });
  #next = el("p", { class: "clock-next", id: "clock-next" });
  #progress = el("progress", { class: "clock-progress", max: "1", "aria-label": "Time passes" });
  #buttons;

  /**
   * @param {import("./store.js").Store} store
   * @param {(text: string) => void} say tells a screen reader
   */
  constructor(store, say) {
    this.#store = store;
    this.#say = say;
    const steps = STEPS.map(([short, rest, by]) => this.#button(short, rest, { by }));
    const next = this.#button("Next", " thing", { to: "next" });
    next.classList.add("is-primary");
    next.setAttribute("aria-describedby", this.#next.id);
    this.#buttons = [...steps, next];
    const label = "Put the clock forward";
    this.node = el(
      "section",
      { class: "clockbar-inner", "aria-label": "The bot’s clock" },
      this.#hand,
      this.#next,
      el("div", { class: "clock-buttons", role: "group", "aria-label": label }, this.#buttons),
      this.#progress,
    );
    this.#hand.append(icon("clock"), el("span", { class: "clock-now" }, this.#day, this.#time));
    this.#hand.append(this.#ahead);
    store.on("replaced", () => this.show());
    store.on("clock", () => this.show());
    for (const news of ["messages", "home"]) store.on(news, () => this.#askSoon());
    setInterval(() => this.#drawTime(), TICK);
  }

  #button(short, rest, body) {
    const more = el("span", { class: "clock-more", text: rest });
    const props = { type: "button", class: "button", "aria-label": `${short}${rest}` };
    const button = el("button", props, short, more);
    button.addEventListener("click", () => this.#move(button, body));
    return button;
  }

  /** Draws what the store says of the clock. */
  show() {
    const clock = this.#store.state?.clock;
    const host = document.getElementById("clock");
    host.hidden = !clock?.movable;
    if (host.hidden) return;
    this.#drawTime();
    this.#drawNext(clock.next, Boolean(clock.moving));
    this.#ahead.hidden = clock.ahead < MOVED;
    const [long, short] = [`${duration(clock.ahead)} ahead`, `+${shortDuration(clock.ahead)}`];
    this.#ahead.replaceChildren(
      el("span", { class: "clock-long", text: long }),
      el("span", { class: "clock-short", text: short, "aria-hidden": "true" }),
    );
    this.#progress.hidden = !clock.moving;
    if (!clock.moving) return;
    const { since, until } = clock.moving;
    this.#progress.value = Math.min(1, (clock.now - since) / (until - since || 1));
  }

  #drawTime() {
    const { tz, state } = this.#store;
    if (!state?.clock?.movable) return;
    const now = present();
    const year = el("span", { class: "clock-more", text: ` ${yearIn(now, tz)}` });
    this.#day.replaceChildren(shortDayIn(now, tz), year);
    const zone = el("span", { class: "clock-zone", text: ` ${cityOf(tz)}` });
    this.#time.replaceChildren(el("b", { text: timeIn(now, tz) }), zone);
    this.#time.dateTime = now.toISOString();
    this.#hand.title = `${fullTimeIn(now, tz)}, ${timeIn(now, "UTC")} UTC`;
  }

  #drawNext(next, moving) {
    const button = this.#buttons.at(-1);
    button.setAttribute("aria-disabled", String(!next && !moving));
    const { tz } = this.#store;
    if (moving) return;
    if (!next) {
      this.#next.replaceChildren(NOTHING);
      button.title = NOTHING;
      return;
    }
    const at = new Date(next.at);
    const when = `${shortDayIn(at, tz)} ${timeIn(at, tz)}`;
    this.#next.replaceChildren("Next: ", el("b", { text: when }), " ", isolated(next.what));
    button.title = `${when}: ${next.what}`;
  }

  /** Asks what comes next once nothing more happens: an answer may have changed it. */
  #askSoon() {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#ask(), QUIET);
  }

  async #ask() {
    if (!this.#store.state?.clock?.movable || this.#store.state.clock.moving) return;
    const answer = await get("clock", {});
    if (answer.ok) this.#store.apply({ type: "clock", clock: answer.clock });
  }

  async #move(button, body) {
    if (this.#buttons.some((it) => it.getAttribute("aria-busy"))) return;
    if (button.getAttribute("aria-disabled") === "true") {
      toast(NOTHING, "info");
      return;
    }
    const meant = body.to && this.#store.state.clock.next;
    button.setAttribute("aria-busy", "true");
    const answer = await post("clock", body);
    button.removeAttribute("aria-busy");
    if (!answer.ok) {
      toast(sentence(answer.error));
      return;
    }
    this.#store.apply({ type: "clock", clock: answer.clock });
    const now = `It is ${fullTimeIn(present(), this.#store.tz)}`;
    this.#say(meant ? `${now}: ${meant.what}` : now);
  }
}
