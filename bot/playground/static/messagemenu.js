/**
 * What can be done with a message: the app's shortcuts, its thread, its link.
 * @module
 */
import { complain } from "./acts.js";
import { post } from "./api.js";
import { openMenu } from "./menu.js";
import { go, permalink, placeHref } from "./route.js";
import { isReply } from "./store.js";
import { toast } from "./toast.js";

/**
 * Opens the menu of a message.
 * @param {import("./store.js").Store} store
 * @param {string} channel
 * @param {import("./store.js").Message} message
 * @param {HTMLElement} opener
 * @param {(channel: string) => void} chosen hears that a shortcut was chosen
 */
export function openMessageMenu(store, channel, message, opener, chosen) {
  const shortcuts = store.state.message_shortcuts.map((it) => ({
    label: it.name,
    more: store.state.bot.name,
    choose: async () => {
      chosen(channel);
      const notices = store.notices;
      const body = { user: store.me, channel, message_ts: message.ts, callback_id: it.callback_id };
      const outcome = await post("shortcut", body);
      if (!outcome.ok) complain(store, notices, outcome.error);
    },
  }));
  const thread = { label: "Open the thread", choose: () => go(placeHref(channel, message.ts)) };
  openMenu(opener, "Message", [
    ...shortcuts,
    ...(isReply(message) ? [] : [thread]),
    { label: "Copy link", choose: () => copy(permalink(channel, message)) },
  ]);
}

async function copy(link) {
  try {
    await navigator.clipboard.writeText(link);
    toast("Link copied.", "info");
  } catch {
    toast("The browser does not allow copying here.");
  }
}
