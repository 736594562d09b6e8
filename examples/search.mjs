// Finds articles: node search.mjs 'vải thiều'
const server = process.env.MACHTIN_URL ?? "http://127.0.0.1:8080";
const query = process.argv[2] ?? "vải thiều";

const answer = await fetch(`${server}/v1/search?${new URLSearchParams({ q: query, size: 3 })}`);
const found = await answer.json();
if (!answer.ok) throw new Error(found.detail);

console.log(`${found.total} found`);
for (const { id, title, snippet } of found.hits) console.log(`- ${title} (${id})${snippet ? `: ${snippet.text}` : ""}`);
