/**
 * Times in a person's own zone, and what error codes mean in words.
 * @module
 */

import { present } from "./present.js";

const LOCALE = "en-GB";
const DAY = 86_400; // seconds

function formatted(date, tz, options) {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: tz, ...options }).format(date);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options }).format(date);
  }
}

/** The instant of a message: its `ts` is seconds since 1970 with micros. */
export function instant(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** "10:42" in an IANA zone. */
export function timeIn(date, tz) {
  return formatted(date, tz, { hour: "2-digit", minute: "2-digit" });
}

/** "Monday 2 March 2026 at 10:42 (Europe/Berlin)", for tooltips. */
export function fullTimeIn(date, tz) {
  const day = formatted(date, tz, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  return `${day} at ${timeIn(date, tz)} (${tz})`;
}

/** "Mon 2 Mar" in an IANA zone. */
export function shortDayIn(date, tz) {
  return formatted(date, tz, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
}

/** "2026" in an IANA zone. */
export function yearIn(date, tz) {
  return formatted(date, tz, { year: "numeric" });
}

/** "Today", "Yesterday", "Monday 2 March", and in another year "Monday 2 March 2026". */
export function dayIn(date, tz, now = present()) {
  const key = (when) => formatted(when, tz, { year: "numeric", month: "2-digit", day: "2-digit" });
  if (key(date) === key(now)) return "Today";
  if (key(date) === key(new Date(now.getTime() - 86_400_000))) return "Yesterday";
  const year = yearIn(date, tz) === yearIn(now, tz) ? undefined : "numeric";
  return formatted(date, tz, { weekday: "long", day: "numeric", month: "long", year });
}

/** "2 weeks", "9 days", "5 hours" or "20 minutes" for so many seconds. */
export function duration(seconds) {
  const days = Math.round(seconds / DAY);
  if (days >= 7 && days % 7 === 0) return counted(days / 7, "week");
  if (seconds >= DAY) return counted(days, "day");
  if (seconds >= 3600) return counted(Math.round(seconds / 3600), "hour");
  return counted(Math.round(seconds / 60), "minute");
}

/** The same where space is short: "14 d", "5 h", "20 min". */
export function shortDuration(seconds) {
  if (seconds >= DAY) return `${Math.round(seconds / DAY)} d`;
  return seconds >= 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 60)} min`;
}

/** "Berlin" of "Europe/Berlin". */
export function cityOf(tz) {
  return tz.split("/").pop().replaceAll("_", " ");
}

/** "1 reply", "3 replies". */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

const SENTENCES = {
  unreachable: "The workspace does not answer. Is it still running?",
  element_not_found: "That button has just changed. Nothing was sent; look again.",
  message_not_found: "That message is no longer there.",
  channel_not_found: "You are not in that channel.",
  is_archived: "This channel is archived.",
  no_text: "There is nothing to send.",
  msg_too_long: "That message is too long.",
  view_not_found: "That form is no longer open.",
  operation_timeout: "Readiness did not answer in time.",
  dispatch_failed: "Readiness could not be reached.",
  unknown_shortcut: "Readiness does not offer that any more.",
  clock_moving: "The clock is on its way already.",
  nothing_planned: "Nothing is planned.",
};

/** What went wrong, for a person. Unknown codes are shown in words, never as data. */
export function sentence(code) {
  if (!code) return "That did not work.";
  return (
    SENTENCES[code] ?? `That did not work (${String(code).split(":")[0].replaceAll("_", " ")}).`
  );
}
