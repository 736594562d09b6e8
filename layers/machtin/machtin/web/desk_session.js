// Who is at the desk. Credentials live in this module's memory alone: nothing stores them, a reload forgets them.
import { Problem } from "./api.js";
import { signedHeaders } from "./desk_signing.js";

const NOBODY = null;
const utf8 = new TextEncoder();
let credentials = NOBODY;
let ended = () => {};

/** Who is signed in: {kind: "token"}, or {kind: "aws", accessKey, region, until}; null for nobody. */
export function whoIsIn() {
  if (credentials === NOBODY) return null;
  const { kind, accessKey, region, until } = credentials;
  return kind === "token" ? { kind } : { kind, accessKey, region, until };
}

/**
 * Sign in with {kind: "token", token} or {kind: "aws", accessKey, secret, sessionToken, region, until}, where an editors'
 * route takes them. Throws Problem where it does not: then nobody is signed in.
 */
export async function signIn(given) {
  await send(given, "GET", "/v1/scheduled", { parameters: { size: 1 } });
  credentials = given;
}

/** Forget the credentials. `why` is "left" or "expired". */
export function signOut(why = "left") {
  credentials = NOBODY;
  ended(why);
}

/** `listener(why)` is called whenever somebody is signed out. */
export function onSignOut(listener) {
  ended = listener;
}

/**
 * The JSON answer of an editors' route. `body` is sent as JSON, or as it is where it is a string or bytes of the kind
 * `type`; empty `parameters` are left out; `headers` have names in lower case. Throws Problem; status 0 where no answer came, AbortError where `signal` says
 * so. Credentials that no longer hold are forgotten.
 */
export async function deskAsk(method, path, options = {}) {
  if (credentials === NOBODY) throw new Problem(401, "");
  const used = credentials;
  try {
    return await send(used, method, path, options);
  } catch (error) {
    const over = error.status === 401 || (error.status === 403 && used.until && used.until <= new Date());
    if (over && used === credentials) signOut("expired");
    throw error;
  }
}

async function send(given, method, path, { body, parameters = {}, headers = {}, type, signal } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.append(name, value);
  }
  // A plus means a space to a browser and a plus to a signature: spaces are sent as %20.
  url.search = url.search.replaceAll("+", "%20");
  const bytes = bytesOf(body);
  const told = body === undefined ? headers : { ...headers, "content-type": type ?? "application/json" };
  let answer;
  let text;
  try {
    const proof = await proofOf(given, method, url, bytes, told);
    const sent = body === undefined ? undefined : bytes;
    const how = { method, body: sent, signal, cache: "no-store", credentials: "omit", redirect: "error" };
    answer = await fetch(url, { ...how, headers: { accept: "application/json", ...told, ...proof } });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, error.message);
  }
  const document = read(text);
  if (!answer.ok) throw new Problem(answer.status, document?.detail ?? document?.message ?? "", document?.errors ?? []);
  if (document === undefined) throw new Problem(0, "the answer is not JSON");
  return document;
}

async function proofOf(given, method, url, bytes, headers) {
  if (given.kind === "token") return { authorization: `Bearer ${given.token}` };
  return signedHeaders(given, method, url, bytes, headers);
}

function bytesOf(body) {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  return utf8.encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** Decoded JSON; null for an empty answer, undefined for what is no JSON. */
function read(text) {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
