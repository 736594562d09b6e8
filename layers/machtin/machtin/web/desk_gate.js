// The gate's report drawn: the verdict of each part, the interval of the change, a line for each query that moved.
import { el, separated } from "./dom.js";
import { intervalDrawing, pairDrawing } from "./desk_drawing.js";
import { locale, number, say } from "./words.js";

const MARKS = { passed: "✓", refused: "✕", not_decisive: "○" };
const scores = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const figures = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });
const changes = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: "exceptZero" });

/** `report` as the API shows it. */
export function gateView(report) {
  const interval = report.parts.find((part) => part.interval)?.interval;
  return el(
    "section",
    { class: "gate", "aria-labelledby": "gate-title" },
    el("h2", { id: "gate-title" }, ...separated(": ", say("gate.title"), say(`gate.verdict_${report.verdict}`))),
    el("p", { class: "fine" }, report.live ? say("gate.compared", { live: report.live, seconds: number(Math.round(report.seconds * 10) / 10) }) : say("gate.nothing_to_compare"), !report.live && report.live_failure && el("span", { lang: "en" }, ` ${report.live_failure}`)),
    el("ul", { class: "checks" }, ...report.parts.map(partView)),
    interval && intervalView(interval),
    movedView(report),
    figuresView(report.parts),
  );
}

function partView({ name, verdict, reasons }) {
  return el(
    "li",
    { class: verdict },
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[verdict]),
    el("div", {}, el("strong", {}, say(`gate.part_${name}`)), " ", el("span", { class: "fine" }, say(`gate.verdict_${verdict}`)), reasons.length > 0 && el("ul", { class: "reasons", lang: "en" }, ...reasons.map((reason) => el("li", {}, reason)))),
  );
}

function intervalView({ mean, low, high, margin, queries }) {
  const told = say("gate.interval", { mean: changes.format(mean), low: changes.format(low), high: changes.format(high), margin: changes.format(-margin), n: queries });
  return el("figure", { class: "interval" }, el("figcaption", {}, say("gate.interval_title")), intervalDrawing({ mean, low, high, margin }, changes.format), el("p", { class: "fine" }, told));
}

function movedView({ worst_queries: worst, best_queries: best }) {
  const moved = [...worst, ...best.toReversed()];
  if (moved.length === 0) return null;
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "moved-title" },
    el(
      "table",
      { class: "moved" },
      el("caption", { id: "moved-title" }, say("gate.moved", { n: moved.length })),
      el("thead", {}, el("tr", {}, ...["query", "drawn", "live", "candidate", "change"].map((name) => el("th", { scope: "col" }, say(`gate.column_${name}`))))),
      el(
        "tbody",
        {},
        ...moved.map(({ text, live, candidate }) =>
          el(
            "tr",
            { class: candidate < live ? "loses" : "gains" },
            el("th", { scope: "row", lang: "vi" }, text),
            el("td", {}, pairDrawing(live, candidate)),
            el("td", {}, scores.format(live)),
            el("td", {}, scores.format(candidate)),
            el("td", {}, changes.format(candidate - live)),
          ),
        ),
      ),
    ),
  );
}

function figuresView(parts) {
  const rows = parts.flatMap(({ name, figures: shown }) => shown.map((figure) => ({ part: name, ...figure })));
  return el(
    "details",
    {},
    el("summary", {}, say("gate.all_figures")),
    el(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": say("gate.all_figures") },
      el(
        "table",
        { class: "figures" },
        el("thead", {}, el("tr", {}, ...["part", "figure", "live", "candidate", "note"].map((name) => el("th", { scope: "col" }, say(`gate.column_${name}`))))),
        el("tbody", {}, ...rows.map(({ part, name, live, candidate, note }) =>
          el("tr", {}, el("td", {}, say(`gate.part_${part}`)), el("th", { scope: "row", lang: "en" }, name), el("td", {}, figure(live)), el("td", {}, figure(candidate)), el("td", { lang: "en" }, note)))),
      ),
    ),
  );
}

function figure(value) {
  return value === null ? "–" : figures.format(value);
}
