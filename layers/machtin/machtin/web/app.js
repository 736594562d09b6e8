// The page: one address for each view, the search box, and the way between them.
import { articleAddress, inOtherLanguage, pageAddress, pathOf, readAddress, searchAddress, searchParameters } from "./address.js";
import { ArticleView } from "./article_view.js";
import { DigestView } from "./digest_view.js";
import { focusHeading } from "./dom.js";
import { forgetGiven } from "./given.js";
import { SearchView } from "./search_view.js";
import { Suggestions } from "./suggestions.js";
import { noteTouched } from "./touched.js";

const TYPING_PAUSE = 180;
const box = document.getElementById("q");
const form = document.getElementById("search");
const views = Object.fromEntries(["search", "article", "digest"].map((name) => [name, document.getElementById(`${name}-view`)]));

let turn = 0; // of the views that were asked for
let lastSearch = readAddress(new URL(pageAddress("/"), location.origin));
const searches = new SearchView((changes) => go(searchAddress({ ...current(), ...changes }), { changed: true }));
const readers = {
  article: new ArticleView(views.article, {
    back: () => searchAddress(lastSearch),
    sought: () => lastSearch.q,
    change: (id, summary) => go(articleAddress(id, summary), { changed: true }),
  }),
  digest: new DigestView(views.digest),
};

/** The search of the box and the filters from its first page; filters end where an article is being read. */
function current() {
  const place = readAddress(location);
  return { ...(place.view === "search" ? place : {}), q: box.value.trim(), from: "" };
}

/** Show the view of the present address. `entry` is what the history kept of it, null for a new place. */
async function show(entry, { keepFocus = false, keepBox = false, first = false } = {}) {
  const mine = ++turn;
  const place = readAddress(location);
  document.getElementById("language").href = inOtherLanguage(location);
  const arriving = first || views[place.view].hidden;
  for (const [name, view] of Object.entries(views)) view.hidden = name !== place.view;
  for (const [name, reader] of Object.entries(readers)) if (name !== place.view) reader.leave();
  if (place.view === "search") {
    lastSearch = place;
    // What is being typed is never written over: an input method may be in the middle of a word.
    if (!keepBox) box.value = place.q;
    await searches.show(place, entry?.shown);
    if (mine !== turn) return;
    if (entry) scrollTo(0, entry.scroll ?? 0);
    if (entry?.hit && arriving) document.querySelector(`[data-hit="${CSS.escape(entry.hit)}"]`)?.focus({ preventScroll: true });
    // What was pressed may be gone with the filter or the row that it stood in.
    else if (!entry && !first && (arriving && !keepFocus || document.activeElement === document.body)) focusHeading(views.search);
    return;
  }
  const reader = readers[place.view];
  // Another summary of what is being read takes neither the place nor the focus away.
  const reading = !arriving && reader.shows(place);
  if (!reading && !first) scrollTo(0, 0);
  if (!(await reader.show(place)) || mine !== turn) return;
  if (entry) scrollTo(0, entry.scroll ?? 0);
  else if (place.at && reader.arrive()) return;
  if (!keepFocus && !reading) focusHeading(views[place.view]);
}

/** Go to an address of this page. `typing` places follow one another in one entry of the history. */
function go(address, { typing = false, changed = false } = {}) {
  if (address === location.pathname + location.search) {
    if (!typing) history.replaceState({ ...history.state, typing: false }, "");
    return;
  }
  if (typing && history.state?.typing) {
    history.replaceState({ typing }, "", address);
  } else {
    keepPlace();
    history.pushState({ typing }, "", address);
  }
  if (!typing && !changed) scrollTo(0, 0);
  show(null, { keepFocus: typing || changed, keepBox: typing });
}

/** Remember in the history where on this view the reader is. */
function keepPlace(hit = history.state?.hit) {
  history.replaceState({ ...history.state, scroll: scrollY, shown: searches.shown, hit }, "");
}

let pause = 0;
box.addEventListener("input", () => {
  clearTimeout(pause);
  // Typing while an article is read must not take it away; Enter asks for the results.
  if (readAddress(location).view !== "search") return;
  pause = setTimeout(() => go(searchAddress(current()), { typing: true }), TYPING_PAUSE);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  go(searchAddress(current()), { changed: readAddress(location).view === "search" });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.origin !== location.origin || link.hash) return;
  const path = pathOf(link);
  if (path !== "/" && !path?.startsWith("/articles/")) return;
  event.preventDefault();
  clearTimeout(pause);
  if (link.dataset.hit) keepPlace(link.dataset.hit);
  go(link.pathname + link.search);
});

// By its hash this link would make a place of its own in the history; and the filters are passed over too.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  focusHeading(views[readAddress(location).view], { preventScroll: false });
});

new Suggestions(box, document.getElementById("suggestions"), {
  filters: () => {
    const { q, sort, ...filters } = searchParameters(current());
    return filters;
  },
  search: (text) => {
    clearTimeout(pause);
    box.value = text;
    go(searchAddress(current()), { changed: readAddress(location).view === "search" });
  },
  open: (id) => {
    clearTimeout(pause);
    go(articleAddress(id));
  },
});

box.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const first = document.querySelector("#search-view:not([hidden]) .hit h2 a");
  if (event.key !== "ArrowDown" || event.isComposing || !first) return;
  event.preventDefault();
  first.focus();
});

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea");
  if (event.key !== "/" || writing || event.metaKey || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  box.select();
});

let settling = 0;
addEventListener("scroll", () => {
  clearTimeout(settling);
  settling = setTimeout(keepPlace, 200, undefined);
}, { passive: true });

history.scrollRestoration = "manual";
addEventListener("popstate", (event) => {
  clearTimeout(settling);
  show(event.state ?? {});
});
// The browser may have kept the page as it stood: what has been corrected or taken down since is asked for.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  searches.forget();
  for (const reader of Object.values(readers)) reader.leave();
  show(history.state ?? {}, { keepFocus: true, keepBox: true, first: true });
});
takeOver();

/** What the server sent becomes the script's, alike: nothing moves, and who had typed, unfolded, scrolled or gone to a link stays there. */
async function takeOver() {
  const keepTouched = noteTouched(document.getElementById("main"));
  await show(history.state, { keepFocus: true, keepBox: box.value !== box.defaultValue, first: true });
  forgetGiven();
  keepTouched();
}
