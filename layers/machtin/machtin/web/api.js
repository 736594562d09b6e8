// Asking the API, and telling its failures in words.
import { el } from "./dom.js";
import { takeGiven } from "./given.js";
import { say } from "./words.js";

/** A failure: `status` is 0 where no answer came at all. */
export class Problem extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** The JSON answer of GET `path`. Empty parameters are left out. Throws Problem, or AbortError when `signal` says so. */
export async function ask(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const known = takeGiven(path, given);
  if (known !== undefined) return known;
  const query = new URLSearchParams(given).toString();
  let answer;
  let document;
  try {
    // Whoever reloads the page sees what holds now: what the browser has kept is asked about each time.
    const how = { signal, cache: "no-cache", headers: { accept: "application/json" } };
    answer = await fetch(query ? `${path}?${query}` : path, how);
    document = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(answer && !answer.ok ? answer.status : 0, error.message);
  }
  if (!answer.ok) throw new Problem(answer.status, document.detail ?? "", document.errors ?? []);
  return document;
}

const FIELDS = {
  q: "field.q",
  section: "filters.section",
  tag: "filters.tag",
  author: "filters.author",
  since: "filters.since_day",
  until: "filters.until_day",
  from: "field.from",
  article_id: "field.article",
  article: "field.article",
  query: "field.query",
  sentences: "field.sentences",
  syllables: "field.syllables",
};

/** What happened, and what helps. */
function told({ status }) {
  if (status === 0) {
    return navigator.onLine
      ? [say("trouble.unreachable"), say("trouble.unreachable_help")]
      : [say("trouble.offline"), say("trouble.offline_help")];
  }
  if (status === 410) return [say("trouble.gone"), say("trouble.gone_help")];
  if (status === 429) return [say("trouble.busy"), say("trouble.busy_help")];
  if (status >= 500) return [say("trouble.failed"), say("trouble.failed_help")];
  return [say("trouble.refused"), say("trouble.refused_help")];
}

/** A failure as a reader sees it: what happened, what helps, the details of single fields, and another try. */
export function problemView(problem, retry) {
  const [title, help] = told(problem);
  const fields = problem.errors.map(({ field, message }) =>
    el("li", {}, `${FIELDS[field] ? say(FIELDS[field]) : field}: `, el("span", { lang: "en" }, message)),
  );
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("h2", {}, title),
    el("p", {}, help),
    fields.length > 0 && el("ul", {}, ...fields),
    retry && el("p", {}, el("button", { type: "button", click: retry }, say("trouble.retry"))),
  );
}
