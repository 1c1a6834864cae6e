/**
 * Puts the page together and keeps it where the address says.
 * @module
 */
import { ClockBar } from "./clockbar.js";
import { ChannelPane, channelName } from "./channelpane.js";
import { closeMenu } from "./menu.js";
import { el } from "./dom.js";
import { Expecting } from "./expecting.js";
import { HomePane } from "./homepane.js";
import { openMessageMenu } from "./messagemenu.js";
import { Modals } from "./modals.js";
import { spoken } from "./mrkdwn.js";
import { Reads } from "./reads.js";
import { enter, go, goInstead, here, placeHref } from "./route.js";
import { lastPerson, Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { isReply, Store } from "./store.js";
import { ThreadPane } from "./threadpane.js";
import { toast } from "./toast.js";
import { welcomeDialog } from "./welcome.js";
import { faultsOn, Workshop } from "./workshop.js";

const SPOKEN = 8000; // ms that an announcement stays in the page
const store = new Store();
const session = new Session(store);
const reads = new Reads(store);
const expecting = new Expecting();
const part = (id) => document.getElementById(id);
let shownThread = "";
let lastChannel = "";

/** The channel in view, or the one that was before App Home. */
function inChannel() {
  lastChannel = here().channel || lastChannel;
  return store.channel(lastChannel) ? lastChannel : store.state.channels[0].id;
}

const openMenu = (channel, message, opener) =>
  openMessageMenu(store, channel, message, opener, (it) =>
    expecting.begin({ channel: it, command: false }),
  );

/** Remembers what a text may lead to, and where the workspace's answer to it belongs. */
function started({ channel, thread, text }) {
  if (thread) return;
  expecting.begin({ channel, command: text.startsWith("/") });
}

const channelPane = new ChannelPane({
  store,
  reads,
  started,
  answered: () => expecting.stop(),
  openMenu,
  welcomeWanted: () => !localStorage.getItem("welcomed"),
  dismissWelcome: () => {
    localStorage.setItem("welcomed", "yes");
    draw();
    channelPane.composer.focus();
  },
});
const threadPane = new ThreadPane({ store, started, openMenu });
const homePane = new HomePane(store);
const workshop = new Workshop(store, inChannel);
const sidebar = new Sidebar({
  store,
  reads,
  become,
  openWorkshop: () => workshop.open(),
  help,
  faultsOn: () => faultsOn(store.state.faults),
});
const clockBar = new ClockBar(store, say);
const modals = new Modals({ store, channel: inChannel, started });

async function become(user) {
  closeMenu();
  expecting.stop();
  homePane.leave();
  part("announcer").replaceChildren();
  await session.become(user);
  say(`You are ${store.person.real_name} now.`);
}

function help() {
  const first = store.state.channels[0].id;
  const there = (then) => (text) => {
    go(placeHref(first));
    requestAnimationFrame(() => then(text));
  };
  welcomeDialog({
    begin: there((text) => channelPane.send(text)),
    put: there((text) => channelPane.composer.put(text)),
  });
}

/** Draws what the address names, from what the store holds. */
function draw() {
  if (!store.state) return;
  const route = here();
  const channel = inChannel();
  if (route.channel && route.channel !== channel) {
    goInstead(placeHref(channel));
    return;
  }
  const view = route.view !== "channel" ? route.view : route.thread ? "thread" : "channel";
  document.body.dataset.view = view;
  part("home").hidden = view !== "home";
  part("channel").hidden = view === "home";
  part("thread").hidden = view !== "thread";
  if (view === "home") homePane.open();
  else {
    homePane.leave();
    channelPane.show(channel);
  }
  if (view === "thread") drawThread(channel, route.thread);
  markRead(view, channel, route.thread);
  sidebar.show({ ...route, channel });
  document.title = title(view, channel);
}

function drawThread(channel, ts) {
  if (store.thread(channel, ts).length) threadPane.show(channel, ts);
}

function markRead(view, channel, thread) {
  if (document.visibilityState !== "visible" || view === "home" || view === "menu") return;
  reads.mark(channel);
  if (thread) reads.mark(channel, thread);
}

function title(view, channel) {
  const place =
    view === "home" ? `${store.state.bot.name} home` : channelName(store.channel(channel));
  const unread = store.state.channels.filter((it) => reads.unread(it.id)).length;
  return `${unread ? `(${unread}) ` : ""}${place} · ${store.state.team.name}`;
}

/** The address changed: loads a thread that is opened, and moves the focus along. */
async function moved() {
  closeMenu();
  const { channel, thread, reply } = here();
  const opened = thread && thread !== shownThread;
  const closed = !thread && shownThread;
  if (opened && store.state && !(await session.loadThread(channel, thread))) {
    toast("That message is no longer there.");
    goInstead(placeHref(channel));
    return;
  }
  shownThread = thread;
  draw();
  if (opened) threadPane.focus();
  if (reply) threadPane.highlight(reply);
  const touch = matchMedia("(hover: none)").matches; // where a keyboard would pop up
  if (closed && !touch) channelPane.composer.focus();
}

store.on("replaced", () => {
  const { channel, thread, reply } = here();
  if (thread && !store.thread(channel, thread).length) goInstead(placeHref(channel));
  else draw();
  if (reply) threadPane.highlight(reply);
});
store.on("channels", draw);
store.on("clock", draw); // "Today" may be another day
store.on("home", () => here().view === "home" && homePane.show());
store.on("faults", () => sidebar.showFaults());
store.on("messages", ({ channel, message, isNew }) => {
  if (isNew && !message.notice) {
    announce(channel, message);
    const thread = expecting.threadFor(channel, message);
    if (thread) go(placeHref(channel, thread));
  }
  draw();
});
store.on("notice", ({ text, level }) => {
  const { view, channel, thread } = here();
  if (modals.top) return; // the form says it
  if (view === "home") toast(text, level);
  else
    store.addNotice(
      channel || inChannel(),
      thread && shownThread && threadIsMeant() ? thread : "",
      text,
      level,
    );
});
store.on("connection", ({ failures }) => {
  const line = part("connection");
  line.hidden = failures === 0;
  line.textContent =
    failures > 3
      ? "The workspace does not answer. Is it still running? This page comes back by itself."
      : "Connection lost. Trying again …";
});

function threadIsMeant() {
  return part("thread").contains(document.activeElement);
}

function announce(channel, message) {
  if (message.user === store.me) return;
  const place = isReply(message)
    ? "in a thread"
    : `in ${channelName(store.channel(channel) ?? { name: "another channel" })}`;
  const who = store.user(message.user)?.real_name ?? store.state.team.name;
  say(`${who} ${place}: ${spoken(message.text, { store })}`);
}

/** Tells a screen reader, and is gone again: whoever reads the page finds it once. */
function say(text) {
  const line = el("p", { text });
  part("announcer").append(line);
  setTimeout(() => line.remove(), SPOKEN);
}

part("clock").append(clockBar.node);
part("sidebar").append(sidebar.node);
part("channel").append(channelPane.node);
part("home").append(homePane.node);
part("thread").append(threadPane.node);
part("skip").addEventListener("click", (event) => {
  event.preventDefault();
  const scrollers = [...document.querySelectorAll("main .scroller, #thread .scroller")];
  scrollers.find((it) => it.checkVisibility())?.focus();
});
addEventListener("hashchange", moved);
document.addEventListener("visibilitychange", draw);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !here().thread) return;
  if (!document.querySelector("dialog[open]") && threadIsMeant()) go(placeHref(here().channel));
});
enter();
shownThread = here().thread;
session.become(lastPerson());
