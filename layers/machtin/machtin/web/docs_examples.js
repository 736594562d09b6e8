// A command for the shell that tries a route.

/** What stands for an id where no article is there yet. */
export const EXAMPLE_ID = "gia-gao-xuat-khau";

const DRAFT = { title: "Giá gạo xuất khẩu tăng", sapo: "Gạo 5% tấm lên 420 USD mỗi tấn.", body: "Theo hiệp hội, đơn hàng mới đến từ Philippines." };
const VALUES = { q: "giá gạo xuất khẩu", size: "3" };

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The curl line of an operation against `origin`; `id` is an article that is there. */
export function curl({ method, path, parameters = [], security, requestBody }, origin, id) {
  const own = method === "put" || method === "delete";
  const address = origin + path.replace("{article_id}", own ? EXAMPLE_ID : id).replace("{reindex_id}", "ID");
  const values = method === "get" ? parameters.filter(({ name }) => name in VALUES && path === "/v1/search") : [];
  const lines = [values.length > 0 ? "curl -sG" : method === "get" ? "curl -s" : `curl -s -X ${method.toUpperCase()}`];
  lines[0] += ` ${address}`;
  for (const { name } of values) lines.push(`--data-urlencode ${quoted(`${name}=${VALUES[name]}`)}`);
  if (security) lines.push('-H "Authorization: Bearer $(machtin token)"');
  const type = requestBody?.required ? Object.keys(requestBody.content)[0] : undefined;
  if (type) {
    const article = type.includes("ndjson") ? { id: EXAMPLE_ID, ...DRAFT } : DRAFT;
    const body = JSON.stringify(path.startsWith("/v1/reindexes") ? requestBody.content[type].example : article);
    lines.push(`-H ${quoted(`Content-Type: ${type}`)}`, `--data-binary ${quoted(body)}`);
  }
  return lines.join(" \\\n  ");
}
