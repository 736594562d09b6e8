// Numbers that articles give differently for the same thing, side by side as a small picture along a line of time.
import { placeAddress } from "./address.js";
import { timeOf } from "./dates.js";
import { el, ofArticle, separated } from "./dom.js";
import { inUnits, marked } from "./spans.js";
import { articleLang, say, sayParts } from "./words.js";

/** A section with a picture for each contradiction. Each is a list too, which says in words all that the picture shows. */
export function numbersView(contradictions) {
  return el(
    "section",
    { class: "numbers", "aria-labelledby": "numbers-title" },
    el("h2", { id: "numbers-title" }, say("numbers.title")),
    el("p", { class: "fine" }, say("numbers.help")),
    ...contradictions.map(pictureView),
  );
}

function pictureView({ about, reports }) {
  const most = Math.max(...reports.map((one) => one.value));
  const list = el("ol", { class: "picture" }, ...reports.map((one) => reportView(one, most)));
  // CSP forbids style attributes in markup; a property set from here is no markup.
  list.style.setProperty("--count", reports.length);
  return el("figure", {}, el("figcaption", {}, ...sayParts("numbers.about", { about: ofArticle(about) })), list);
}

function reportView(report, most) {
  const { sentence, number, value, articles } = report;
  const { source } = sentence;
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", most > 0 ? value / most : 0);
  return el(
    "li",
    {},
    el("p", { class: "number" }, el("a", { href: placeAddress(source.id, sentence), lang: articleLang }, number), bar),
    el(
      "div",
      { class: "where" },
      el("p", { class: "kicker" }, ...separated(" · ", timeOf(source.published_at, { exact: true }) ?? say("article.undated"), ofArticle(source.publisher))),
      articles > 1 && el("p", { class: "kicker" }, say("numbers.agreeing", { n: articles })),
      el("p", { class: "quoted", lang: articleLang }, quoted(report)),
    ),
  );
}

/** The sentence with its number marked; offsets count code points of the field. */
function quoted({ sentence, start, end }) {
  const span = { start: start - sentence.start, end: end - sentence.start };
  return marked(sentence.text, inUnits(sentence.text, [span]), (words) => el("mark", {}, words));
}
