// The results of a search: newest articles for an empty one.
import { articleAddress, pageAddress, searchAddress, searchParameters } from "./address.js";
import { ask, Problem, problemView } from "./api.js";
import { timeOf } from "./dates.js";
import { el, ofArticle, separated } from "./dom.js";
import { Filters } from "./filters.js";
import { inUnits, joined, marked } from "./spans.js";
import { articleLang, say, sayParts } from "./words.js";

const PAGE = 10;
const LARGEST = 100;
const DEEPEST = 10_000;
const byId = (id) => document.getElementById(id);

/** Shows searches; `change(changes)` is called when the reader filters or sorts otherwise. */
export class SearchView {
  constructor(change) {
    this.filters = new Filters(change);
    this.search = null;
    this.answer = null;
    this.hits = [];
    this.request = new AbortController();
    byId("sort").addEventListener("change", () => change({ sort: byId("sort").value }));
    byId("more").addEventListener("click", () => this.more());
  }

  /** How many hits are on the page. */
  get shown() {
    return this.hits.length;
  }

  /** How many hits the pages before have, where the address begins at a later one. */
  get first() {
    return Number(this.search.from);
  }

  /** Ask again at the next show, even for the same search. */
  forget() {
    this.answer = null;
  }

  /** Show a search; `shown` hits at least, as many as were there before the reader left. */
  async show(search, shown = PAGE) {
    this.request.abort();
    if (this.answer && searchAddress(search) === searchAddress(this.search) && this.shown >= shown) {
      this.title();
      return;
    }
    const request = (this.request = new AbortController());
    this.search = search;
    this.answer = null;
    this.title();
    this.filters.showChosen(search);
    this.showSort();
    byId("hits").setAttribute("aria-busy", "true");
    const size = Math.min(Math.max(PAGE, shown), LARGEST, DEEPEST - this.first);
    const parameters = { ...searchParameters(search), size, facets: true };
    try {
      // Inside one section all other sections count nothing; what they would give without it is asked beside.
      const [answer, whole] = await Promise.all([
        ask("/v1/search", parameters, request.signal),
        search.section ? ask("/v1/search", { ...parameters, section: "", size: 0 }, request.signal) : null,
      ]);
      const hits = await this.upTo(shown, answer, parameters, request.signal);
      if (!request.signal.aborted) this.take(search, { ...answer, hits }, whole ?? answer);
    } catch (error) {
      this.fail(error, () => this.show(search, shown));
    }
  }

  /** The hits of an answer and of the pages behind it, until there are `shown`; the API gives LARGEST at a time. */
  async upTo(shown, { hits, total }, parameters, signal) {
    const all = new Map(hits.map((hit) => [hit.id, hit]));
    while (all.size >= LARGEST && all.size < Math.min(shown, total - this.first, DEEPEST - this.first)) {
      const before = all.size;
      const asked = { ...parameters, facets: "", from: this.first + before, size: Math.min(LARGEST, shown - before) };
      for (const hit of (await ask("/v1/search", asked, signal)).hits) all.set(hit.id, hit);
      if (all.size === before) break;
    }
    return [...all.values()];
  }

  take(search, answer, whole) {
    this.answer = answer;
    this.hits = answer.hits;
    byId("hits").removeAttribute("aria-busy");
    byId("hits").classList.toggle("front", !search.q && !search.sort);
    byId("more-problem")?.remove();
    byId("problem").replaceChildren(...(answer.hits.length > 0 ? [] : [answer.total ? this.past() : this.nothing()]));
    byId("hits").replaceChildren(...this.views(answer.hits));
    byId("degraded").hidden = !answer.degraded;
    this.showMeant(search, answer);
    this.filters.showCounts(search, whole.facets.section ?? {}, answer.facets.month ?? {});
    this.showStatus();
  }

  async more() {
    // Another search is under way, or the same page is: its button keeps the focus.
    if (!this.answer || byId("more").getAttribute("aria-disabled")) return;
    const request = (this.request = new AbortController());
    const tried = byId("more-problem")?.contains(document.activeElement);
    byId("more").setAttribute("aria-disabled", "true");
    try {
      const parameters = { ...searchParameters(this.search), size: PAGE, from: this.first + this.shown };
      const { hits } = await ask("/v1/search", parameters, request.signal);
      if (request.signal.aborted) return;
      byId("more-problem")?.remove();
      // An article that came in meanwhile pushes another one onto this page, which is there already.
      const known = new Set(this.hits.map((hit) => hit.id));
      const fresh = hits.filter((hit) => !known.has(hit.id));
      byId("hits").append(...this.views(fresh, this.hits.at(-1)));
      this.hits = [...this.hits, ...fresh];
      this.showStatus(hits.length > 0);
      if (fresh.length) document.querySelector(`[data-hit="${CSS.escape(fresh[0].id)}"]`).focus();
    } catch (error) {
      this.failMore(error, tried);
    } finally {
      byId("more").removeAttribute("aria-disabled");
    }
  }

  /** Hits as they are shown after `last`; where those begin that are less relevant, a line says so. */
  views(hits, last) {
    const classes = this.search.q.trim() && this.search.sort.startsWith("relevant_");
    const begins = classes ? hits.findIndex((hit, at) => hit.relevance === "weak" && (hits[at - 1] ?? last)?.relevance === "strong") : -1;
    return hits.flatMap((hit, at) => (at === begins ? [el("li", { class: "weaker" }, say("search.weaker")), hitView(hit)] : [hitView(hit)]));
  }

  /** Told where the reader is, below what stands there; `tried`: by the button of the one before. */
  failMore(error, tried) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Problem)) throw error;
    byId("more-problem")?.remove();
    const problem = el("div", { id: "more-problem" }, problemView(error, () => this.more()));
    byId("more").parentElement.before(problem);
    if (tried) problem.querySelector("button").focus();
  }

  fail(error, retry) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Problem)) throw error;
    byId("hits").removeAttribute("aria-busy");
    byId("more-problem")?.remove();
    byId("problem").replaceChildren(problemView(error, retry));
    this.hits = [];
    byId("hits").replaceChildren();
    byId("more").hidden = true;
    byId("degraded").hidden = true;
    byId("meant").hidden = true;
    byId("status").textContent = "";
  }

  title() {
    const { q } = this.search;
    const title = q.trim() ? say("search.results", { q: q.trim() }) : say("search.newest");
    byId("results-title").textContent = title;
    document.title = q.trim() ? say("page.titled", { title: q.trim() }) : say("page.title");
  }

  showSort() {
    const { q, sort } = this.search;
    for (const option of byId("sort").querySelectorAll("[value^=relevan]")) option.disabled = option.hidden = !q.trim();
    byId("sort").value = q.trim() ? sort || "relevance" : sort === "oldest" ? "oldest" : "newest";
  }

  showStatus(more = true) {
    const { total, took_ms: took } = this.answer;
    const { first, search } = this;
    const left = Math.min(total, DEEPEST) - first - this.shown;
    byId("next")?.remove();
    byId("earlier").hidden = first === 0;
    byId("earlier").href = searchAddress({ ...search, from: first > PAGE ? String(first - PAGE) : "" });
    byId("more").hidden = left <= 0 || !more;
    byId("more").textContent = say("search.more", { n: Math.min(PAGE, left) });
    const ms = Math.max(1, Math.round(took));
    byId("status").textContent = total ? say("search.found", { n: total, ms }) : say("search.none");
  }

  /** What was probably meant, to be searched by one touch; or what was searched where keys had been typed for marks. */
  showMeant(search, { suggestion, searched }) {
    const query = suggestion && el("a", { href: searchAddress({ ...search, q: suggestion, from: "" }), lang: articleLang }, suggestion);
    byId("meant").hidden = !suggestion;
    byId("meant").replaceChildren(...(suggestion ? sayParts(searched ? "search.searched" : "search.meant", { query }) : []));
  }

  /** An address of a page behind the last. */
  past() {
    return el(
      "div",
      { class: "trouble" },
      el("h2", {}, say("search.past")),
      el("p", {}, el("a", { href: searchAddress({ ...this.search, from: "" }) }, say("search.to_first"))),
    );
  }

  nothing() {
    const filtered = ["section", "tag", "author", "since", "until"].some((name) => this.search[name]);
    const help = [
      filtered && say("search.try_filters"),
      this.search.q.trim() && say("search.try_words"),
      /["“”«»]|(^|\s)-\S|:/.test(this.search.q) && say("search.try_signs"),
      this.search.q.trim() && say("search.try_plain"),
      !filtered && !this.search.q.trim() && say("search.try_ingest"),
    ].filter(Boolean);
    return el(
      "div",
      { class: "trouble" },
      el("h2", {}, say(filtered || this.search.q.trim() ? "search.nothing" : "search.empty")),
      el("ul", {}, ...help.map((line) => el("li", {}, line))),
      el("p", {}, el("a", { href: pageAddress("/") }, say("search.to_newest"))),
    );
  }
}

const highlight = (words) => el("mark", {}, words);

function hitView(hit) {
  const { highlights, snippet } = hit;
  const title = joined(hit.title, inUnits(hit.title, highlights.title));
  const sapo = joined(hit.sapo, inUnits(hit.sapo, highlights.sapo));
  return el(
    "li",
    { class: "hit" },
    el("p", { class: "kicker" }, ...separated(" · ", hit.section && filterLink("section", hit.section), ofArticle(hit.publisher), timeOf(hit.published_at))),
    el("h2", {}, el("a", { href: articleAddress(hit.id), "data-hit": hit.id, lang: articleLang }, marked(hit.title, title, highlight))),
    hit.sapo && el("p", { class: "sapo", lang: articleLang }, marked(hit.sapo, sapo, highlight)),
    // Where the sapo answers it is there already.
    snippet?.field === "body" && el("p", { class: "snippet", lang: articleLang }, ...snippetView(snippet)),
    (hit.author || hit.tags.length > 0) &&
      el(
        "p",
        { class: "labels" },
        hit.author && filterLink("author", hit.author, "author"),
        ...hit.tags.map((tag) => filterLink("tag", tag, "tag")),
      ),
  );
}

function snippetView(snippet) {
  const words = joined(snippet.text, inUnits(snippet.text, snippet.highlights));
  const before = snippet.start > 0 ? "… " : "";
  const after = /[.!?…]["”’»)]?\s*$/.test(snippet.text) ? "" : " …";
  return [before, marked(snippet.text, words, highlight), after];
}

/** A link that lists all articles of a section, a tag or an author. */
export function filterLink(name, value, style = null) {
  return el("a", { href: searchAddress({ [name]: value }), class: style, lang: articleLang }, value);
}
