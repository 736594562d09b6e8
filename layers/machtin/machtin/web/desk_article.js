// One article as the newsroom sees it: its state, what can be done to it, and who did what.
import { articleAddress } from "./address.js";
import { Problem } from "./api.js";
import { auditView } from "./desk_audit.js";
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { onlyAsSeen, searchable, storedAs, telling } from "./desk_stored.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { say, sayParts } from "./words.js";

/** Show the article in `root`. */
export async function articleView(root, id, signal) {
  const back = el("p", { class: "back" }, el("a", { href: deskAddress("articles") }, el("span", { "aria-hidden": "true" }, "← "), say("desk.room_articles")));
  root.replaceChildren(back, el("h1", { tabindex: "-1" }, id), el("p", { class: "fine" }, say("desk.loading")));
  try {
    const [stored, trail] = await Promise.all([storedAs(id, signal), trailOf(id, signal)]);
    if (signal.aborted) return;
    if (stored.state === "none" && trail.length === 0) throw new Problem(404, "");
    const title = stored.article?.title;
    root.replaceChildren(
      back,
      el("h1", { tabindex: "-1", lang: title ? "vi" : null }, title ?? id),
      el("div", { class: "bench" }, el("section", {}, ...stateView(root, id, stored, signal)), trailView(trail)),
    );
  } catch (error) {
    if (!signal.aborted) root.replaceChildren(back, el("h1", { tabindex: "-1" }, id), deskProblem(error, () => articleView(root, id, signal)));
  }
}

async function trailOf(id, signal) {
  try {
    return (await deskAsk("GET", `/v1/articles/${encodeURIComponent(id)}/audit`, { signal })).records;
  } catch (error) {
    if (error.status === 404) return [];
    throw error;
  }
}

function trailView(records) {
  return el("aside", { "aria-labelledby": "trail-title" }, el("h2", { id: "trail-title" }, say("desk.trail")), auditView(records));
}

function stateView(root, id, stored, signal) {
  const { state, article, revision } = stored;
  if (!article) return [el("p", { class: "notice" }, say(`desk.state_${state}`)), idView(id)];
  const { sapo, section, author, publisher, tags, published_at: published, modified_at: modified, publish_at: waits } = article;
  return [
    el("p", { class: `state ${state}` }, ...(state === "scheduled" ? sayParts("desk.waits_until", { time: timeOf(waits, { full: true }) }) : [say("desk.state_published")])),
    sapo && el("p", { class: "sapo", lang: "vi" }, sapo),
    el("p", { class: "fine" }, ...separated(" · ", section, author, publisher, timeOf(published, { full: true }))),
    modified && modified !== published && el("p", { class: "fine" }, ...sayParts("desk.modified", { time: timeOf(modified, { full: true }) })),
    tags.length > 0 && el("p", { class: "labels", lang: "vi" }, ...tags.map((tag) => el("span", { class: "tag" }, tag))),
    idView(id, revision),
    el(
      "p",
      { class: "acts" },
      el("a", { class: "main-act", href: deskAddress("draft", id) }, say("desk.correct_this")),
      state === "published" && el("a", { class: "side-act", href: articleAddress(id), target: "_blank", rel: "noopener" }, say("desk.see_article")),
    ),
    takeDownView(root, id, stored, signal),
  ].filter(Boolean);
}

function idView(id, revision) {
  return el("p", { class: "fine codes" }, ...separated(" · ", el("code", {}, id), revision && say("desk.revision", { revision: String(revision) })));
}

/** Folded away until it is wanted; a reason is asked for, and kept in the audit trail. */
function takeDownView(root, id, stored, signal) {
  const { state, article } = stored;
  const reason = el("input", { id: "down-reason", type: "text", required: true, maxlength: 500, autocomplete: "off" });
  const told = el("div", { role: "status" });
  const act = el("button", { type: "submit", class: "side-act grave" }, say("desk.take_down_act"));
  const submit = async (event) => {
    event.preventDefault();
    if (!reason.value.trim()) return reason.focus();
    act.disabled = true;
    told.replaceChildren(el("p", { class: "fine" }, say("desk.storing")));
    try {
      await deskAsk("DELETE", `/v1/articles/${encodeURIComponent(id)}`, { parameters: { reason: reason.value.trim() }, headers: onlyAsSeen(stored) });
      await articleView(root, id, signal);
      if (!signal.aborted) await followDown(root, id, article, state, signal);
    } catch (error) {
      act.disabled = false;
      if (error.status === 412) return changedMeanwhile(root, id, reason.value, signal);
      if (!signal.aborted) told.replaceChildren(deskProblem(error));
    }
  };
  return el(
    "details",
    { class: "take-down" },
    el("summary", {}, say("desk.take_down")),
    el(
      "form",
      { submit },
      el("p", {}, say(state === "scheduled" ? "desk.take_down_waiting_help" : "desk.take_down_help")),
      el("p", { class: "field" }, el("label", { for: "down-reason" }, say("desk.take_down_reason")), reason),
      el("p", { class: "acts" }, act),
      told,
    ),
  );
}

/** What is stored is no longer what the editor saw: show what it is, with the reason at hand. */
async function changedMeanwhile(root, id, reason, signal) {
  await articleView(root, id, signal);
  const form = root.querySelector(".take-down");
  if (signal.aborted || !form) return;
  form.open = true;
  form.querySelector("#down-reason").value = reason;
  form.querySelector("[role=status]").replaceChildren(el("p", { class: "notice", role: "alert" }, say("desk.changed_meanwhile")));
}

async function followDown(root, id, article, state, signal) {
  root.querySelector("h1").focus({ preventScroll: true });
  if (state !== "published") return;
  const told = el("p", { role: "status" }, say("desk.leaving_search"));
  root.querySelector(".notice")?.after(told);
  try {
    told.textContent = say((await searchable(id, telling(null, article), { gone: true, signal })) ? "desk.left_search" : "desk.left_search_late");
  } catch {
    if (!signal.aborted) told.textContent = say("desk.found_unknown");
  }
}
