// AWS Signature Version 4 for API Gateway, made in the browser.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const ALGORITHM = "AWS4-HMAC-SHA256";
const SERVICE = "execute-api";
const utf8 = new TextEncoder();

/**
 * The headers that sign a request of now: X-Amz-Date, X-Amz-Security-Token, Authorization. `body` is what is sent, as
 * bytes; `headers` (names in lower case) are signed too. The browser sends the host by itself; it is signed as `url` has it.
 */
export async function signedHeaders({ accessKey, secret, sessionToken, region }, method, url, body, headers = {}, now = new Date()) {
  const { host, pathname, searchParams } = new URL(url);
  const date = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const own = { "x-amz-date": date, ...(sessionToken && { "x-amz-security-token": sessionToken }) };
  const signed = Object.entries({ host, ...headers, ...own }).sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    method,
    // Every service but S3 encodes the path, as it is sent, once more.
    pathname.split("/").map(encoded).join("/"),
    [...searchParams].map((pair) => pair.map(encoded)).sort(byName).map(([name, value]) => `${name}=${value}`).join("&"),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, " ")}`),
    "",
    names,
    await hash(body),
  ].join("\n");
  const scope = [date.slice(0, 8), region, SERVICE, "aws4_request"];
  let key = utf8.encode(`AWS4${secret}`);
  for (const part of scope) key = await mac(key, part);
  const signature = hex(await mac(key, [ALGORITHM, date, scope.join("/"), await hash(utf8.encode(canonical))].join("\n")));
  return { ...own, authorization: `${ALGORITHM} Credential=${accessKey}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}` };
}

/** Percent-encoded but for the characters that RFC 3986 leaves unreserved. */
function encoded(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byName([one, first], [other, second]) {
  if (one !== other) return one < other ? -1 : 1;
  return first < second ? -1 : Number(first > second);
}

async function hash(bytes) {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

async function mac(key, text) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, utf8.encode(text));
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
