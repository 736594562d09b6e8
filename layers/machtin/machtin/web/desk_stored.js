// What the newsroom has stored under an id, and whether readers find what was put there.
import { ask, Problem } from "./api.js";
import { deskAsk } from "./desk_session.js";

const PROBES = [500, 1000, 1500, 2000, 3000, 5000, 8000, 10000, 15000, 15000];
// A phrase of so many words is found where it stands, and hardly elsewhere.
const WORDS = 9;

/** {state, article, revision}; state is "published", "scheduled", "taken_down" or "none". Throws Problem. */
export async function storedAs(id, signal) {
  const { state, article } = await deskAsk("GET", `/v1/articles/${encodeURIComponent(id)}/stored`, { signal });
  if (!article) return { state, article, revision: null };
  const { revision, ...fields } = article;
  return { state, article: fields, revision };
}

/** The headers of a write that is carried out only where the article is still as `base`, from storedAs, has it. */
export function onlyAsSeen({ article, revision }) {
  return article ? { "if-match": `"${revision}"` } : { "if-none-match": "*" };
}

/** Words that a search finds `after` by and not `before`; "" where nothing was added that can be searched. */
export function telling(before, after) {
  const known = (before ? texts(before) : []).join("\n");
  const added = texts(after).find((text) => !known.includes(text)) ?? "";
  const words = added.replace(/["“”„«»]/g, " ").split(/\s+/).filter(Boolean);
  // Of a paragraph that was changed somewhere, the change itself.
  const first = words.findIndex((_, at) => !known.includes(words.slice(Math.max(0, at - 2), at + 1).join(" ")));
  return words.slice(Math.max(0, first - 2), Math.max(0, first - 2) + WORDS).join(" ");
}

function texts({ title, sapo, body }) {
  return [title, sapo, ...body.split(/\n+/)].map((text) => text.trim()).filter(Boolean);
}

/**
 * Whether a search for the words finds the article (or, `gone`, no longer finds it), asked until it does or about a
 * minute is over. Throws Problem where nobody answers.
 */
export async function searchable(id, words, { gone = false, signal } = {}) {
  const q = `"${words}"`;
  for (const pause of PROBES) {
    const { hits } = await ask("/v1/search", { q, size: 100, mode: "lexical" }, signal);
    if (hits.some((hit) => hit.id === id) !== gone) return true;
    await new Promise((go) => setTimeout(go, pause));
    if (signal?.aborted) throw new Problem(0, "left");
  }
  return false;
}
