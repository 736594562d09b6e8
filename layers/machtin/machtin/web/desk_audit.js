// Who did what, when and why: the audit trail as a list, newest first.
import { el, separated } from "./dom.js";
import { timeOf } from "./dates.js";
import { say } from "./words.js";

/** The records of an audit answer; `subject(record)` is shown with each where they are of different things. */
export function auditView(records, subject = () => null) {
  if (records.length === 0) return el("p", { class: "fine" }, say("desk.no_audit"));
  return el("ol", { class: "trail" }, ...records.toReversed().map((record) => recordView(record, subject(record))));
}

function recordView(record, subject) {
  const { action, outcome, when, who, reason, after, request_id: request } = record;
  return el(
    "li",
    {},
    el("p", {}, el("strong", {}, say(`desk.action_${action}_${outcome}`)), ...(subject ? [" · ", subject] : [])),
    el("p", { class: "fine" }, ...separated(" · ", timeOf(when, { full: true }), whoView(who))),
    reason && el("p", { class: "why", lang: "vi" }, `“${reason}”`),
    (after || request) && el("p", { class: "fine codes" }, ...separated(" · ", after && say("desk.revision", { revision: String(after) }), request && say("desk.request", { request }))),
  );
}

/** In words where it is no person: a file, a feed, the schedule. */
function whoView(who) {
  const [kind, rest] = who.match(/^(inbox|feed|command line):\s*(.*)$/)?.slice(1) ?? [];
  if (kind) return say(`desk.who_${kind.replace(" ", "_")}`, { name: rest });
  return ["token", "schedule", "machtin"].includes(who) ? say(`desk.who_${who}`) : el("code", {}, who);
}
