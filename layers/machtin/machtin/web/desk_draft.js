// The draft room: a draft is taken in, shown as it was understood, worked on with advice beside it, and published.
import { Problem } from "./api.js";
import { Advice } from "./desk_advice.js";
import { deskAddress } from "./desk_address.js";
import { cutOffView } from "./desk_cut_off.js";
import { changedFields } from "./desk_diff.js";
import { ArticleFields } from "./desk_fields.js";
import { intakeView } from "./desk_intake.js";
import { deskProblem } from "./desk_problem.js";
import { Publishing } from "./desk_publish.js";
import { deskAsk } from "./desk_session.js";
import { storedAs } from "./desk_stored.js";
import { keep } from "./desk_unsaved.js";
import { el } from "./dom.js";
import { say } from "./words.js";

const EMPTY = {
  title: "", sapo: "", body: "", url: null, section: null, tags: [], author: null, publisher: null,
  published_at: null, modified_at: null, publish_at: null, related_as_published: [],
};
// Drafts by the id that they correct, "" for a new one: they outlast a session that has ended, and leave with the page.
// A correction is one once something was typed; until then it is loaded anew, since others may change the article.
const drafts = new Map();
let begun = ""; // what stands in the intake and was not read yet
let parts = [];
let request = new AbortController();

keep(
  () => Boolean(begun.trim()) || [...drafts.values()].some(({ dirty }) => dirty),
  () => {
    begun = "";
    drafts.clear();
  },
);

export async function show(root, { id }) {
  leave();
  const { signal } = (request = new AbortController());
  if (drafts.has(id)) return showEditor(root, id, drafts.get(id));
  if (!id) return showIntake(root);
  root.replaceChildren(el("h1", { tabindex: "-1" }, say("desk.room_draft")), el("p", { class: "fine" }, say("desk.loading")));
  try {
    const base = await storedAs(id, signal);
    if (signal.aborted) return;
    if (!base.article) throw new Problem(404, "");
    showEditor(root, id, { id, fixed: true, base, opened: base.state, article: { ...EMPTY, ...base.article }, reading: null, dirty: false });
  } catch (error) {
    if (!signal.aborted) root.replaceChildren(el("h1", { tabindex: "-1" }, say("desk.room_draft")), deskProblem(error, () => show(root, { id })));
  }
}

export function leave() {
  request.abort();
  for (const part of parts) part.leave();
  parts = [];
}

function showIntake(root) {
  const told = el("div", { role: "status" });
  const begin = (draft) => {
    begun = "";
    drafts.set("", { base: null, dirty: true, ...draft });
    showEditor(root, "", drafts.get(""));
    root.querySelector("h1").focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  const take = async ({ body, type }) => {
    const { signal } = (request = new AbortController());
    told.replaceChildren(el("p", { class: "fine" }, say("desk.reading")));
    try {
      const reading = await deskAsk("POST", "/v1/drafts/article", { body, type, signal });
      if (!signal.aborted) begin({ id: reading.id, article: reading.article, reading });
    } catch (error) {
      if (!signal.aborted) told.replaceChildren(deskProblem(error));
    }
  };
  const tell = (key) => told.replaceChildren(el("p", { class: "notice", role: "alert" }, say(key)));
  root.replaceChildren(
    el("h1", { tabindex: "-1" }, say("desk.draft_title")),
    intakeView({ text: begun, typed: (text) => (begun = text), take, tell, write: () => begin({ id: "", article: { ...EMPTY, body: begun.trim() }, reading: null }) }),
    told,
  );
}

function showEditor(root, key, draft) {
  const fields = new ArticleFields(draft.article, changed);
  const advice = new Advice(fields);
  const publishing = new Publishing(draft, {
    article: () => fields.article(),
    tell: (problems) => fields.tell(problems),
    touched,
    published: (sent, answer, written) => {
      fields.settle({ ...EMPTY, ...sent }, changedFields(written.article, draft.article));
      settle(draft, sent, answer, written);
      if (!draft.dirty && drafts.get(key) === draft) drafts.delete(key);
    },
  });
  parts = [advice, publishing];
  const drop = () => {
    if (draft.dirty && !confirm(say("desk.drop_sure"))) return;
    drafts.delete(key);
    leave();
    if (key) history.replaceState(null, "", deskAddress("draft"));
    showIntake(root);
    root.querySelector("h1").focus();
  };
  function touched() {
    draft.dirty = true;
    drafts.set(key, draft);
  }
  function changed() {
    draft.article = fields.article();
    touched();
    advice.changed(sentAs());
    publishing.show();
  }
  const sentAs = () => ({ ...draft.article, id: correctedId(draft) });
  const submit = (event) => {
    event.preventDefault();
    publishing.publish();
  };
  root.replaceChildren(
    el(
      "header",
      { class: "room-head" },
      el("h1", { tabindex: "-1" }, say(key ? "desk.correct_title" : "desk.understood_title")),
      el("button", { type: "button", class: "side-act", click: drop }, say(key ? "desk.drop_correction" : "desk.drop_draft")),
    ),
    el(
      "div",
      { class: "bench" },
      el(
        "form",
        { submit, autocomplete: "off" },
        draft.reading && el("div", { class: "cut-off" }, ...cutOffView(draft.reading)),
        fields.element,
        advice.duplicates,
        publishing.element,
      ),
      advice.element,
    ),
  );
  fields.fit();
  if (draft.reading) fields.tell(draft.reading.problems);
  advice.ask(sentAs());
}

/** What was published is no draft any more: from here on it is corrected. What was `written` over while it was on its way still is one. */
function settle(draft, sent, { id, revision }, written) {
  const article = { ...EMPTY, ...sent };
  const state = sent.publish_at && Date.parse(sent.publish_at) > Date.now() ? "scheduled" : "published";
  const since = changedFields(written.article, draft.article);
  const dirty = since.length > 0 || ["waits", "reason"].some((name) => draft[name] !== written[name]);
  if (draft.waits === written.waits) delete draft.waits;
  const left = Object.fromEntries(since.map((name) => [name, draft.article[name]]));
  Object.assign(draft, { id, dirty, opened: state, base: { state, article, revision }, article: { ...article, ...left } });
}

/** A correction goes by the id of what it corrects, so that it is no duplicate of that. */
function correctedId({ id, base }) {
  return base?.article ? id : null;
}
