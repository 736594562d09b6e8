// Signing in: the editors' token on a laptop, temporary credentials on AWS.
import { el } from "./dom.js";
import { deskProblem } from "./desk_problem.js";
import { readCredentials } from "./desk_credentials.js";
import { signIn } from "./desk_session.js";
import { say } from "./words.js";

const HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** A form that calls `done()` once somebody is in; `why` nobody is: "left", "expired", or "" before the first time. */
export function signInView({ why, done }) {
  const [, region = ""] = location.hostname.match(HOST) ?? [];
  const told = el("div", { role: "status" }, why && el("p", { class: "notice" }, say(`desk.signed_out_${why}`)));
  const token = field("token", { type: "password", required: true });
  const aws = {
    accessKey: field("access_key", { type: "text", spellcheck: "false", autocapitalize: "off" }),
    secret: field("secret", { type: "password" }),
    sessionToken: field("session_token", { type: "password" }),
    region: field("region", { type: "text", value: region, spellcheck: "false", autocapitalize: "off" }),
  };
  const byToken = el("div", {}, token, el("p", { class: "fine" }, say("desk.token_help"), " ", el("code", {}, "machtin token")));
  const byKey = el(
    "div",
    {},
    el("p", { class: "fine" }, say("desk.key_help"), " ", el("code", {}, "aws configure export-credentials --format env")),
    ...Object.values(aws),
  );
  let until = null;
  byKey.addEventListener("paste", (event) => {
    const found = readCredentials(event.clipboardData.getData("text"));
    if (!found) return;
    event.preventDefault();
    for (const [name, value] of Object.entries(found)) if (aws[name]) inputOf(aws[name]).value = value;
    until = found.until ?? null;
    inputOf(aws.region).focus();
  });
  const choose = (kind) => {
    byToken.hidden = kind !== "token";
    byKey.hidden = kind !== "aws";
    inputOf(token).required = kind === "token";
    for (const one of Object.values(aws)) inputOf(one).required = kind === "aws" && one !== aws.sessionToken;
  };
  const ways = ["token", "aws"].map((kind) => way(kind, kind === (region ? "aws" : "token"), choose));
  choose(region ? "aws" : "token");
  const send = el("button", { type: "submit", class: "main-act" }, say("desk.sign_in"));
  const submit = async (event) => {
    event.preventDefault();
    const given = byKey.hidden
      ? { kind: "token", token: inputOf(token).value.trim() }
      : { kind: "aws", until, ...Object.fromEntries(Object.entries(aws).map(([name, one]) => [name, inputOf(one).value.trim()])) };
    const refused = refusal(given);
    if (refused) {
      told.replaceChildren(el("p", { class: "notice", role: "alert" }, say(refused)));
      return;
    }
    send.disabled = true;
    told.replaceChildren(el("p", { class: "fine" }, say("desk.signing_in")));
    try {
      await signIn(given);
      done();
    } catch (error) {
      told.replaceChildren(
        error.status === 401 || error.status === 403
          ? el("p", { class: "notice", role: "alert" }, say(given.kind === "aws" ? "desk.key_refused" : "desk.token_refused"))
          : deskProblem(error),
      );
    } finally {
      send.disabled = false;
    }
  };
  return el(
    "form",
    { class: "sign-in", submit, autocomplete: "off" },
    el("h1", { tabindex: "-1" }, say("desk.sign_in")),
    el("fieldset", { class: "modes" }, el("legend", { class: "unseen" }, say("desk.sign_in_by")), ...ways),
    byToken,
    byKey,
    told,
    el("p", {}, send),
    el("p", { class: "fine" }, say("desk.kept_in_memory")),
  );
}

/** Why something can't be used here, as a key of the catalogue; "" where it can. */
function refusal({ kind, token, accessKey, sessionToken }) {
  // A header holds nothing else; what is no token anyhow is not even asked about.
  if (kind === "token") return /^[\x21-\x7e]+$/.test(token) ? "" : "desk.token_refused";
  if (!globalThis.crypto?.subtle) return "desk.needs_https";
  return sessionToken === "" || accessKey.startsWith("AKIA") ? "desk.key_is_permanent" : "";
}

function way(kind, checked, choose) {
  const label = say(`desk.by_${kind}`);
  const input = el("input", { type: "radio", name: "way", value: kind, checked, change: () => choose(kind) });
  return el("label", {}, input, el("span", { "data-name": label }, label));
}

function field(name, attributes) {
  const id = `sign-in-${name}`;
  const input = el("input", { id, autocomplete: "off", ...attributes });
  return el("p", { class: "field" }, el("label", { for: id }, say(`desk.${name}`)), input);
}

function inputOf(paragraph) {
  return paragraph.querySelector("input");
}
