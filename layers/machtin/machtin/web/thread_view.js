// The story that an article is part of, from its beginning: events along a line of time, other reports of each folded.
import { articleAddress } from "./address.js";
import { timeOf } from "./dates.js";
import { el, ofArticle, separated } from "./dom.js";
import { articleLang, say, sayParts } from "./words.js";

// Fewer are told by the developments already.
const LEAST_EVENTS = 3;

/** What to show of the story; nothing where it is short, or could not be had (`story` is null). */
export function threadView(article, story) {
  if (story === null || story.events.length < LEAST_EVENTS) return [];
  return [
    el(
      "section",
      { class: "mach-tin", "aria-labelledby": "mach-tin-title" },
      el("h2", { id: "mach-tin-title" }, say("thread.title")),
      el("p", { class: "fine" }, ...extent(story)),
      el("ol", { class: "timeline" }, ...story.events.map((event) => eventView(article, event))),
    ),
  ];
}

/** "6 events, 9 articles, from 6 Nov 2025 to 21 Jan 2026" */
function extent({ events, articles }) {
  const dated = events.filter((event) => event.date);
  const counts = { events: say("thread.events", { n: events.length }), articles: say("thread.articles", { n: articles }) };
  if (dated.length < 2) return sayParts("thread.extent", counts);
  const [first, last] = [dated[0], dated.at(-1)].map((event) => timeOf(event.date, { day: true }));
  return sayParts("thread.extent_dated", { ...counts, first, last });
}

function eventView(article, event) {
  const folded = [...event.others, ...event.copies];
  const here = [event.article, ...folded].some((one) => one.id === article.id);
  return el(
    "li",
    { class: here ? "here" : null, "aria-current": here ? "true" : null },
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(event.date, { day: true }) ?? say("article.undated"), here && say("article.reading"))),
    el("h3", {}, titleView(article, event.article)),
    folded.length > 0 && foldedView(article, event, folded),
  );
}

/** The article being read leads nowhere. */
function titleView(article, one) {
  return one.id === article.id ? el("span", { lang: articleLang }, one.title) : el("a", { href: articleAddress(one.id), lang: articleLang }, one.title);
}

function foldedView(article, { others, copies }, folded) {
  const told = [others.length > 0 && say("thread.others", { n: others.length }), copies.length > 0 && say("thread.copies", { n: copies.length })];
  return el(
    "details",
    { class: "copies", open: folded.some((one) => one.id === article.id) },
    el("summary", {}, told.filter(Boolean).join(", ")),
    el("ul", {}, ...folded.map((one) => el("li", {}, ...separated(" · ", titleView(article, one), ofArticle(one.publisher))))),
  );
}
