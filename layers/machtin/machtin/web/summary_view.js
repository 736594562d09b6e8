// The summary of an article: sentences of it, in the form asked for, each tied to where it stands in the text.
import { articleAddress, articleResource } from "./address.js";
import { ask, Problem, problemView } from "./api.js";
import { goTo } from "./article_text.js";
import { copyButton } from "./copying.js";
import { el, separated } from "./dom.js";
import { SummaryControls } from "./summary_controls.js";
import { articleLang, percent, say, sayParts } from "./words.js";

/** Asks for the summary of an article, as an address says it is wanted. */
export function askSummary(id, summary, signal) {
  return ask(`${articleResource(id)}/summary`, summary, signal);
}

/** A card with the summary and what can be wanted of it; `text` is where its sentences are lit. */
export class SummaryView {
  /**
   * `change(summary)` is called when another summary is wanted, `outdated()` when a summary is of another version of the
   * article: true where it is read again. `sought` is what the reader had searched, or "".
   */
  constructor(article, text, { change, outdated, sought }) {
    this.article = article;
    this.text = text;
    this.change = change;
    this.outdated = outdated;
    this.sought = sought;
    this.request = new AbortController();
    this.controls = new SummaryControls(Boolean(article.sapo && article.body), change);
    this.last = { wanted: null, answer: null };
    this.told = el("div", { class: "told fine", role: "status", tabindex: "-1" });
    this.said = el("div", { class: "said" });
    this.offer = el("p", { class: "offer" });
    this.element = el(
      "section",
      { class: "summary", "aria-labelledby": "summary-title" },
      el("h2", { id: "summary-title" }, say("summary.title")),
      this.controls.element,
      this.told,
      this.said,
      this.offer,
    );
  }

  leave() {
    this.request.abort();
  }

  /** Show the summary that `summary` wants; `asked` is its answer where it is under way already. */
  async show(summary, asked = null) {
    this.leave();
    const { signal } = (this.request = new AbortController());
    this.controls.show(summary);
    this.showOffer(summary);
    const wanted = articleAddress(this.article.id, summary);
    if (wanted === this.last.wanted) return this.take(summary, this.last.answer);
    this.said.setAttribute("aria-busy", "true");
    try {
      const answer = await (asked ?? askSummary(this.article.id, summary, signal));
      if (signal.aborted) return;
      if (!answer.sentences.every((one) => this.text.holds(one)) && this.outdated()) return;
      this.last = { wanted, answer };
      this.take(summary, answer);
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      this.text.light([]);
      this.told.replaceChildren();
      this.said.replaceChildren(problemView(error, () => this.show(summary)));
    } finally {
      if (!signal.aborted) this.said.removeAttribute("aria-busy");
    }
  }

  take(summary, answer) {
    const { sentences } = answer;
    const places = this.text.light(sentences);
    const rows = sentences.map((sentence, at) => rowView(sentence, places[at], label(answer, at)));
    this.told.replaceChildren(...this.words(summary, answer));
    this.said.replaceChildren(
      ...(sentences.length === 0 ? [] : [el("ol", { class: `as-${answer.form}` }, ...rows), el("p", { class: "fine copying" }, ...copyButton(answer.text), hint())]),
    );
  }

  /** What is told of an answer: whether the article speaks of the question, how much there is, why there is nothing. */
  words(summary, { sentences, syllables, relevant, mode, form, novelty }) {
    const { query } = summary;
    const length = [
      form === "push" ? say("summary.one_line") : say("summary.sentence_count", { n: sentences.length }),
      say("summary.syllable_count", { n: syllables }),
      novelty !== null && say("summary.novelty", { share: percent(novelty) }),
    ];
    return [
      relevant === false && el("p", { class: "notice" }, say("summary.irrelevant", { query }), sentences.length > 0 && ` ${say("summary.irrelevant_general")}`),
      relevant && el("p", {}, say("summary.relevant", { query })),
      sentences.length > 0
        ? el("p", {}, ...separated(" · ", ...length))
        : el("p", {}, nothing(summary, mode, form, this.article)),
    ].filter(Boolean);
  }

  /** What was searched before is a question already; a question can be dropped again. */
  showOffer(summary) {
    const words = summary.query || this.sought;
    const query = summary.query ? "" : this.sought;
    const again = () => {
      this.change({ ...summary, query });
      this.told.focus({ preventScroll: true });
    };
    this.offer.hidden = !words;
    this.offer.replaceChildren(el("button", { type: "button", click: again }, query ? say("summary.offer", { query }) : say("summary.drop")));
  }
}

/** What a search asks for in words alone: without its signs, and what it leaves out. */
export function questionOf(q) {
  return q
    .replace(/(^|\s)-?(?:t[aá]c-?gi[aả]|m[uụ]c):("[^"]*"|\S*)/giu, " ")
    .replace(/(^|\s)-("[^"]*"|[^\s\d]\S*)/g, " ")
    .replace(/["“”«»]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function hint() {
  return el("span", {}, ...sayParts("summary.hint", { keys: el("span", { class: "keys" }, say("summary.hint_keys")) }));
}

function rowView(sentence, marks, heading) {
  const go = () => marks[0] && goTo(marks[0]);
  const button = el("button", { type: "button", click: go, lang: articleLang }, sentence.text);
  const pair = [button, ...marks];
  const show = (now) => () => pair.forEach((one) => one.classList.toggle("now", now));
  for (const one of pair) {
    for (const event of ["pointerenter", "focus"]) one.addEventListener(event, show(true));
    for (const event of ["pointerleave", "blur"]) one.addEventListener(event, show(false));
  }
  for (const mark of marks) {
    mark.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      button.scrollIntoView({ block: "nearest" });
      button.focus({ preventScroll: true });
    });
  }
  return el("li", { class: `of-${sentence.field}` }, heading && el("span", { class: "from" }, heading), button);
}

/** Beside a sapo that is shown too it is told where it ends. */
function label({ mode, sentences }, at) {
  if (mode !== "sapo+") return null;
  const { field } = sentences[at];
  if (field === sentences[at - 1]?.field) return null;
  return say(field === "sapo" ? "summary.from_sapo" : "summary.from_body");
}

function nothing({ sentences, syllables }, mode, form, article) {
  if (!article.sapo && !article.body) return say("summary.no_text");
  if (form === "push") return say("summary.no_line");
  if (sentences || syllables) return say("summary.too_short");
  return say(mode === "fresh" ? "summary.nothing_new" : "summary.none");
}
