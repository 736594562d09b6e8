// The filters beside the results: sections with their counts, days, months, and what is chosen now.
import { FILTERS } from "./address.js";
import { dayName, daysOfMonth, monthName } from "./dates.js";
import { el } from "./dom.js";
import { articleLang, collator, number, say } from "./words.js";

const MONTHS_SHOWN = 12;
const NAMES = { section: "filters.section", tag: "filters.tag", author: "filters.author", since: "filters.since", until: "filters.until" };
const byId = (id) => document.getElementById(id);

/** Filters that call `change(changes)` when the reader chooses. */
export class Filters {
  constructor(change) {
    this.change = change;
    this.days = { since: byId("since"), until: byId("until") };
    for (const input of Object.values(this.days)) input.addEventListener("change", () => this.changeDays());
    byId("filter-form").addEventListener("submit", (event) => event.preventDefault());
    // Beside the results there is room for all filters; on a narrow page they wait behind one line.
    const wide = matchMedia("(min-width: 60rem)");
    const unfold = () => (byId("filters").open = wide.matches);
    wide.addEventListener("change", unfold);
    unfold();
  }

  changeDays() {
    const { since, until } = this.days;
    // A year that is half typed is a date too, of the first century.
    if (!since.validity.valid || !until.validity.valid) return;
    const wrong = since.value && until.value && since.value > until.value;
    byId("date-problem").textContent = wrong ? say("filters.wrong_days") : "";
    if (!wrong) this.change({ since: since.value, until: until.value });
  }

  /** Show what a search has chosen. */
  showChosen(search) {
    byId("date-problem").textContent = "";
    for (const [name, input] of Object.entries(this.days)) if (input.value !== search[name]) input.value = search[name];
    const chosen = FILTERS.filter((name) => search[name]);
    const chips = chosen.map((name) => this.chip(name, search[name]));
    if (chosen.length > 1) {
      const none = Object.fromEntries(FILTERS.map((name) => [name, ""]));
      chips.push(el("li", {}, el("button", { type: "button", class: "plain", click: () => this.change(none) }, say("filters.remove_all"))));
    }
    byId("chips").replaceChildren(...chips);
  }

  chip(name, value) {
    const shown = name === "since" || name === "until" ? dayName(value) : value;
    const label = say("filters.label", { name: say(NAMES[name]), value: shown });
    const remove = () => this.change({ [name]: "" });
    return el(
      "li",
      {},
      el("button", { type: "button", class: "chip", click: remove, "aria-label": say("filters.remove", { label }) }, el("span", {}, label), el("span", { "aria-hidden": "true" }, "×")),
    );
  }

  /** Show counts by section and month, the largest and the newest first. */
  showCounts(search, sections, months) {
    const entries = Object.entries(sections).sort((one, other) => other[1] - one[1] || collator.compare(one[0], other[0]));
    if (search.section && !(search.section in sections)) entries.push([search.section, 0]);
    const buttons = entries.map(([name, count]) =>
      choice(name, count, search.section === name, () => this.change({ section: search.section === name ? "" : name }), articleLang),
    );
    replaceKeepingFocus(byId("sections"), buttons);
    this.showMonths(search, months);
  }

  showMonths(search, months) {
    const shown = Object.entries(months).sort().reverse().slice(0, MONTHS_SHOWN);
    const most = Math.max(1, ...shown.map(([, count]) => count));
    const buttons = shown.map(([month, count]) => {
      const [since, until] = daysOfMonth(month);
      const pressed = search.since === since && search.until === until;
      const button = choice(monthName(month), count, pressed, () => this.change(pressed ? { since: "", until: "" } : { since, until }));
      // CSP forbids style attributes in markup; a property set from here is no markup.
      button.style.setProperty("--share", `${(100 * count) / most}%`);
      return button;
    });
    replaceKeepingFocus(byId("months"), buttons);
  }
}

function choice(name, count, pressed, click, lang = null) {
  return el(
    "button",
    { type: "button", class: "choice", "aria-pressed": pressed ? "true" : "false", "data-key": name, click },
    el("span", { class: "name", lang }, name),
    el("span", { class: "count" }, number(count), el("span", { class: "unseen" }, " ", say("search.articles", { n: count }))),
  );
}

function replaceKeepingFocus(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...children);
  if (focused !== null) children.find((child) => child.dataset.key === focused)?.focus();
}
