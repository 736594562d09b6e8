// Refused input: why it could not be taken, its text to be mended, and its dismissal.
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { timeOf } from "./dates.js";
import { keep } from "./desk_unsaved.js";
import { el, separated } from "./dom.js";
import { say } from "./words.js";

const SHOWN = 50;
// Texts that are being mended, by the refusal's id: they outlast the room and a session that has ended.
const begun = new Map();

keep(() => begun.size > 0, () => begun.clear());

/**
 * Fills `root` with what was refused; `id`: that one is opened; `changed(left)` is told how many are left. Returns what
 * shows the list anew, but not, with `stay`, while something is unfolded in it: then it answers false.
 */
export function refusedView(root, { id, signal, changed }) {
  const title = el("h2", { id: "refused-title", tabindex: "-1" });
  const told = el("div", { role: "status" });
  const shown = new Map(); // by id: what somebody has unfolded or folded stays as it is while others come and go
  const stays = (stay) => signal.aborted || (stay && Boolean(root.querySelector("details[open]")));
  const reload = async ({ stay = false } = {}) => {
    if (stays(stay)) return false;
    try {
      const answer = await deskAsk("GET", "/v1/ingest/refused", { parameters: { size: SHOWN }, signal });
      if (stays(stay)) return false; // somebody has begun while it was on its way
      fill(answer);
    } catch (error) {
      if (stays(stay)) return false;
      root.replaceChildren(deskProblem(error, () => reload()));
    }
    return true;
  };
  const item = (entry) => {
    if (!shown.has(entry.id)) shown.set(entry.id, refusalView(entry, { open: entry.id === id || begun.has(entry.id), signal, done }));
    return shown.get(entry.id);
  };
  const fill = ({ total, refused }) => {
    changed(total);
    // What somebody else has dealt with can't be mended any more.
    const gone = total > refused.length ? [] : [...begun.keys()].filter((key) => !refused.some((entry) => entry.id === key));
    for (const key of gone) begun.delete(key);
    title.textContent = say("ingest.refused", { n: total });
    const focused = document.activeElement;
    root.replaceChildren(
      title,
      told,
      total === 0
        ? el("p", { class: "fine" }, say("ingest.refused_none"))
        : el("ul", { class: "refused" }, ...refused.map(item)),
      ...(total > refused.length ? [el("p", { class: "fine" }, say("ingest.refused_first", { shown: refused.length, n: total }))] : []),
    );
    if (root.contains(focused)) focused.focus({ preventScroll: true });
  };
  const done = async (message) => {
    told.replaceChildren(el("div", { class: "done" }, ...message));
    await reload();
    title.focus();
  };
  return reload;
}

function refusalView(entry, { open, signal, done }) {
  const trouble = el("div", {});
  const path = `/v1/ingest/refused/${encodeURIComponent(entry.id)}`;
  // What is typed while it is on its way would be neither sent nor kept.
  const guarded = async (button, act) => {
    item.inert = true;
    trouble.replaceChildren();
    try {
      await act();
    } catch (error) {
      item.inert = false; // first: an alert in what is inert is told to nobody
      if (!signal.aborted) trouble.replaceChildren(deskProblem(error));
    } finally {
      item.inert = false;
      if (document.activeElement === document.body) button.focus();
    }
  };
  const retry = async (body) => {
    const { articles } = await deskAsk("POST", `${path}/retry`, { body });
    begun.delete(entry.id);
    const links = articles.map((one) => el("a", { href: deskAddress("articles", one.id) }, one.id));
    await done([el("p", {}, say("ingest.taken", { n: articles.length })), el("p", { class: "codes" }, ...separated(", ", ...links))]);
  };
  const item = el(
    "li",
    {},
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(entry.at), entry.bytes === 0 && say("ingest.nothing_kept"))),
    el("h3", {}, entry.line === null ? placeOf(entry) : say("ingest.line", { origin: placeOf(entry), line: String(entry.line) })),
    el("ul", { class: "reasons" }, ...entry.reasons.map(({ field, message }) => el("li", {}, el("code", {}, field), " ", el("span", { lang: "en" }, message)))),
    mending(entry, { path, open, signal, guarded, retry }),
    dismissal(path, entry.id, { guarded, done }),
    trouble,
  );
  return item;
}

function mending(entry, { path, open, signal, guarded, retry }) {
  const box = el("div", { class: "mend" });
  const details = el("details", {}, el("summary", {}, say("ingest.mend")), box);
  const area = `mend-${entry.id}`;
  const load = async () => {
    box.replaceChildren(el("p", { class: "fine" }, say("desk.loading")));
    try {
      const { input } = await deskAsk("GET", path, { signal });
      const text = el("textarea", { id: area, rows: "12", spellcheck: "false", class: "code" });
      text.value = tidy(input ?? "");
      const before = text.value;
      text.addEventListener("input", () => (text.value === before ? begun.delete(entry.id) : begun.set(entry.id, text.value)));
      text.value = begun.get(entry.id) ?? before;
      const submit = (event) => {
        event.preventDefault();
        guarded(event.submitter, () => retry({ input: text.value }));
      };
      box.replaceChildren(
        el(
          "form",
          { submit, autocomplete: "off" },
          input === null && el("p", { class: "fine" }, say(entry.bytes === 0 ? "ingest.nothing_kept_help" : "ingest.no_text")),
          el("p", { class: "field" }, el("label", { for: area }, say("ingest.input")), text),
          el(
            "p",
            { class: "acts" },
            el("button", { type: "submit", class: "main-act" }, say("ingest.take_mended")),
            entry.bytes > 0 && el("button", { type: "button", class: "side-act", click: (event) => guarded(event.currentTarget, () => retry(undefined)) }, say("ingest.take_as_is")),
          ),
        ),
      );
    } catch (error) {
      if (!signal.aborted) box.replaceChildren(deskProblem(error, load));
    }
  };
  details.addEventListener("toggle", () => {
    if (details.open && box.childElementCount === 0) load();
  });
  details.open = open;
  return details;
}

function dismissal(path, refusal, { guarded, done }) {
  const id = `dismiss-${refusal}`;
  const reason = el("input", { id, type: "text", maxlength: "500", lang: "vi" });
  const submit = (event) => {
    event.preventDefault();
    guarded(event.submitter, async () => {
      await deskAsk("DELETE", path, { parameters: { reason: reason.value.trim() } });
      begun.delete(refusal);
      await done([el("p", {}, say("ingest.dismissed"))]);
    });
  };
  return el(
    "details",
    { class: "take-down" },
    el("summary", {}, say("ingest.dismiss")),
    el(
      "form",
      { submit, autocomplete: "off" },
      el("p", { class: "field" }, el("label", { for: id }, say("desk.reason")), reason),
      el("p", {}, el("button", { type: "submit", class: "side-act grave" }, say("ingest.dismiss_for_good"))),
    ),
  );
}

/** An address as it is; a file by its place in the inbox, wherever that lies. */
function placeOf({ origin }) {
  return /^https?:/.test(origin) ? origin : origin.replace(/^.*\/inbox\//, "");
}

/** JSON in one long line is laid out to be read; anything else stays as it is. */
function tidy(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
