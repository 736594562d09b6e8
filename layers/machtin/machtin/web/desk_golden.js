// The golden queries: what a newsroom holds to be right answers, edited in place.
import { deskAddress } from "./desk_address.js";
import { goldenForm } from "./desk_golden_form.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { el, separated } from "./dom.js";
import { collator, say } from "./words.js";

// Fewer decide nothing; see the gate of a re-index.
const LEAST = 20;
let request = new AbortController();
let forms = new AbortController(); // ends what is being edited

export async function show(root, { id, parameters }) {
  leave();
  const { signal } = (request = new AbortController());
  const place = el("div", {});
  root.replaceChildren(el("h1", { tabindex: "-1" }, say("desk.room_golden")), el("p", { class: "lead fine" }, say("golden.help")), place);
  await fill(place, { id, q: parameters.get("q") ?? "", signal });
}

export function leave() {
  request.abort();
  forms.abort();
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
  forms.abort();
  forms = new AbortController();
  const list = el("ul", { class: "golden" });
  const shown = new Map(); // by query: a form somebody has begun in stays while others are sought
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
    list.replaceChildren(...found.map((one) => shown.get(one) ?? item(one, one.id === id)));
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
        signal: forms.signal,
        save: async (sent) => {
          const made = await deskAsk("POST", "/v1/golden", { body: sent });
          queries.push(made);
          end();
          filter();
          say_(say("golden.saved", { query: made.query }));
        },
        cancel: end,
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

  const formOf = (one, details) => {
    const path = `/v1/golden/${encodeURIComponent(one.id)}`;
    const close = () => {
      details.open = false;
      details.querySelector("div").replaceChildren();
      details.querySelector("summary").focus();
    };
    return goldenForm(one, {
      signal: forms.signal,
      save: async (sent) => {
        const made = await deskAsk("PUT", path, { body: { ...sent, revision: one.revision } });
        queries[queries.findIndex(({ id: known }) => known === one.id)] = made;
        id = "";
        filter();
        say_(say("golden.saved", { query: made.query }));
        told.scrollIntoView({ block: "nearest" });
      },
      cancel: close,
      forget: async () => {
        if (!confirm(say("golden.forget_sure", { query: one.query }))) return false;
        ({ queries } = await deskAsk("DELETE", path, { parameters: { revision: one.revision } }));
        id = "";
        filter();
        say_(say("golden.forgotten", { query: one.query }));
        box.focus();
      },
      // Somebody else has changed it: theirs is what is edited from here on.
      reload: () => fill(place, { id: one.id, q: box.value, signal }),
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
  filter();
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
