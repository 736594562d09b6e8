// Drawings of the gate's report, as SVG made of attributes alone; what they show stands in words or a table beside them.

const NAMESPACE = "http://www.w3.org/2000/svg";

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const WIDTH = 600;
const HEIGHT = 92;
const EDGE = 34;
const LINE = 40;

/** The change of nDCG@10 with its interval on a line, zero and the limit marked, what is beyond the limit shaded. */
export function intervalDrawing({ mean, low, high, margin }, format) {
  const least = Math.min(low, -margin * 1.6);
  const most = Math.max(high, margin * 1.6);
  const at = (value) => EDGE + ((value - least) / (most - least)) * (WIDTH - 2 * EDGE);
  // The limit's number stands on its left and zero on its right, so that they never meet.
  const tick = (value, name, anchor) => [
    svg("line", { class: name, x1: at(value), x2: at(value), y1: 12, y2: HEIGHT - 26 }),
    svg("text", { x: at(value), y: HEIGHT - 4, "text-anchor": anchor }, format(value)),
  ];
  return svg(
    "svg",
    { class: "interval-drawing", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" },
    svg("rect", { class: "beyond", x: 0, y: 12, width: at(-margin), height: HEIGHT - 38 }),
    svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT - 26, y2: HEIGHT - 26 }),
    ...tick(-margin, "limit", "end"),
    ...tick(0, "zero", "start"),
    svg("line", { class: "range", x1: at(low), x2: at(high), y1: LINE, y2: LINE }),
    ...[low, high].map((end) => svg("line", { class: "range", x1: at(end), x2: at(end), y1: LINE - 9, y2: LINE + 9 })),
    svg("circle", { class: "mean", cx: at(mean), cy: LINE, r: 7 }),
  );
}

const PAIR = 160;

/** From what a query had in the live index (a ring) to what it has in the candidate (a dot), on a line from 0 to 1. */
export function pairDrawing(live, candidate) {
  const at = (score) => 8 + score * (PAIR - 16);
  return svg(
    "svg",
    { class: "pair-drawing", viewBox: `0 0 ${PAIR} 20`, width: PAIR, height: 20, "aria-hidden": "true", focusable: "false" },
    svg("line", { class: "axis", x1: 8, x2: PAIR - 8, y1: 10, y2: 10 }),
    svg("line", { class: "move", x1: at(live), x2: at(candidate), y1: 10, y2: 10 }),
    svg("circle", { class: "from", cx: at(live), cy: 10, r: 5 }),
    svg("circle", { class: "to", cx: at(candidate), cy: 10, r: 6 }),
  );
}
