// The sapo and the body of an article as published, with sentences lit where they stand.
import { el, scrollBehavior } from "./dom.js";
import { inUnits, marked, paragraphs } from "./spans.js";
import { articleLang } from "./words.js";

/** The elements of both fields (`sapo` is null for none), and what is lit in them. */
export class ArticleText {
  /** `at` is the stretch that a link led to: {field, start, end} in code points, or null. It stays lit. */
  constructor(article, at) {
    this.article = article;
    this.at = at;
    this.sapo = article.sapo ? el("p", { class: "sapo", "data-field": "sapo", lang: articleLang }) : null;
    this.body = el("div", { class: "body", "data-field": "body", lang: articleLang });
    this.light([]);
  }

  /** Light sentences, {field, start, end} in code points; the marks of each, one for each paragraph that it stands in. */
  light(sentences) {
    const held = this.arrival?.includes(document.activeElement);
    const places = sentences.map(() => []);
    const own = this.at && sentences.findIndex((one) => overlap(one, this.at));
    const spans = sentences.map((one, index) => ({ ...one, marks: places[index] }));
    this.arrival = own === null ? [] : (places[own] ?? []);
    if (own === -1) spans.push({ ...this.at, marks: this.arrival });
    const make = (words, span) => {
      const mark = el("mark", { class: "lit", tabindex: "-1" }, words);
      span.marks.push(mark);
      return mark;
    };
    const lit = (field) => inUnits(this.article[field], spans.filter((span) => span.field === field).sort((one, other) => one.start - other.start));
    this.sapo?.replaceChildren(marked(this.article.sapo, lit("sapo"), make));
    const { body } = this.article;
    const units = lit("body");
    this.body.replaceChildren(...paragraphs(body).map(({ start, end }) => el("p", {}, marked(body, units, make, start, end))));
    for (const mark of this.arrival) mark.classList.add("now");
    if (held) this.arrival[0]?.focus({ preventScroll: true });
    return places;
  }

  /** Whether a sentence stands where it says it does: not after a correction of the article. */
  holds({ field, start, end, text }) {
    const whole = this.article[field] ?? "";
    const [place] = inUnits(whole, [{ start, end }]);
    return whole.slice(place.start, place.end) === text;
  }

  /** Go to the stretch that a link led to; false where the text has no such stretch, as after a correction. */
  arrive() {
    if (!this.arrival[0]) return false;
    goTo(this.arrival[0], "auto");
    return true;
  }
}

/** Scroll to a mark and read on from there. */
export function goTo(mark, behavior = scrollBehavior()) {
  mark.scrollIntoView({ behavior, block: "center" });
  mark.focus({ preventScroll: true });
}

function overlap(one, other) {
  return one.field === other.field && one.start < other.end && other.start < one.end;
}
