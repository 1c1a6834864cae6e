/**
 * Where a list is scrolled to: an edit above moves nothing, a new message is shown from its top
 * to whoever reads at the end, and announced by a pill to whoever reads further up.
 * @module
 */

const NEAR = 120; // px from the end that still count as reading at the end
const RECENT = 5000; // ms after an own click in which the answer may take the view along
const MARGIN = 12; // px above a message that is shown from its top

/** The scrolling of one list. */
export class Follow {
  #scroller;
  #pill;
  #acted = 0;
  #atEnd = true;
  #unseen = null;

  /** @param {HTMLElement} scroller @param {HTMLButtonElement} pill */
  constructor(scroller, pill) {
    this.#scroller = scroller;
    this.#pill = pill;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    pill.addEventListener("click", () => this.#reveal(this.#unseen));
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(scroller);
  }

  /** The person did something here: what follows is meant for them. */
  acted() {
    this.#acted = Date.now();
  }

  /** A list was put in place: its last message is what comes next. */
  begin(last) {
    this.#hidePill();
    if (last) this.#reveal(last);
    else this.#toEnd();
  }

  /** What the person looks at, to be given to `after`. */
  before() {
    const top = this.#top();
    const parts = this.#scroller.querySelectorAll(".block, .message");
    const anchor = [...parts].find((it) => it.getBoundingClientRect().bottom > top + 1);
    const offset = anchor ? anchor.getBoundingClientRect().top : 0;
    return { anchor, offset, near: this.#isAtEnd(), stuck: this.#isAtEnd(4) };
  }

  /**
   * After a redraw: `arrived` are the new messages, oldest first.
   * @param {{anchor?: Element, offset: number, near: boolean, stuck: boolean}} before
   * @param {import("./messagenode.js").MessageNode[]} arrived
   * @param {string} me whose own message is always followed
   */
  after(before, arrived, me) {
    if (before.anchor?.isConnected) {
      this.#scroller.scrollTop += before.anchor.getBoundingClientRect().top - before.offset;
    }
    const first = arrived[0]?.node;
    if (!first) return this.#settle(before.stuck);
    const recent = Date.now() - this.#acted < RECENT;
    const own = arrived.some((it) => it.message.user === me || it.message.ephemeral);
    if (before.near || this.#isAtEnd() || recent || own) return this.#reveal(first);
    this.#unseen ??= first;
    this.#pill.hidden = false;
    return undefined;
  }

  #settle(stuck) {
    if (stuck && !this.#isAtEnd(2)) this.#toEnd();
  }

  /** Shows an element from its top, or the whole end when it fits. */
  #reveal(element) {
    this.#hidePill();
    if (!element?.isConnected) return this.#toEnd();
    const wanted = element.getBoundingClientRect().top - this.#top() - MARGIN;
    const box = this.#scroller;
    box.scrollTop = Math.min(box.scrollTop + wanted, box.scrollHeight - box.clientHeight);
    this.#atEnd = this.#isAtEnd(2);
    return undefined;
  }

  #toEnd() {
    const empty = !this.#scroller.querySelector(".message"); // what stands there begins at its top
    this.#scroller.scrollTop = empty ? 0 : this.#scroller.scrollHeight;
    this.#atEnd = true;
  }

  #top() {
    return this.#scroller.getBoundingClientRect().top;
  }

  #isAtEnd(near = NEAR) {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop <= near;
  }

  #scrolled() {
    this.#atEnd = this.#isAtEnd(2);
    const unseen = this.#unseen?.getBoundingClientRect().top;
    const bottom = this.#scroller.getBoundingClientRect().bottom;
    if (this.#unseen && unseen < bottom - 40) this.#hidePill();
  }

  #hidePill() {
    this.#unseen = null;
    this.#pill.hidden = true;
  }
}
