// What changes between two versions of an article: field by field, paragraph by paragraph, word by word.
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { say } from "./words.js";

// More differences than these are told as one text replaced by another.
const MOST = 1500;
// A word with the space after it; signs at its end stand for themselves.
const WORDS = /(?<=\s)|(?=[.,;:!?…”"»)]+(?:\s|$))/;
const FIELDS = ["title", "sapo", "body", "section", "tags", "author", "publisher", "published_at", "publish_at", "modified_at", "url"];

/** Pieces [kind, items] of the way from one list to another; kind is "same", "gone" or "new" (E. Myers, 1986). */
export function differences(before, after) {
  const reach = [0];
  const trace = [];
  const most = Math.min(before.length + after.length, MOST);
  for (let steps = 0; steps <= most; steps++) {
    trace.push([...reach]);
    for (let line = -steps; line <= steps; line += 2) {
      const down = line === -steps || (line !== steps && at(reach, line - 1) < at(reach, line + 1));
      let x = steps === 0 ? 0 : down ? at(reach, line + 1) : at(reach, line - 1) + 1;
      while (x < before.length && x - line < after.length && before[x] === after[x - line]) x++;
      reach[slot(line)] = x;
      if (x >= before.length && x - line >= after.length) return joined(walkBack(trace, before, after));
    }
  }
  return joined([...before.map((item) => ["gone", item]), ...after.map((item) => ["new", item])]);
}

/** Diagonals from …-2, -1, 0, 1, 2… stand in one list. */
function slot(line) {
  return line < 0 ? -2 * line - 1 : 2 * line;
}

function at(reach, line) {
  return reach[slot(line)] ?? 0;
}

function walkBack(trace, before, after) {
  const found = [];
  let [x, y] = [before.length, after.length];
  for (let steps = trace.length - 1; steps > 0; steps--) {
    const reach = trace[steps];
    const line = x - y;
    const down = line === -steps || (line !== steps && at(reach, line - 1) < at(reach, line + 1));
    const fromX = at(reach, down ? line + 1 : line - 1);
    const fromY = fromX - (down ? line + 1 : line - 1);
    while (x > fromX && y > fromY && !(x === fromX + (down ? 0 : 1) && y === fromY + (down ? 1 : 0))) {
      found.push(["same", before[--x]]);
      y--;
    }
    found.push(down ? ["new", after[--y]] : ["gone", before[--x]]);
  }
  while (x > 0) found.push(["same", before[--x]]);
  return found.reverse();
}

function joined(pieces) {
  const runs = [];
  for (const [kind, item] of pieces) {
    if (runs.at(-1)?.[0] === kind) runs.at(-1)[1].push(item);
    else runs.push([kind, [item]]);
  }
  return runs;
}

/** The fields that differ, as names of an article's JSON. */
export function changedFields(before, after) {
  return FIELDS.filter((name) => textOf(before[name]) !== textOf(after[name]));
}

/** What changes, to be shown beside the form; null where nothing does. */
export function diffView(before, after) {
  const changed = changedFields(before, after);
  if (changed.length === 0) return null;
  const rows = changed.flatMap((name) => [
    el("dt", {}, say(`desk.field_${name}`)),
    el("dd", {}, ...fieldView(name, before[name], after[name])),
  ]);
  return el("dl", { class: "diff", lang: "vi" }, ...rows);
}

function fieldView(name, before, after) {
  if (name === "body") return paragraphsView(textOf(before), textOf(after));
  if (!name.endsWith("_at")) return [wordsView(textOf(before), textOf(after))];
  return [el("p", {}, ...separated(" ", before && mark("gone", timeOf(before, { exact: true })), after && mark("new", timeOf(after, { exact: true }))))];
}

function textOf(value) {
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
}

/** Paragraphs that changed, each with its words; unchanged ones are counted. */
function paragraphsView(before, after) {
  const runs = differences(before.split(/\n+/), after.split(/\n+/));
  const shown = [];
  for (let n = 0; n < runs.length; n++) {
    const [kind, items] = runs[n];
    const [next, others = []] = runs[n + 1] ?? [];
    if (kind === "same") {
      shown.push(el("p", { class: "fine" }, say("desk.paragraphs_same", { n: items.length })));
    } else if (next && next !== "same" && items.length === others.length) {
      const [gone, come] = kind === "gone" ? [items, others] : [others, items];
      shown.push(...gone.map((text, which) => wordsView(text, come[which])));
      n++;
    } else {
      shown.push(...items.map((text) => el("p", {}, mark(kind, text))));
    }
  }
  return shown;
}

function wordsView(before, after) {
  const runs = differences(before.split(WORDS), after.split(WORDS));
  return el("p", {}, ...runs.map(([kind, words]) => (kind === "same" ? words.join("") : mark(kind, words.join("")))));
}

/** Told by more than a colour: struck out or underlined, and said by screen readers. */
function mark(kind, text) {
  const said = el("span", { class: "unseen" }, say(kind === "gone" ? "desk.diff_gone" : "desk.diff_new"), " ");
  return el(kind === "gone" ? "del" : "ins", {}, said, text === "" ? "¶" : text);
}
