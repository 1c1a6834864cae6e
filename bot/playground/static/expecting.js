/**
 * Notices that a person's own deed has started a review, so that its thread opens by itself.
 * @module
 */
import { isReply } from "./store.js";

const PATIENCE = 20_000; // milliseconds

/** Waits for the bot's new root after a deed. */
export class Expecting {
  #deed = null;
  #root = "";

  /**
   * The person did something that may start a review. A command opens the root it posts at once;
   * anything else waits until the bot has also written into the root's thread.
   * @param {{channel: string, command: boolean}} deed an empty channel stands for any
   */
  begin(deed) {
    this.#deed = { ...deed, until: Date.now() + PATIENCE };
    this.#root = "";
  }

  /** Waits no longer. */
  stop() {
    this.#deed = null;
  }

  /**
   * The thread to open now that this message has come; empty for none.
   * @param {string} channel
   * @param {import("./store.js").Message} message
   */
  threadFor(channel, message) {
    const deed = this.#deed;
    if (!deed || Date.now() > deed.until || !message.bot || message.ephemeral) return "";
    if (deed.channel && deed.channel !== channel) return "";
    if (isReply(message))
      return message.thread_ts === this.#root ? this.#found(message.thread_ts) : "";
    if (deed.command) return this.#found(message.ts);
    this.#root = message.ts;
    return "";
  }

  #found(ts) {
    this.stop();
    return ts;
  }
}
