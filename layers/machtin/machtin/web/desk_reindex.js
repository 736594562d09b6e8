// The re-index room: start one, watch it, read its gate's report, promote, cancel, roll back; and those there have been.
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { gateView } from "./desk_gate.js";
import { progressView } from "./desk_progress.js";
import { reindexActs, startView } from "./desk_reindex_acts.js";
import { deskAsk } from "./desk_session.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { say } from "./words.js";

// How often a running one is asked after; a state of the cloud is written after each piece of work, which takes longer.
const EVERY = 1_000;
let timer = 0;
let request = new AbortController();

export async function show(root, { id }) {
  leave();
  const { signal } = (request = new AbortController());
  const head = el("header", { class: "room-head" }, el("h1", { tabindex: "-1" }, say("desk.room_reindex")));
  const one = el("div", { class: "reindex-one" });
  const all = el("div", {});
  root.replaceChildren(head, el("p", { class: "lead fine" }, say("reindex.help")), one, all);
  const look = ({ focus = false } = {}) => fill({ head, one, all, id, signal, look, focus });
  await look();
}

export function leave() {
  clearTimeout(timer);
  request.abort();
}

/** `focus`: whoever acted has lost the button that they pressed, as has whoever was on something that is replaced. */
async function fill({ head, one, all, id, signal, look, focus }) {
  let lost = focus;
  const losing = () => (lost ||= [one, all, head.querySelector(".starting")].some((part) => part?.contains(document.activeElement)));
  try {
    const { reindexes } = await deskAsk("GET", "/v1/reindexes", { signal });
    if (signal.aborted) return;
    const running = reindexes.find(({ state }) => state === "running");
    const shown = id ? reindexes.find((reindex) => reindex.id === id) : running ?? reindexes[0];
    // The newest one that is done is the one whose version readers get: only that one can be rolled back.
    const live = reindexes.find(({ state, step }) => state === "done" || (state === "failed" && step === "roll_back"));
    losing();
    head.querySelector(".starting")?.remove();
    head.append(startView({ running, done: look }));
    if (shown) showOne(one, shown, { live: shown === live, running, look, signal });
    else one.replaceChildren(el("p", { class: "fine" }, say(id ? "reindex.no_such" : "reindex.none_yet")));
    all.replaceChildren(...listView(reindexes, shown));
  } catch (error) {
    if (signal.aborted) return;
    losing();
    one.replaceChildren(deskProblem(error, () => look({ focus: true })));
  }
  // Who has gone elsewhere meanwhile stays there.
  if (lost && document.activeElement === document.body) one.querySelector("h2[tabindex], button")?.focus();
}

function showOne(root, reindex, { live, running, look, signal }) {
  const progress = progressView(reindex);
  root.replaceChildren(
    el("h2", { tabindex: "-1" }, ...separated(" · ", say(`reindex.state_${reindex.state}`), timeOf(reindex.started_at, { exact: true }))),
    progress.element,
    reindexActs(reindex, { live, running, done: look }),
    factsView(reindex),
    reindex.gate && gateView(reindex.gate, reindex),
  );
  for (const node of [...root.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.remove();
  if (reindex.state === "running") follow(reindex, progress, look, signal);
}

/** Only the progress is drawn anew, until the re-index ends or has something new to decide on. */
function follow(before, progress, look, signal) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (document.hidden) return follow(before, progress, look, signal);
    try {
      const now = await deskAsk("GET", `/v1/reindexes/${encodeURIComponent(before.id)}`, { signal });
      if (signal.aborted) return;
      progress.update(now);
      const same = now.state === before.state && Boolean(now.gate) === Boolean(before.gate) && now.cancel_requested === before.cancel_requested;
      if (same) follow(now, progress, look, signal);
      else await look();
    } catch (error) {
      if (signal.aborted) return;
      progress.trouble(deskProblem(error));
      follow(before, progress, look, signal);
    }
  }, EVERY);
}

function factsView({ id, version, previous, model_version: model, force, error, state, gate }) {
  const refusal = state === "refused" && gate; // the gate's own report says why
  const facts = [
    ["reindex.id", el("code", {}, id)],
    ["reindex.version", version && el("code", {}, version)],
    ["reindex.previous", previous && el("code", {}, previous)],
    ["reindex.model", model && el("code", {}, model)],
    ["reindex.force", force && el("span", { lang: "vi" }, force)],
    ["reindex.error", error && !refusal && el("span", { lang: "en" }, error)],
  ];
  return el("dl", { class: "facts" }, ...facts.filter(([, value]) => value).flatMap(([key, value]) => [el("dt", {}, say(key)), el("dd", {}, value)]));
}

function listView(reindexes, shown) {
  if (reindexes.length === 0) return [];
  return [
    el("h2", {}, say("reindex.all", { n: reindexes.length })),
    el(
      "ul",
      { class: "articles" },
      ...reindexes.map((reindex) =>
        el(
          "li",
          {},
          el("a", { href: deskAddress("reindex", reindex.id), "aria-current": reindex === shown && "true" }, ...separated(" · ", timeOf(reindex.started_at, { exact: true }), say(`reindex.state_${reindex.state}`))),
          el("p", { class: "fine" }, ...separated(" · ", say("reindex.articles", { n: reindex.articles_done }), reindex.gate && say(`gate.verdict_${reindex.gate.verdict}`), reindex.force && say("reindex.forced"))),
        ),
      ),
    ),
  ];
}
