// Days and hours are those of Việt Nam, wherever the reader is.
import { el } from "./dom.js";
import { lang, locale, say } from "./words.js";

// Seven hours ahead of Greenwich at all times, as the API and the server count; the zone of the city was not, before 1975.
const timeZone = "Etc/GMT-7";
// 15/3/2026, which an American would read otherwise than a Briton: in English the month has its name.
const dayFormat = new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: lang === "vi" ? "numeric" : "short", year: "numeric" });
const monthFormat = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "long" });
const longFormat = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long" });
const hourFormat = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit" });
const isoFormat = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "Sunday, 15 Mar 2026, 08:30" */
function absolute(moment) {
  return `${longFormat.format(moment)}, ${dayFormat.format(moment)}, ${hourFormat.format(moment)}`;
}

/** "2 hours ago", "yesterday", "3 months ago"; days are counted by the calendar. */
function relative(moment, now) {
  const passed = now - moment;
  if (Math.abs(passed) < MINUTE) return say("date.now");
  if (Math.abs(passed) < HOUR) return relativeFormat.format(-Math.round(passed / MINUTE), "minute");
  if (passed > 0 && passed < 12 * HOUR) return relativeFormat.format(-Math.round(passed / HOUR), "hour");
  const days = Math.round((Date.parse(isoFormat.format(moment)) - Date.parse(isoFormat.format(now))) / DAY);
  if (!Number.isFinite(days)) return "";
  if (Math.abs(days) < 7) return relativeFormat.format(days, "day").toLowerCase();
  if (Math.abs(days) < 30) return relativeFormat.format(Math.trunc(days / 7), "week");
  if (Math.abs(days) < 365) return relativeFormat.format(Math.trunc(days / 30.44), "month");
  return relativeFormat.format(Math.trunc(days / 365.25), "year");
}

/** A <time> of an RFC 3339 string, null for none; `full` adds weekday and hour, `exact` is day and hour alone, `day` the day. */
export function timeOf(published, { full = false, exact = false, day = false, now = new Date() } = {}) {
  if (!published) return null;
  const moment = new Date(published);
  if (Number.isNaN(moment.getTime())) return el("time", {}, published);
  const near = exact || day ? "" : relative(moment, now);
  const shown = full ? absolute(moment) : exact ? `${dayFormat.format(moment)}, ${hourFormat.format(moment)}` : dayFormat.format(moment);
  return el("time", { datetime: published, title: absolute(moment) }, near ? say("date.near", { day: shown, near }) : shown);
}

/** A day of the calendar, "2026-03-15". */
export function dayName(day) {
  return dayFormat.format(new Date(startOfDay(day)));
}

/** A month of the calendar, "2026-03". */
export function monthName(month) {
  const [year, number] = month.split("-");
  return say("filters.month", { month: String(Number(number)), year, name: monthFormat.format(new Date(`${month}-01T00:00:00Z`)) });
}

/** The start of a day in Việt Nam, "2026-03-15" → RFC 3339, `later` days after. */
export function startOfDay(day, later = 0) {
  const moved = new Date(Date.parse(`${day}T00:00:00Z`) + later * DAY);
  return `${moved.toISOString().slice(0, 10)}T00:00:00+07:00`;
}

/** First and last day of a month "2026-03". */
export function daysOfMonth(month) {
  const [year, number] = month.split("-").map(Number);
  return [`${month}-01`, new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)];
}
