// The articles room: find what is published, see what waits, and look after one article.
import { ask } from "./api.js";
import { articleView } from "./desk_article.js";
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { collator, say } from "./words.js";

const PAUSE = 250;
const SHOWN = 30;
const WAITING = 500; // as many as the API tells at once
// What is typed is an id, not a word: it has a sign or a digit.
const ID = /^(?=.*[._~\d-])[A-Za-z0-9][A-Za-z0-9._~-]{5,127}$/;
let request = new AbortController();
let pause = 0;

export async function show(root, { id, parameters }) {
  leave();
  const { signal } = (request = new AbortController());
  if (id) return articleView(root, id, signal);
  const q = parameters.get("q") ?? "";
  const found = el("div", { "aria-live": "polite" });
  const waiting = el("div", {});
  const box = el("input", { id: "find", type: "search", value: q, lang: "vi", autocomplete: "off", spellcheck: "false" });
  const find = async () => {
    clearTimeout(pause);
    const sought = box.value.trim();
    history.replaceState(null, "", deskAddress("articles", "", { q: sought }));
    await showFound(found, sought, find, signal);
  };
  box.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(find, PAUSE);
  });
  const submit = (event) => {
    event.preventDefault();
    find();
  };
  root.replaceChildren(
    el("h1", { tabindex: "-1" }, say("desk.room_articles")),
    el(
      "div",
      { class: "bench" },
      el(
        "section",
        { "aria-labelledby": "find-label" },
        el("form", { role: "search", submit }, el("p", { class: "field" }, el("label", { for: "find", id: "find-label" }, say("desk.find")), box)),
        found,
      ),
      el("aside", { "aria-labelledby": "waiting-title" }, el("h2", { id: "waiting-title" }, say("desk.scheduled")), waiting),
    ),
  );
  await Promise.all([find(), showWaiting(waiting, signal)]);
}

export function leave() {
  clearTimeout(pause);
  request.abort();
}

let turn = 0;

async function showFound(root, q, again, signal) {
  const mine = ++turn;
  try {
    const { hits, total } = await ask("/v1/search", { q, size: SHOWN, sort: q ? "" : "newest" }, signal);
    if (mine !== turn || signal.aborted) return;
    const told = total === 0 ? say("desk.found_nothing") : hits.length < total ? say("desk.found_first", { shown: hits.length, n: total }) : say("desk.found_articles", { n: total });
    const own = ID.test(q);
    root.replaceChildren(
      el("p", { class: "fine" }, told),
      ...(own ? [el("p", {}, el("a", { href: deskAddress("articles", q) }, say("desk.by_id", { id: q })))] : []),
      el("ul", { class: "articles" }, ...hits.map(rowView)),
    );
  } catch (error) {
    if (mine === turn && error.name !== "AbortError") root.replaceChildren(deskProblem(error, again));
  }
}

function rowView({ id, title, section, publisher, published_at: published }) {
  return el(
    "li",
    {},
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(published), section, publisher)),
    el("a", { href: deskAddress("articles", id), lang: "vi" }, title),
  );
}

async function showWaiting(root, signal) {
  try {
    const { articles } = await deskAsk("GET", "/v1/scheduled", { parameters: { size: WAITING }, signal });
    const rows = articles.toSorted((one, other) => Date.parse(one.publish_at) - Date.parse(other.publish_at) || collator.compare(one.title, other.title));
    root.replaceChildren(
      ...(rows.length < WAITING ? [] : [el("p", { class: "fine" }, say("desk.waiting_first", { n: rows.length }))]),
      rows.length === 0
        ? el("p", { class: "fine" }, say("desk.scheduled_none"))
        : el("ul", { class: "articles" }, ...rows.map(({ id, title, publish_at: moment }) =>
            el("li", {}, el("p", { class: "kicker" }, timeOf(moment, { full: true })), el("a", { href: deskAddress("articles", id), lang: "vi" }, title)))),
    );
  } catch (error) {
    if (!signal.aborted) root.replaceChildren(deskProblem(error, () => showWaiting(root, signal)));
  }
}
