// The API counts offsets in code points of the text as published; JavaScript's strings are UTF-16.

/** The same spans, {start, end}, counted in UTF-16 units of `text`. */
export function inUnits(text, spans) {
  if (!/[\ud800-\udfff]/.test(text)) return spans;
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  const unit = (point) => units[Math.min(point, units.length - 1)];
  return spans.map((span) => ({ ...span, start: unit(span.start), end: unit(span.end) }));
}

/** Spans in order, those that only spaces part made one: a phrase shows as one stretch. */
export function joined(text, spans) {
  const result = [];
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last && (start <= last.end || /^[^\S\n]+$/.test(text.slice(last.end, start)))) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** The stretch [start, end) of `text` as nodes; `make(words, span)` gives the element for what a span covers. */
export function marked(text, spans, make, start = 0, end = text.length) {
  const fragment = document.createDocumentFragment();
  let at = start;
  for (const span of spans) {
    const from = Math.max(span.start, at);
    const to = Math.min(span.end, end);
    if (from >= to) continue;
    fragment.append(text.slice(at, from), make(text.slice(from, to), span));
    at = to;
  }
  fragment.append(text.slice(at, end));
  return fragment;
}

/** Where the paragraphs of a text stand: {start, end} in UTF-16 units. */
export function paragraphs(text) {
  const result = [];
  const gap = /\n[^\S\n]*\n\s*|$/g;
  let start = 0;
  for (const match of text.matchAll(gap)) {
    if (text.slice(start, match.index).trim()) result.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  return result;
}
