// The story that an article is part of, from its beginning: events along a line of time, other reports of each folded.
import { articleAddress } from "./address.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";

// Fewer are told by the developments already.
const LEAST_EVENTS = 3;

/** What to show of the story; nothing where it is short, or could not be had (`story` is null). */
export function threadView(article, story) {
  if (story === null || story.events.length < LEAST_EVENTS) return [];
  return [
    el(
      "section",
      { class: "mach-tin", "aria-labelledby": "mach-tin-title" },
      el("h2", { id: "mach-tin-title" }, "Mạch tin"),
      el("p", { class: "fine" }, ...extent(story)),
      el("ol", { class: "timeline" }, ...story.events.map((event) => eventView(article, event))),
    ),
  ];
}

/** "6 sự kiện, 9 bài, từ 6/11/2025 đến 21/1/2026" */
function extent({ events, articles }) {
  const dated = events.filter((event) => event.date);
  const counts = `${events.length} sự kiện, ${articles} bài`;
  if (dated.length < 2) return [counts];
  return [`${counts}, từ `, timeOf(dated[0].date, { day: true }), " đến ", timeOf(dated.at(-1).date, { day: true })];
}

function eventView(article, event) {
  const folded = [...event.others, ...event.copies];
  const here = [event.article, ...folded].some((one) => one.id === article.id);
  return el(
    "li",
    { class: here ? "here" : null, "aria-current": here ? "true" : null },
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(event.date, { day: true }) ?? "Không rõ ngày", here && "Bài đang đọc")),
    el("h3", {}, titleView(article, event.article)),
    folded.length > 0 && foldedView(article, event, folded),
  );
}

/** The article being read leads nowhere. */
function titleView(article, one) {
  return one.id === article.id ? one.title : el("a", { href: articleAddress(one.id) }, one.title);
}

function foldedView(article, { others, copies }, folded) {
  const told = [others.length > 0 && `${others.length} bài khác`, copies.length > 0 && `${copies.length} bản đăng lại`];
  return el(
    "details",
    { class: "copies", open: folded.some((one) => one.id === article.id) },
    el("summary", {}, told.filter(Boolean).join(", ")),
    el("ul", {}, ...folded.map((one) => el("li", {}, ...separated(" · ", titleView(article, one), one.publisher)))),
  );
}
