// What stands below an article: node related.mjs [ID]
const server = process.env.MACHTIN_URL ?? "http://127.0.0.1:8080";

async function ask(path, parameters = {}) {
  const answer = await fetch(`${server}${path}?${new URLSearchParams(parameters)}`);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

const id = process.argv[2] ?? (await ask("/v1/search", { size: 1 })).hits[0].id;
const [summary, related] = await Promise.all([
  ask(`/v1/articles/${id}/summary`, { sentences: 2 }),
  ask(`/v1/articles/${id}/related`, { size: 4 }),
]);

console.log(summary.text);
for (const [part, heading] of [["developments", "Diễn biến"], ["background", "Bối cảnh"]]) {
  for (const { title, reason } of related[part]) console.log(`${heading}: ${title} (${reason.text})`);
}
