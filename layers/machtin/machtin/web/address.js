// What the address says, and the address that says it: every view can be shared, and the back button works.
import { startOfDay } from "./dates.js";
import { lang } from "./words.js";

/** Where the pages of each language begin. */
const ROOTS = { vi: "", en: "/en" };

export const FILTERS = ["section", "tag", "author", "since", "until"];
const SORTS = ["relevance", "relevant_newest", "relevant_oldest", "newest", "oldest"];
const DAY = /^(19|2[01])\d{2}-\d{2}-\d{2}$/;
const COUNT = /^[1-9]\d{0,4}$/;

/** Lengths that a summary may be asked for: the most of each. */
export const LONGEST = { sentences: 50, syllables: 2000 };
const WAYS = { mode: ["sapo+", "fresh"], form: ["bullets", "push"] };
/** In code points, as the API counts. */
const LONGEST_QUERY = 1000;
/** No article has a longer section, tag or author, and the API takes none. */
const LONGEST_NAME = 200;
/** So many hits may stand on pages before; the API goes no deeper. */
const DEEPEST_PAGE = 9_990;
/** What no article can hold, see article_reading.py; a browser leaves no lone surrogates. */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]/g;

/** The path of an address without its language: "/", "/articles/ID"; null where it is no page of this language. */
export function pathOf({ pathname }) {
  const root = ROOTS[lang];
  return pathname === root || pathname.startsWith(`${root}/`) ? pathname.slice(root.length) || "/" : null;
}

/** The address of a path, "/articles/ID" or "/?q=…", in the page's language or in another. */
export function pageAddress(path, language = lang) {
  const root = ROOTS[language];
  return root && /^\/(\?|$)/.test(path) ? root + path.slice(1) : root + path;
}

/** Where the same stands in the other language. */
export function inOtherLanguage(location) {
  return pageAddress((pathOf(location) ?? "/") + location.search, lang === "vi" ? "en" : "vi");
}

/** The view that an address names: a search with its filters, an article and how it is summarized, or the digest of its event. */
export function readAddress(location) {
  const article = pathOf(location)?.match(/^\/articles\/([^/]+)$/);
  const parameters = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!parameters.has(name)) parameters.set(name, value.replace(FORBIDDEN, ""));
  }
  if (article) {
    const id = decoded(article[1]);
    if (parameters.get("view") === "digest") return { view: "digest", id };
    return { view: "article", id, summary: readSummary(parameters), at: readPlace(parameters.get("at") ?? "") };
  }
  const search = { view: "search", q: parameters.get("q") ?? "", sort: parameters.get("sort") ?? "" };
  if (!SORTS.includes(search.sort)) search.sort = "";
  for (const name of FILTERS) {
    const given = parameters.get(name) ?? "";
    search[name] = [...given].length > LONGEST_NAME ? "" : given;
  }
  const from = parameters.get("from") ?? "";
  search.from = COUNT.test(from) ? String(Math.min(Number(from), DEEPEST_PAGE)) : "";
  for (const name of ["since", "until"]) if (!isDay(search[name])) search[name] = "";
  return search;
}

/** Whether there is such a day; to a browser 30 February is one of March. */
function isDay(text) {
  const moment = DAY.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

/** How a summary is wanted, by the names of the API; empty strings where the API is to choose. A form without script says `length` and `unit`. */
function readSummary(parameters) {
  const unit = parameters.get("unit");
  if (unit in LONGEST && !parameters.has(unit)) parameters.set(unit, parameters.get("length") ?? "");
  // Somebody who types a plus means one.
  if (parameters.get("mode") === "sapo ") parameters.set("mode", "sapo+");
  const summary = { query: [...(parameters.get("query") ?? "").trim()].slice(0, LONGEST_QUERY).join("") };
  for (const [name, known] of Object.entries(WAYS)) summary[name] = known.includes(parameters.get(name)) ? parameters.get(name) : "";
  for (const [name, most] of Object.entries(LONGEST)) {
    const given = parameters.get(name) ?? "";
    summary[name] = COUNT.test(given) && Number(given) <= most ? given : "";
  }
  return summary;
}

/** A stretch of an article that a link leads to, in code points of a field as published; null for none. */
function readPlace(text) {
  const [, field, start, end] = text.match(/^(sapo|body)-(\d{1,8})-(\d{1,8})$/) ?? [];
  return Number(start) < Number(end) ? { field, start: Number(start), end: Number(end) } : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a search. */
export function searchAddress(search) {
  const parameters = new URLSearchParams();
  for (const name of ["q", ...FILTERS, "sort", "from"]) if (search[name]) parameters.set(name, search[name]);
  const query = parameters.toString();
  return pageAddress(query ? `/?${query}` : "/");
}

/** The address of an article, summarized as `summary` says. */
export function articleAddress(id, summary = {}) {
  const query = new URLSearchParams(Object.entries(summary).filter(([, value]) => value)).toString();
  return pageAddress(`/articles/${encodeURIComponent(id)}${query && `?${query}`}`);
}

/** Where the API has an article. */
export function articleResource(id) {
  return `/v1/articles/${encodeURIComponent(id)}`;
}

/** The address of a stretch of an article: there it is lit. */
export function placeAddress(id, { field, start, end }) {
  return articleAddress(id, { at: `${field}-${start}-${end}` });
}

/** The address of the digest of an article and its developments. */
export function digestAddress(id) {
  return articleAddress(id, { view: "digest" });
}

/** What the API is asked for a search; the last day is included, so `until` is the day after. */
export function searchParameters(search) {
  const { q, section, tag, author, since, until, sort, from } = search;
  return {
    q,
    section,
    tag,
    author,
    since: since && startOfDay(since),
    until: until && startOfDay(until, 1),
    sort,
    from,
  };
}
