// Publishes an article, corrects it, takes it down: MACHTIN_TOKEN=… node publish.mjs. On a server, never in a page.
const server = process.env.MACHTIN_URL ?? "http://127.0.0.1:8080";
const address = `${server}/v1/articles/vi-du-dang-bai`;

async function send(method, article, reason) {
  const answer = await fetch(reason ? `${address}?${new URLSearchParams({ reason })}` : address, {
    method,
    headers: { Authorization: `Bearer ${process.env.MACHTIN_TOKEN}`, "Content-Type": "application/json" },
    body: article && JSON.stringify(article),
  });
  const told = await answer.json();
  // A refusal names each field and its mend.
  if (!answer.ok) throw new Error([told.detail, ...told.errors.map(({ field, message }) => `${field}: ${message}`)].join("\n"));
  console.log(told.outcome);
}

const article = { title: "Ví dụ: cầu mới thông xe", body: "Cầu mới thông xe sáng nay, sớm hai tháng." };
await send("PUT", article);
await send("PUT", { ...article, body: "Cầu mới thông xe sáng nay, sớm ba tháng." }, "sai số tháng");
await send("DELETE", undefined, "ví dụ");
