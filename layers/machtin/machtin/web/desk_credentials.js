// Temporary credentials as the AWS command line and console write them, read from one paste.

const NAMES = {
  AWS_ACCESS_KEY_ID: "accessKey",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "sessionToken",
  AWS_REGION: "region",
  AWS_DEFAULT_REGION: "region",
  AWS_CREDENTIAL_EXPIRATION: "until",
};
const JSON_NAMES = { AccessKeyId: "accessKey", SecretAccessKey: "secret", SessionToken: "sessionToken", Expiration: "until" };
const LINE = /^\s*(?:export\s+|set\s+|SET\s+|\$Env:)?([A-Za-z_]+)\s*=\s*(["']?)(.*?)\2;?\s*$/;

/** {accessKey, secret, sessionToken, region?, until?} of a block of lines or of JSON; null where it is none. */
export function readCredentials(text) {
  const found = fromJson(text) ?? fromLines(text);
  if (!found.accessKey || !found.secret) return null;
  const until = found.until && new Date(found.until);
  return { ...found, until: until && !Number.isNaN(until.getTime()) ? until : undefined };
}

function fromJson(text) {
  try {
    const document = JSON.parse(text);
    return renamed(Object.entries(document.Credentials ?? document), JSON_NAMES);
  } catch {
    return null;
  }
}

function fromLines(text) {
  const pairs = text.split(/\r?\n/).map((line) => line.match(LINE)).filter(Boolean);
  return renamed(pairs.map(([, name, , value]) => [name.toUpperCase(), value]), NAMES);
}

function renamed(pairs, names) {
  return Object.fromEntries(pairs.filter(([name]) => Object.hasOwn(names, name)).map(([name, value]) => [names[name], value]));
}
