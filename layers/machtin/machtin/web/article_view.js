// One article as published, with its summary lit up in place and what is related to it.
import { articleResource, pageAddress } from "./address.js";
import { ask, Problem, problemView } from "./api.js";
import { ArticleText } from "./article_text.js";
import { timeOf } from "./dates.js";
import { el, focusHeading, ofArticle, outsideAddress, separated } from "./dom.js";
import { askRelated, relatedView } from "./related_view.js";
import { filterLink } from "./search_view.js";
import { askSummary, questionOf, SummaryView } from "./summary_view.js";
import { threadView } from "./thread_view.js";
import { articleLang, say, sayParts } from "./words.js";

// An article waits so long for its summary, in milliseconds: what comes together need not be moved aside.
const TOGETHER = 250;

/** Shows articles in `root`. */
export class ArticleView {
  /**
   * `back()` is the address of the results that the reader came from, `sought()` their query; `change(id, summary)` is
   * called when another summary of the article is wanted.
   */
  constructor(root, { back, sought, change }) {
    this.root = root;
    this.back = back;
    this.sought = sought;
    this.change = change;
    this.article = null;
    this.turn = 0;
    this.request = new AbortController();
  }

  /** Stop what is under way; who comes back gets the article as it is then. */
  leave() {
    this.turn += 1;
    this.article = null;
    this.request.abort();
    this.summary?.leave();
  }

  /** Whether the article that a place names stands on the page already, however it is summarized. */
  shows(place) {
    return this.article?.id === place.id;
  }

  /** The article was corrected since it was read: read it again, once for each version. False where it was already. */
  renew() {
    if (this.renewed === this.article.revision) return false;
    this.renewed = this.article.revision;
    this.article = null;
    this.show(this.place).then((stands) => {
      if (stands && !this.arrive()) this.root.querySelector("h1")?.focus({ preventScroll: true });
    });
    return true;
  }

  /** Show a place in an article; true when it stands on the page, false when the reader has gone on meanwhile. */
  async show(place) {
    this.place = place;
    if (this.shows(place)) {
      const turn = (this.turn += 1);
      this.title();
      this.text.at = place.at;
      await this.summary.show(place.summary);
      return turn === this.turn;
    }
    this.leave();
    const { turn } = this;
    const { signal } = (this.request = new AbortController());
    const path = articleResource(place.id);
    this.root.setAttribute("aria-busy", "true");
    const summary = askSummary(place.id, place.summary, signal);
    const related = settled(askRelated(place.id, signal));
    const story = settled(ask(`${path}/thread`, {}, signal));
    const summarized = summary.catch(() => null);
    try {
      const article = await ask(path, {}, signal);
      await Promise.race([summarized, new Promise((go) => setTimeout(go, TOGETHER))]);
      if (signal.aborted) return false;
      this.article = article;
      this.text = new ArticleText(article, place.at);
      this.summary = new SummaryView(article, this.text, {
        change: (wanted) => this.change(article.id, wanted),
        outdated: () => this.renew(),
        sought: questionOf(this.sought()),
      });
      const slot = el("div", { class: "related-slot" });
      const thread = el("div", { class: "thread-slot" });
      this.root.replaceChildren(...this.page(article, slot), thread);
      this.title();
      related.then((answer) => !signal.aborted && slot.replaceChildren(...relatedView(article, answer)));
      story.then((answer) => !signal.aborted && thread.replaceChildren(...threadView(article, answer)));
      await Promise.all([this.summary.show(place.summary, summary), related]);
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof Problem)) throw error;
      this.root.replaceChildren(this.backLink(), missingView(error, () => this.show(place).then((stands) => stands && focusHeading(this.root))));
      document.title = say("page.titled", { title: this.root.querySelector("h1, h2").textContent });
    } finally {
      if (!signal.aborted) this.root.removeAttribute("aria-busy");
    }
    return turn === this.turn;
  }

  /** Go to the stretch of the article that the place names; false where there is none. */
  arrive() {
    return Boolean(this.article && this.text.arrive());
  }

  title() {
    document.title = say("page.titled", { title: this.article.title });
  }

  page(article, related) {
    const source = outsideAddress(article.url);
    const byline = [
      article.author && filterLink("author", article.author),
      ofArticle(article.publisher),
      timeOf(article.published_at, { full: true }),
    ];
    return [
      this.backLink(),
      el(
        "header",
        {},
        article.section && el("p", { class: "kicker" }, filterLink("section", article.section)),
        el("h1", { tabindex: "-1", lang: articleLang }, article.title),
        this.text.sapo,
        el("p", { class: "byline" }, ...separated(" · ", ...byline)),
      ),
      el("div", { class: "summary-slot" }, this.summary.element),
      el(
        "div",
        { class: "text" },
        this.text.body,
        article.tags.length > 0 && el("p", { class: "labels" }, el("span", { class: "unseen" }, say("article.tags")), ...article.tags.map((tag) => filterLink("tag", tag, "tag"))),
        article.modified_at && article.modified_at !== article.published_at &&
          el("p", { class: "fine" }, ...sayParts("article.corrected", { time: timeOf(article.modified_at, { full: true }) })),
        source && el("p", { class: "fine" }, el("a", { href: source, rel: "noopener noreferrer" }, say("article.original", { site: new URL(source).hostname }))),
        asPublished(article.related_as_published),
      ),
      related,
    ];
  }

  backLink() {
    return el("p", { class: "back" }, el("a", { href: this.back() }, el("span", { "aria-hidden": "true" }, "← "), say("article.back")));
  }
}

/** Why an article can't be read. */
export function missingView(problem, retry) {
  if (problem.status === 410) {
    return state(say("article.gone"), say("article.gone_help"));
  }
  if (problem.status === 404 || problem.status === 422) {
    return state(say("article.missing"), say("article.missing_help"));
  }
  return problemView(problem, retry);
}

function state(title, help) {
  return el("div", { class: "trouble" }, el("h1", { tabindex: "-1" }, title), el("p", {}, help), el("p", {}, el("a", { href: pageAddress("/") }, say("search.to_newest"))));
}

function asPublished(items) {
  if (items.length === 0) return null;
  const rows = items.map((item) => {
    const address = outsideAddress(item.url);
    return el("li", {}, address ? el("a", { href: address, rel: "noopener noreferrer" }, item.title) : item.title);
  });
  return el("details", { class: "as-published" }, el("summary", {}, say("article.as_published", { n: items.length })), el("ul", { lang: articleLang }, ...rows));
}

/** The answer, or null where this part alone could not be had: the article is worth reading without it. */
function settled(asked) {
  return asked.catch((error) => {
    if (error.name !== "AbortError" && !(error instanceof Problem)) throw error;
    return null;
  });
}
