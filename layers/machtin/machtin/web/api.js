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

// The messages that an address of the site can bring about; they are the API's, hence English.
const WRONG_DAYS = "must be later than since";
const TOO_LONG = /^has ([\d,]+) characters; the limit is ([\d,]+)$/;

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

/** One field's problem, in the page's words where it has any. */
function toldOf({ field, message }) {
  if (field === "until" && message === WRONG_DAYS) return [say("filters.wrong_days")];
  const label = `${FIELDS[field] ? say(FIELDS[field]) : field}: `;
  const [n, most] = (message.match(TOO_LONG) ?? []).slice(1).map((count) => Number(count.replaceAll(",", "")));
  return [label, most ? say("trouble.too_long", { n, most }) : el("span", { lang: "en" }, message)];
}

/** A failure as a reader sees it: what happened, what helps, the details of single fields, and another try. */
export function problemView(problem, retry) {
  const [title, help] = told(problem);
  const fields = problem.errors.map((one) => el("li", {}, ...toldOf(one)));
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("h2", {}, title),
    el("p", {}, help),
    fields.length > 0 && el("ul", {}, ...fields),
    retry && el("p", {}, el("button", { type: "button", click: retry }, say("trouble.retry"))),
  );
}
