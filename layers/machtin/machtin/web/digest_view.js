// The digest of an event: what several articles say, in order of time, and the numbers that they give differently.
import { articleAddress, placeAddress } from "./address.js";
import { ask, Problem } from "./api.js";
import { missingView } from "./article_view.js";
import { copyButton } from "./copying.js";
import { timeOf } from "./dates.js";
import { el, focusHeading, ofArticle, separated } from "./dom.js";
import { numbersView } from "./numbers_view.js";
import { articleLang, say, sayParts } from "./words.js";

const REASONS = { taken_down: "digest.taken_down", unknown: "digest.unknown" };

/** Shows digests in `root`. */
export class DigestView {
  constructor(root) {
    this.root = root;
    this.id = null;
    this.request = new AbortController();
  }

  /** Stop what is under way; who comes back gets the digest of the articles as they are then. */
  leave() {
    this.id = null;
    this.request.abort();
  }

  /** Whether the digest stands on the page already. */
  shows(place) {
    return this.id === place.id;
  }

  /** Show the digest of an article and its developments; true when it stands there, false when the reader has gone on. */
  async show({ id }) {
    if (this.shows({ id })) {
      document.title = this.title;
      return true;
    }
    this.leave();
    const { signal } = (this.request = new AbortController());
    this.id = id;
    this.root.setAttribute("aria-busy", "true");
    document.title = this.title = say("page.titled", { title: say("digest.title") });
    this.root.replaceChildren(...heading(id), waiting());
    try {
      const answer = await ask("/v1/digests", { article: id }, signal);
      const own = answer.articles.find((one) => one.id === id);
      document.title = this.title = say("page.titled", { title: say("digest.titled", { title: own?.title ?? id }) });
      this.root.replaceChildren(...heading(id, own), ...digestView(id, answer));
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof Problem)) throw error;
      this.id = null;
      const gone = [404, 410, 422].includes(error.status);
      this.root.replaceChildren(...(gone ? [] : heading(id)), missingView(error, () => this.show({ id }).then((stands) => stands && focusHeading(this.root))));
      document.title = this.title = say("page.titled", { title: this.root.querySelector("h1, h2").textContent });
    } finally {
      if (!signal.aborted) this.root.removeAttribute("aria-busy");
    }
    return !signal.aborted;
  }
}

function heading(id, own) {
  return [
    el("p", { class: "back" }, el("a", { href: articleAddress(id) }, el("span", { "aria-hidden": "true" }, "← "), say("digest.back"))),
    el("header", {}, el("p", { class: "kicker" }, say("digest.title")), el("h1", { tabindex: "-1", lang: own ? articleLang : null }, own?.title ?? say("digest.title"))),
  ];
}

function waiting() {
  return el("p", { class: "waiting", role: "status" }, el("label", {}, say("digest.waiting"), el("progress")));
}

function digestView(id, answer) {
  const { articles, sentences, contradictions, degraded, missing } = answer;
  return [
    el("p", { class: "fine extent" }, ...separated(" · ", extent(articles), say("digest.sentences", { n: sentences.length }), say("digest.syllables", { n: answer.syllables }))),
    degraded && el("p", { class: "notice" }, say("digest.degraded")),
    missing.length > 0 && el("p", { class: "notice" }, ...sayParts("digest.missing", { n: missing.length, articles: missingOnes(missing) })),
    articles.length < 2 && el("p", { class: "notice" }, say("digest.alone")),
    contradictions.length > 0 && numbersView(contradictions),
    ...told(id, answer),
    ...silent(articles, sentences),
  ].filter(Boolean);
}

/** "4 articles, from 9 Oct 2025 to 3 Mar 2026", "2 articles, 4 May 2026" */
function extent(articles) {
  const dated = articles.filter((one) => one.published_at);
  const count = say("digest.articles", { n: articles.length });
  if (dated.length < 2) return count;
  const [first, last] = [dated[0], dated.at(-1)].map((one) => timeOf(one.published_at, { day: true }));
  const one = first.textContent === last.textContent;
  return el("span", {}, ...(one ? sayParts("digest.on_day", { articles: count, day: first }) : sayParts("digest.over_days", { articles: count, first, last })));
}

function missingOnes(missing) {
  return el("span", {}, ...separated(", ", ...missing.map(({ id, reason }) => el("span", {}, `${id} (${REASONS[reason] ? say(REASONS[reason]) : reason})`))));
}

function told(id, { sentences, text }) {
  if (sentences.length === 0) return [el("p", { class: "notice" }, say("digest.none"))];
  const rows = runs(sentences).map((own) => {
    const { source } = own[0];
    return el(
      "li",
      { class: source.id === id ? "here" : null },
      el("p", { class: "kicker" }, ...separated(" · ", source.id === id && say("article.just_read"), timeOf(source.published_at) ?? say("article.undated"), ofArticle(source.publisher))),
      ...own.map((one) => el("p", { class: "sentence" }, el("a", { href: placeAddress(source.id, one), lang: articleLang }, one.text))),
      el("p", { class: "source" }, el("a", { href: articleAddress(source.id), lang: articleLang }, source.title)),
    );
  });
  return [
    el(
      "section",
      { class: "story", "aria-labelledby": "story-title" },
      el("h2", { id: "story-title" }, say("digest.in_time")),
      el("p", { class: "fine" }, say("digest.help")),
      el("ol", { class: "thread" }, ...rows),
      el("p", { class: "fine copying" }, ...copyButton(text)),
    ),
  ];
}

/** Sentences of the same article that follow one another. */
function runs(sentences) {
  const result = [];
  for (const one of sentences) {
    if (result.at(-1)?.[0].source.id === one.source.id) result.at(-1).push(one);
    else result.push([one]);
  }
  return result;
}

/** Articles that were read and have no sentence of their own here. */
function silent(articles, sentences) {
  const speaking = new Set(sentences.map((one) => one.source.id));
  const others = articles.filter((one) => !speaking.has(one.id));
  if (others.length === 0) return [];
  const rows = others.map((one) =>
    el("li", {}, el("a", { href: articleAddress(one.id), lang: articleLang }, one.title), " ", el("span", { class: "fine" }, ...separated(" · ", timeOf(one.published_at), ofArticle(one.publisher)))),
  );
  return [el("details", { class: "silent" }, el("summary", {}, say("digest.silent", { n: others.length })), el("ul", {}, ...rows))];
}
