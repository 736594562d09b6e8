// What was understood of a draft beside its fields: what is missing, and what was cut off the page.
import { el } from "./dom.js";
import { say } from "./words.js";

// What nobody could place comes first: there a paragraph may have been lost.
const KINDS = ["other", "author", "date", "section", "tags", "source", "caption", "related", "comments", "page"];

/** What is missing and what was cut off, of an answer of POST /v1/drafts/article; empty where all is there. */
export function cutOffView({ missing, cut_off: lines, cut_off_total: total, article }) {
  const groups = KINDS.map((kind) => [kind, lines.filter((line) => line.kind === kind)]).filter(([, found]) => found.length > 0);
  return [
    missing.length > 0 && el("p", { class: "notice" }, say("desk.not_found", { fields: missing.map((name) => say(`desk.field_${name}`)).join(", ") })),
    el("p", { class: "fine" }, say(total > 0 ? "desk.cut_off" : "desk.cut_off_nothing", { n: total })),
    ...groups.map(([kind, found]) =>
      el(
        "details",
        { open: kind === "other" },
        el("summary", {}, `${say(`desk.cut_${kind}`)} (${found.length})`),
        el("ul", { lang: "vi" }, ...found.map(({ text }) => el("li", {}, text))),
      ),
    ),
    lines.length < total && el("p", { class: "fine" }, say("desk.cut_off_more", { n: total - lines.length })),
    article.related_as_published.length > 0 && el("p", { class: "fine" }, say("desk.related_kept", { n: article.related_as_published.length })),
  ].filter(Boolean);
}
