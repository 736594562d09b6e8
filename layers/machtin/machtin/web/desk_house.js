// The log of the house: what was done last, to whatever it was.
import { auditView } from "./desk_audit.js";
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { el } from "./dom.js";
import { say } from "./words.js";

const SHOWN = 50;
const ROOMS = { article: "articles", reindex: "reindex", golden: "golden" };
let request = new AbortController();

export async function show(root) {
  leave();
  const { signal } = (request = new AbortController());
  const list = el("div", {});
  const load = async () => {
    list.replaceChildren(el("p", { class: "fine" }, say("desk.loading")));
    try {
      const { records } = await deskAsk("GET", "/v1/audit", { parameters: { size: SHOWN }, signal });
      list.replaceChildren(auditView(records.toReversed(), subjectOf));
    } catch (error) {
      if (!signal.aborted) list.replaceChildren(deskProblem(error, load));
    }
  };
  root.replaceChildren(
    el("header", { class: "room-head" }, el("h1", { tabindex: "-1" }, say("desk.room_audit")), el("button", { type: "button", class: "side-act", click: load }, say("house.again"))),
    el("p", { class: "fine" }, say("house.help")),
    list,
  );
  await load();
}

export function leave() {
  request.abort();
}

/** What was acted on, where it still has a place to look at. */
function subjectOf({ kind, id }) {
  const code = el("code", {}, id);
  return Object.hasOwn(ROOMS, kind) ? el("a", { href: deskAddress(ROOMS[kind], id) }, code) : code;
}
