// What an editor can do about a re-index: start, cancel, promote in spite of the gate, go back.
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { el } from "./dom.js";
import { say } from "./words.js";

/** Starting one; `done()` when it is begun. While one is running nothing can be started. */
export function startView({ running, done }) {
  const told = el("div", { role: "status" });
  const start = (event) => guarded(event.currentTarget, told, () => deskAsk("POST", "/v1/reindexes"), done);
  const { details } = reasonForm("start-force", {
    summary: "reindex.start_forced",
    help: "reindex.start_forced_help",
    act: "reindex.start_forced_act",
    send: (reason) => deskAsk("POST", "/v1/reindexes", { body: { force: reason } }),
    done,
  });
  return el(
    "div",
    { class: "starting" },
    el("button", { type: "button", class: "main-act", disabled: Boolean(running), click: start }, say("reindex.start")),
    !running && details,
    told,
  );
}

/** The acts that this re-index leaves; `live`: readers get its version; `done()` when one is asked for. */
export function reindexActs(reindex, { live, running, done }) {
  const told = el("div", { role: "status" });
  const path = `/v1/reindexes/${encodeURIComponent(reindex.id)}`;
  const acts = [];
  if (reindex.state === "running" && !["promote", "settle", "roll_back"].includes(reindex.step)) {
    const cancel = (event) => guarded(event.currentTarget, told, () => deskAsk("POST", `${path}/cancel`), done);
    acts.push(el("button", { type: "button", class: "side-act grave", disabled: reindex.cancel_requested, click: cancel }, say(reindex.cancel_requested ? "reindex.cancelling" : "reindex.cancel")));
  }
  if (reindex.state === "refused" && !running) {
    acts.push(
      reasonForm("promote", {
        summary: "reindex.promote",
        help: "reindex.promote_help",
        act: "reindex.promote_act",
        send: (reason) => deskAsk("POST", `${path}/promote`, { body: { reason } }),
        done,
      }).details,
    );
  }
  if (live && !running && reindex.previous) {
    const back = (event) => {
      const button = event.currentTarget;
      if (confirm(say("reindex.roll_back_sure", { version: reindex.previous }))) guarded(button, told, () => deskAsk("POST", `${path}/rollback`), done);
    };
    acts.push(el("button", { type: "button", class: "side-act grave", click: back }, say("reindex.roll_back")));
  }
  return el("div", { class: "acts" }, ...acts, told);
}

function reasonForm(name, { summary, help, act, send, done }) {
  const told = el("div", { role: "status" });
  const id = `${name}-reason`;
  const reason = el("input", { id, type: "text", required: true, maxlength: "500", lang: "vi", "aria-describedby": `${id}-help` });
  const submit = (event) => {
    event.preventDefault();
    guarded(event.submitter, told, () => send(reason.value.trim()), done);
  };
  const details = el(
    "details",
    { class: "take-down" },
    el("summary", {}, say(summary)),
    el(
      "form",
      { submit, autocomplete: "off" },
      el("p", { class: "field" }, el("label", { for: id }, say("reindex.reason")), reason, el("span", { class: "fine", id: `${id}-help` }, say(help))),
      el("p", {}, el("button", { type: "submit", class: "side-act grave" }, say(act))),
      told,
    ),
  );
  return { details };
}

async function guarded(button, told, act, done) {
  button.disabled = true;
  told.replaceChildren();
  try {
    await act();
    await done({ focus: true });
  } catch (error) {
    told.replaceChildren(deskProblem(error));
    button.disabled = false;
    if (document.activeElement === document.body) button.focus();
  }
}
