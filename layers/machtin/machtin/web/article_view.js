// One article as published, with its summary lit up in place and what is related to it.
import { articleAddress } from "./address.js";
import { ask, Problem, problemView } from "./api.js";
import { timeOf } from "./dates.js";
import { el, outsideAddress, scrollBehavior, separated } from "./dom.js";
import { relatedView } from "./related_view.js";
import { filterLink } from "./search_view.js";
import { inUnits, marked, paragraphs } from "./spans.js";

/** Shows articles in `root`; `back()` is the address of the results that the reader came from. */
export class ArticleView {
  constructor(root, back) {
    this.root = root;
    this.back = back;
    this.request = new AbortController();
  }

  /** Stop what is under way. */
  leave() {
    this.request.abort();
  }

  /** Show an article; true when it stands on the page, false when the reader has gone on meanwhile. */
  async show(id) {
    this.leave();
    const { signal } = (this.request = new AbortController());
    const path = `/v1${articleAddress(id)}`;
    this.root.setAttribute("aria-busy", "true");
    const summary = settled(ask(`${path}/summary`, {}, signal));
    const related = settled(ask(`${path}/related`, {}, signal));
    try {
      const article = await ask(path, {}, signal);
      const slots = { summary: el("div", { class: "summary-slot" }), related: el("div", { class: "related-slot" }) };
      this.root.replaceChildren(...this.page(article, slots));
      document.title = `${article.title} – mạch tin`;
      summary.then((answer) => answer && !signal.aborted && this.light(article, answer, slots.summary));
      related.then((answer) => !signal.aborted && slots.related.replaceChildren(...relatedView(article, answer)));
      await Promise.all([summary, related]);
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof Problem)) throw error;
      this.root.replaceChildren(this.backLink(), this.missing(error, id));
      document.title = `${this.root.querySelector("h1, h2").textContent} – mạch tin`;
    } finally {
      if (!signal.aborted) this.root.removeAttribute("aria-busy");
    }
    return !signal.aborted;
  }

  page(article, slots) {
    const source = outsideAddress(article.url);
    const byline = [
      article.author && filterLink("author", article.author),
      article.publisher,
      timeOf(article.published_at, { full: true }),
    ];
    this.sapo = article.sapo ? el("p", { class: "sapo", "data-field": "sapo" }, article.sapo) : null;
    this.body = el("div", { class: "body", "data-field": "body" }, ...bodyView(article.body, []));
    return [
      this.backLink(),
      el(
        "header",
        {},
        article.section && el("p", { class: "kicker" }, filterLink("section", article.section)),
        el("h1", { tabindex: "-1" }, article.title),
        this.sapo,
        el("p", { class: "byline" }, ...separated(" · ", ...byline)),
      ),
      slots.summary,
      el(
        "div",
        { class: "text" },
        this.body,
        article.tags.length > 0 && el("p", { class: "labels" }, el("span", { class: "unseen" }, "Thẻ: "), ...article.tags.map((tag) => filterLink("tag", tag, "tag"))),
        article.modified_at && article.modified_at !== article.published_at &&
          el("p", { class: "fine" }, "Sửa lần cuối: ", timeOf(article.modified_at, { full: true })),
        source && el("p", { class: "fine" }, el("a", { href: source, rel: "noopener noreferrer" }, `Đọc bản gốc tại ${new URL(source).hostname}`)),
        asPublished(article.related_as_published),
      ),
      slots.related,
    ];
  }

  backLink() {
    return el("p", { class: "back" }, el("a", { href: this.back() }, el("span", { "aria-hidden": "true" }, "← "), "Danh sách tin"));
  }

  light(article, answer, slot) {
    if (answer.sentences.length === 0 && answer.mode === "general") return;
    const spans = { sapo: [], body: [] };
    answer.sentences.forEach((sentence, at) => spans[sentence.field].push({ ...sentence, at }));
    const places = [];
    const make = (words, span) => {
      const place = el("mark", { class: "lit", tabindex: "-1" }, words);
      places[span.at] ??= place;
      return place;
    };
    if (this.sapo) this.sapo.replaceChildren(marked(article.sapo, inUnits(article.sapo, spans.sapo), make));
    this.body.replaceChildren(...bodyView(article.body, inUnits(article.body, spans.body), make));
    const jump = (at) => () => {
      places[at]?.scrollIntoView({ behavior: scrollBehavior(), block: "center" });
      places[at]?.focus({ preventScroll: true });
    };
    slot.replaceChildren(
      el(
        "section",
        { class: "summary", "aria-labelledby": "summary-title" },
        el("h2", { id: "summary-title" }, answer.mode === "fresh" ? "Ngoài sapo" : "Tóm tắt"),
        el("p", { class: "fine" }, answer.sentences.length > 0 ? "Nguyên văn câu trong bài; bấm vào câu để tới chỗ của nó." : "Sapo đã nói hết những gì bài này có."),
        el("ol", {}, ...answer.sentences.map((sentence, at) => el("li", {}, el("button", { type: "button", click: jump(at) }, sentence.text)))),
      ),
      ...(article.sapo && article.body ? [this.otherMode(article, answer, slot)] : []),
    );
  }

  /** The way from the summary of the whole article to what its sapo does not say, and back. */
  otherMode(article, answer, slot) {
    const mode = answer.mode === "fresh" ? "general" : "fresh";
    const { signal } = this.request;
    const change = async () => {
      const other = await settled(ask(`/v1${articleAddress(article.id)}/summary`, { mode }, signal));
      if (!other || signal.aborted) return;
      this.light(article, other, slot);
      slot.querySelector(".other-mode button")?.focus();
    };
    return el("p", { class: "other-mode" }, el("button", { type: "button", click: change }, mode === "fresh" ? "Chỉ những điều sapo chưa nói" : "Tóm tắt cả bài"));
  }

  missing(problem, id) {
    if (problem.status === 410) {
      return state("Bài đã gỡ", "Bài này từng được đăng và toà soạn đã gỡ xuống. Nội dung không còn ở đây.");
    }
    if (problem.status === 404 || problem.status === 422) {
      return state("Không có bài này", "Địa chỉ có thể đã gõ nhầm, hoặc bài chưa từng được đăng.");
    }
    return problemView(problem, () => this.show(id));
  }
}

function state(title, help) {
  return el("div", { class: "trouble" }, el("h1", { tabindex: "-1" }, title), el("p", {}, help), el("p", {}, el("a", { href: "/" }, "Xem tin mới nhất")));
}

function bodyView(body, spans, make) {
  return paragraphs(body).map(({ start, end }) => el("p", {}, marked(body, spans, make, start, end)));
}

function asPublished(items) {
  if (items.length === 0) return null;
  const rows = items.map((item) => {
    const address = outsideAddress(item.url);
    return el("li", {}, address ? el("a", { href: address, rel: "noopener noreferrer" }, item.title) : item.title);
  });
  return el("details", { class: "as-published" }, el("summary", {}, `Tin dẫn kèm trên trang gốc (${items.length})`), el("ul", {}, ...rows));
}

/** The answer, or null where this part alone could not be had: the article is worth reading without it. */
function settled(asked) {
  return asked.catch((error) => {
    if (error.name !== "AbortError" && !(error instanceof Problem)) throw error;
    return null;
  });
}
