// The golden queries: what a newsroom holds to be right answers, edited in place.
import { deskAddress } from "./desk_address.js";
import { goldenForm } from "./desk_golden_form.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk, whoIsIn } from "./desk_session.js";
import { holdOpen, keep } from "./desk_unsaved.js";
import { el, separated } from "./dom.js";
import { collator, say } from "./words.js";

// Fewer decide nothing; see the gate of a re-index.
const LEAST = 20;
// What has been edited by the query's id, "" for a new one: it outlasts a session that has ended.
const begun = new Map();
const unsaved = () => begun.size > 0;
let request = new AbortController();

keep(unsaved, () => begun.clear());

export async function show(root, { id, parameters }) {
  request.abort();
  const { signal } = (request = new AbortController());
  holdOpen(unsaved, signal);
  const place = el("div", {});
  root.replaceChildren(el("h1", { tabindex: "-1" }, say("desk.room_golden")), el("p", { class: "lead fine" }, say("golden.help")), place);
  await fill(place, { id, q: parameters.get("q") ?? "", signal });
}

export function leave() {
  request.abort();
  // Who leaves the room was asked; who was put out by the end of the session was not.
  if (whoIsIn()) begun.clear();
}

async function fill(place, { id, q, signal }) {
  place.replaceChildren(el("p", { class: "fine" }, say("desk.loading")));
  let queries;
  try {
    ({ queries } = await deskAsk("GET", "/v1/golden", { signal }));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(deskProblem(error, () => fill(place, { id, q, signal })));
    return;
  }
  if (signal.aborted) return;
  const list = el("ul", { class: "golden" });
  const shown = new Map(); // by query: what is unfolded stays while others are sought
  const told = el("div", { role: "status" });
  const count = el("p", { class: "fine", role: "status" });
  const box = el("input", { id: "sought-query", type: "search", value: q, lang: "vi", autocomplete: "off", spellcheck: "false" });
  const fresh = el("div", {});
  const add = el("button", { type: "button", class: "main-act", click: () => begin() }, say("golden.new"));
  const say_ = (message) => told.replaceChildren(el("div", { class: "done" }, el("p", {}, message)));

  /** Show those whose words are sought, in the order of the alphabet. */
  const filter = () => {
    if (signal.aborted) return; // what was saved on the way out is seen by whoever comes back
    const sought = plain(box.value);
    const found = queries.filter(({ query }) => plain(query).includes(sought)).toSorted((one, other) => collator.compare(one.query, other.query));
    const focused = document.activeElement;
    list.replaceChildren(...found.map((one) => shown.get(one) ?? item(one, one.id === id || begun.has(one.id))));
    if (list.contains(focused)) focused.focus({ preventScroll: true });
    count.textContent = sought ? say("golden.found", { n: found.length, all: queries.length }) : say("golden.count", { n: queries.length });
    history.replaceState(null, "", deskAddress("golden", id, { q: box.value.trim() }));
  };
  box.addEventListener("input", filter);

  const begin = () => {
    add.disabled = true;
    const end = () => {
      fresh.replaceChildren();
      add.disabled = false;
      add.focus();
    };
    fresh.replaceChildren(
      el("h2", {}, say("golden.new")),
      goldenForm(null, {
        ...editing(""),
        save: async (sent) => {
          const made = await change("", "POST", "/v1/golden", { body: sent });
          queries.push(made);
          end();
          filter();
          say_(say("golden.saved", { query: made.query }));
        },
        cancel: () => {
          begun.delete("");
          end();
        },
      }),
    );
    fresh.querySelector("input").focus();
  };

  const item = (one, open) => {
    const body = el("div", {});
    const details = el("details", {}, el("summary", {}, headOf(one)), body);
    details.addEventListener("toggle", () => {
      if (!details.open || body.childElementCount > 0) return;
      body.replaceChildren(one.editable ? formOf(one, details) : fixedView(one));
    });
    details.open = open;
    shown.set(one, el("li", {}, details));
    return shown.get(one);
  };

  const editing = (key, revision) => ({
    signal,
    begun: begun.get(key),
    changed: (now) => (now ? begun.set(key, { revision, ...begun.get(key), ...now }) : begun.delete(key)),
  });

  /** Put `others` in the place of one query; what is begun in the rest stays. */
  const replace = (one, ...others) => {
    queries = [...queries.filter((known) => known !== one), ...others];
    filter();
  };

  const formOf = (one, details) => {
    const path = `/v1/golden/${encodeURIComponent(one.id)}`;
    const revision = () => begun.get(one.id)?.revision ?? one.revision;
    const close = () => {
      begun.delete(one.id);
      details.open = false;
      details.querySelector("div").replaceChildren();
      details.querySelector("summary").focus();
    };
    return goldenForm(one, {
      ...editing(one.id, one.revision),
      save: async (sent) => {
        const made = await change(one.id, "PUT", path, { body: { ...sent, revision: revision() } });
        id = "";
        replace(one, made);
        say_(say("golden.saved", { query: made.query }));
        told.scrollIntoView({ block: "nearest" });
        if (document.activeElement === document.body) (shown.get(made)?.querySelector("summary") ?? box).focus({ preventScroll: true });
      },
      cancel: close,
      forget: async () => {
        if (!confirm(say("golden.forget_sure", { query: one.query }))) return;
        await change(one.id, "DELETE", path, { parameters: { revision: revision() } });
        id = "";
        replace(one);
        say_(say("golden.forgotten", { query: one.query }));
        box.focus();
      },
      clash: async (problem) => {
        const now = await changedSince(problem, one.id, revision(), signal);
        if (!now) return null;
        const theirs = now.find((known) => known.id === one.id);
        return clashView(Boolean(theirs), () => {
          if (begun.has(one.id) && !confirm(say("golden.theirs_sure"))) return;
          begun.delete(one.id);
          id = theirs ? one.id : "";
          // Worded anew it goes by another id.
          replace(one, ...(theirs ? [theirs] : now.filter((other) => !queries.some((known) => known.id === other.id))));
          (shown.get(theirs)?.querySelector("summary") ?? box).focus();
        });
      },
    });
  };

  place.replaceChildren(
    queries.length < LEAST && el("p", { class: "notice" }, say("golden.too_few", { n: queries.length, least: LEAST })),
    el(
      "div",
      { class: "golden-head" },
      el("form", { role: "search", submit: (event) => event.preventDefault() }, el("p", { class: "field" }, el("label", { for: "sought-query" }, say("golden.find")), box)),
      add,
    ),
    fresh,
    told,
    count,
    list,
  );
  for (const nothing of [...place.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) nothing.remove();
  const gone = [...begun.keys()].filter((key) => key && !queries.some((known) => known.id === key));
  for (const key of gone) begun.delete(key);
  if (gone.length > 0) told.replaceChildren(el("p", { class: "notice" }, say("golden.gone")));
  filter();
  if (begun.has("")) begin();
}

/** Ask for a change of a query; what was sent is begun no longer, unless the room was left meanwhile and it was begun anew. */
async function change(key, ...asked) {
  const sent = begun.get(key);
  const answer = await deskAsk(...asked);
  if (begun.get(key) === sent) begun.delete(key);
  return answer;
}

/** All queries as they are now, where a change was refused because this one is not as it was seen; null otherwise. */
async function changedSince({ status }, id, revision, signal) {
  if (status !== 404 && status !== 409) return null;
  try {
    const { queries } = await deskAsk("GET", "/v1/golden", { signal });
    return queries.some((one) => one.id === id && one.revision === revision) ? null : queries;
  } catch {
    return null; // then what was refused tells more
  }
}

function clashView(there, see) {
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("h2", {}, say(there ? "golden.changed" : "golden.gone")),
    el("p", {}, say("golden.changed_help")),
    el("p", {}, el("button", { type: "button", click: see }, say("golden.see_theirs"))),
  );
}

function headOf({ query, articles, editable }) {
  const missing = articles.filter(({ known }) => !known).length;
  return el(
    "span",
    { class: "golden-query" },
    el("span", { lang: "vi" }, query),
    el("span", { class: "fine" }, ...separated(" · ", say("golden.articles", { n: articles.length }), missing > 0 && say("golden.not_there", { n: missing }), !editable && say("golden.fixed"))),
  );
}

function fixedView({ articles }) {
  return el(
    "div",
    { class: "golden-form" },
    el("p", { class: "fine" }, say("golden.fixed_help")),
    el("ul", { class: "judged" }, ...articles.map(({ id, title, grade }) => el("li", {}, el("span", { class: "grade" }, String(grade)), el("a", { href: deskAddress("articles", id), lang: title && "vi" }, title ?? id)))),
  );
}

/** Without marks and case, as who seeks may type it. */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "d").toLowerCase().trim();
}
