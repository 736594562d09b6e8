// The answers that the server made this page of: each is taken once, in place of asking for it again.

const block = document.getElementById("given");
const [arrival] = performance.getEntriesByType("navigation");
// Who comes back may see a page that the browser has kept: what holds now is asked for.
const sent = !block || arrival?.type === "back_forward" ? [] : JSON.parse(block.textContent);
const answers = new Map(sent.map(([path, parameters, answer]) => [keyOf(path, Object.entries(parameters)), answer]));

/** The answer to GET `path` with these [name, value] pairs, undefined where the server did not send it. */
export function takeGiven(path, pairs) {
  const key = keyOf(path, pairs);
  const answer = answers.get(key);
  answers.delete(key);
  return answer;
}

/** What was not taken when the page was taken over would be old when it is asked for. */
export function forgetGiven() {
  answers.clear();
  block?.remove();
}

function keyOf(path, pairs) {
  return JSON.stringify([path, ...pairs.map(([name, value]) => `${name}=${value}`).sort()]);
}
