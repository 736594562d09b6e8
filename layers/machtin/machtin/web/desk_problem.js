// A failure as an editor sees it: what happened, what helps, each field at fault, and another try.
import { el } from "./dom.js";
import { say } from "./words.js";

/** `problem` is a Problem of api.js; anything else is thrown on. */
export function deskProblem(problem, retry = null) {
  if (problem.status === undefined) throw problem;
  const detail = problem.errors.length === 0 && problem.status !== 0 && problem.message;
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("h2", {}, say(`desk.trouble_${kindOf(problem.status)}`)),
    el("p", {}, say(`desk.trouble_${kindOf(problem.status)}_help`)),
    detail && el("p", { class: "fine", lang: "en" }, detail),
    problem.errors.length > 0 &&
      el("ul", {}, ...problem.errors.map(({ field, message }) => el("li", {}, el("code", {}, field), " ", el("span", { lang: "en" }, message)))),
    retry && el("p", {}, el("button", { type: "button", click: retry }, say("desk.retry"))),
  );
}

function kindOf(status) {
  if (status === 0) return "offline";
  if (status === 401) return "signed_out";
  if (status === 403) return "not_allowed";
  if (status === 404 || status === 410) return "missing";
  if (status === 409) return "conflict";
  if (status === 413) return "too_large";
  if (status === 429) return "too_many";
  return status >= 500 ? "server" : "invalid";
}
