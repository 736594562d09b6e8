// One golden query as a form: its words, and the articles that answer it with their grades.
import { ask } from "./api.js";
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { say } from "./words.js";

const PAUSE = 250;
const FOUND = 6;
let forms = 0;

/**
 * A form of a query as the API shows it, null for a new one, as far as it has come before in `begun`. `changed(now)` is
 * told what differs from the query, null where nothing does; `save(sent)` and `forget()` may throw Problem, which
 * `clash(problem)` may show in its own way; `signal` ends what is asked.
 */
export function goldenForm(golden, { begun = null, changed, signal, save, cancel, forget = null, clash = () => null }) {
  const name = `golden-${(forms += 1)}`;
  const rowsOf = ({ articles = [] }) => new Map(articles.map((one) => [one.id, { ...one }]));
  const sentOf = (words, them) => ({ query: words, articles: [...them.values()].map(({ id, grade }) => ({ id, grade })) });
  const before = JSON.stringify(sentOf(golden?.query ?? "", rowsOf(golden ?? {})));
  const rows = rowsOf(begun ?? golden ?? {});
  const query = el("input", { id: `${name}-query`, type: "text", required: true, maxlength: "1000", lang: "vi", value: (begun ?? golden)?.query ?? "" });
  const list = el("ul", { class: "judged" });
  const told = el("div", {});

  const show = () => {
    list.replaceChildren(...[...rows.values()].map(row));
    if (rows.size === 0) list.append(el("li", { class: "fine" }, say("golden.no_articles")));
  };
  const edited = () => sentOf(query.value, rows);
  const note = () => changed(JSON.stringify(edited()) === before ? null : { query: query.value, articles: [...rows.values()].map((one) => ({ ...one })) });
  query.addEventListener("input", note);
  const row = (one) => {
    const id = `${name}-${one.id}`;
    const choose = () => {
      one.grade = Number(grade.value);
      note();
    };
    const grade = el("select", { id, change: choose }, ...Array.from({ length: 10 }, (_, at) => el("option", { value: at, selected: at === one.grade }, gradeName(at))));
    const remove = () => {
      rows.delete(one.id);
      show();
      note();
      add.focus();
    };
    return el(
      "li",
      {},
      el("label", { for: id, class: "unseen" }, say("golden.grade_of", { article: one.title ?? one.id })),
      grade,
      el("span", {}, one.known ? el("a", { href: deskAddress("articles", one.id), lang: "vi" }, one.title) : el("span", {}, el("code", {}, one.id), " ", el("span", { class: "fine" }, say("golden.unknown")))),
      el("button", { type: "button", class: "plain", click: remove, "aria-label": say("golden.remove", { article: one.title ?? one.id }) }, "✕"),
    );
  };

  const add = el("input", { id: `${name}-add`, type: "search", lang: "vi", autocomplete: "off", spellcheck: "false" });
  const found = el("ul", { class: "found", "aria-live": "polite" });
  const put = (one) => {
    rows.set(one.id, { grade: 1, ...one });
    add.value = "";
    found.replaceChildren();
    show();
    note();
    add.focus();
  };
  const offer = (one, ...shown) => el("li", {}, el("button", { type: "button", class: "phrase", disabled: rows.has(one.id), click: () => put(one) }, ...shown));
  let pause = 0;
  let turn = 0;
  const seek = async () => {
    const sought = add.value.trim();
    const mine = (turn += 1);
    if (!sought) return found.replaceChildren();
    const named = isName(sought) ? [offer({ id: sought, known: false, title: null }, say("golden.by_name", { id: sought }))] : [];
    try {
      const { hits } = await ask("/v1/search", { q: sought, size: FOUND }, signal);
      if (mine !== turn) return;
      const known = hits.some(({ id }) => id === sought);
      found.replaceChildren(
        ...(known ? [] : named),
        ...hits.map((hit) => el("li", {}, ...offer({ id: hit.id, known: true, title: hit.title }, hit.title).childNodes, " ", el("span", { class: "fine" }, ...separated(" · ", timeOf(hit.published_at, { day: true }), hit.section)))),
        hits.length === 0 && named.length === 0 ? el("li", { class: "fine" }, say("desk.found_nothing")) : "",
      );
    } catch {
      if (mine === turn && !signal.aborted) found.replaceChildren(...named);
    }
  };
  add.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(seek, PAUSE);
  });
  add.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    seek();
  });
  // What readers would be shown is where one begins.
  const like = el("button", { type: "button", class: "side-act", click: () => { add.value = query.value; seek(); } }, say("golden.what_readers_get"));

  // What is typed while it is on its way would be neither sent nor kept.
  const guarded = async (button, act) => {
    form.inert = true;
    told.replaceChildren();
    try {
      await act();
    } catch (error) {
      const shown = (await clash(error)) ?? deskProblem(error);
      form.inert = false; // first: an alert in what is inert is told to nobody
      told.replaceChildren(shown);
    } finally {
      form.inert = false;
      if (document.activeElement === document.body) button.focus();
    }
  };
  const submit = (event) => {
    event.preventDefault();
    guarded(event.submitter, () => save(edited()));
  };
  show();
  const form = el(
    "form",
    { class: "golden-form", submit, autocomplete: "off" },
    el("p", { class: "field" }, el("label", { for: query.id }, say("golden.query")), query),
    el("fieldset", {}, el("legend", {}, say("golden.answers")), list),
    el("div", {}, el("p", { class: "field" }, el("label", { for: add.id }, say("golden.add")), add), el("p", { class: "acts" }, like), found),
    told,
    el(
      "p",
      { class: "acts" },
      el("button", { type: "submit", class: "main-act" }, say("golden.save")),
      el("button", { type: "button", class: "side-act", click: cancel }, say("golden.cancel")),
      forget && el("button", { type: "button", class: "side-act grave", click: (event) => guarded(event.currentTarget, forget) }, say("golden.forget")),
    ),
  );
  return form;
}

/** An id or an address, which may be judged before the article is there. */
function isName(text) {
  return /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(text) || /^https?:\/\/\S+$/.test(text);
}

function gradeName(grade) {
  return grade === 0 ? say("golden.grade_none") : grade === 1 ? say("golden.grade_one") : String(grade);
}
