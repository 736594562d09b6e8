// What the address says, and the address that says it: every view can be shared, and the back button works.
import { startOfDay } from "./dates.js";

export const FILTERS = ["section", "tag", "author", "since", "until"];
const SORTS = ["relevance", "relevant_newest", "newest", "oldest"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The view that an address names: a search with its filters, or an article. */
export function readAddress(location) {
  const article = location.pathname.match(/^\/articles\/([^/]+)$/);
  if (article) return { view: "article", id: decoded(article[1]) };
  const parameters = new URLSearchParams(location.search);
  const search = { view: "search", q: parameters.get("q") ?? "", sort: parameters.get("sort") ?? "" };
  if (!SORTS.includes(search.sort)) search.sort = "";
  for (const name of FILTERS) search[name] = parameters.get(name) ?? "";
  for (const name of ["since", "until"]) if (!DAY.test(search[name]) || Number.isNaN(Date.parse(search[name]))) search[name] = "";
  return search;
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
  for (const name of ["q", ...FILTERS, "sort"]) if (search[name]) parameters.set(name, search[name]);
  const query = parameters.toString();
  return query ? `/?${query}` : "/";
}

/** The address of an article. */
export function articleAddress(id) {
  return `/articles/${encodeURIComponent(id)}`;
}

/** What the API is asked for a search; the last day is included, so `until` is the day after. */
export function searchParameters(search) {
  const { q, section, tag, author, since, until, sort } = search;
  return {
    q,
    section,
    tag,
    author,
    since: since && startOfDay(since),
    until: until && startOfDay(until, 1),
    sort,
  };
}
