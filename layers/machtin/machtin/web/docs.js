// The documentation: /openapi.json set for reading, with samples to try for each route.
import { ask, Problem, problemView } from "./api.js";
import { EXAMPLE_ID, offerLanguages, samplesView } from "./docs_samples.js";
import { el } from "./dom.js";
import { lang, say } from "./words.js";

const METHODS = ["get", "put", "post", "delete"];
const GROUPS = [
  { id: "read", title: say("docs.reading"), belongs: (operation) => !operation.security },
  { id: "edit", title: say("docs.editing"), belongs: (operation) => operation.security },
];

// What the document says is English in either language.
const english = (text) => el("span", { lang: lang === "en" ? null : "en" }, text);
const anchor = (method, path) => `${method}-${path.replace(/[^a-z0-9]+/gi, "-")}`;
const typeName = (reference) => reference.split("/").at(-1);

/** What one tries first: searching, then what needs no id. */
const order = (path) => (/search|suggest/.test(path) ? 0 : path.includes("{") ? 2 : 1);

function operations(description) {
  const paths = Object.entries(description.paths).sort(([one], [other]) => order(one) - order(other));
  return paths.flatMap(([path, methods]) => METHODS.filter((method) => methods[method]).map((method) => ({ ...methods[method], method, path })));
}

/** A schema's type: names of objects lead to their tables. */
function typeView(schema) {
  if (!schema) return [""];
  if (schema.$ref) return [el("a", { href: `#${typeName(schema.$ref)}` }, typeName(schema.$ref))];
  if (schema.anyOf) return schema.anyOf.flatMap((one, at) => [...(at ? [" | "] : []), ...typeView(one)]);
  if (schema.enum) return [schema.enum.join(" | ")];
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.type === "array") return ["[", ...typeView(schema.items), "]"];
  if (schema.type === "object" && schema.additionalProperties) return ["{…: ", ...typeView(schema.additionalProperties), "}"];
  return [[schema.type].flat().join(" | ")];
}

function limits(schema) {
  const standard = schema.default !== undefined && schema.default !== "" && say("docs.by_default", { value: String(schema.default) });
  const length = range(schema.minLength, schema.maxLength);
  return [range(schema.minimum, schema.maximum ?? schema.maxItems), length && say("docs.characters", { range: length }), standard]
    .filter(Boolean)
    .join("; ");
}

function range(least, most) {
  if (most === undefined) return least === undefined ? "" : say("docs.at_least", { least });
  return least === undefined ? say("docs.at_most", { most }) : say("docs.between", { least, most });
}

function table(caption, heads, rows) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)),
  );
}

function cells(name, type, note, description) {
  const told = [note, note && description && ". ", description && english(description)].filter(Boolean);
  return el("tr", {}, el("td", {}, el("code", {}, name)), el("td", {}, el("code", {}, ...type)), el("td", {}, ...told));
}

function operationView(operation, id) {
  const { method, path, summary, deprecated, parameters = [], requestBody, responses } = operation;
  const name = `${method.toUpperCase()} ${path}`;
  const rows = parameters.map(({ name: parameter, schema, description, required }) =>
    cells(parameter, typeView(schema), [required && say("docs.required"), limits(schema)].filter(Boolean).join("; "), description),
  );
  const bodies = Object.entries(requestBody?.content ?? {});
  const [status, success] = Object.entries(responses).find(([code]) => code < "300");
  const answer = Object.values(success.content ?? {})[0];
  return el(
    "section",
    { class: "operation", id: anchor(method, path), "aria-label": name },
    el("h3", {}, el("span", { class: "method" }, method.toUpperCase()), " ", el("code", {}, path)),
    el("p", {}, english(summary)),
    deprecated && el("p", { class: "notice" }, say("docs.deprecated")),
    rows.length > 0 && table(say("docs.parameters_of", { name }), [say("docs.parameter"), say("docs.type"), say("docs.note")], rows),
    bodies.length > 0 &&
      el("p", {}, say("docs.sends"), " ", ...bodies.flatMap(([media, { schema }], at) => [...(at ? ["; "] : []), ...bodyView(media, schema)])),
    el("p", {}, say("docs.answers", { status }), " ", el("code", {}, ...typeView(answer?.schema)), " ", english(success.description)),
    samplesView(operation, name, id),
  );
}

function bodyView(media, schema = {}) {
  return [el("code", {}, ...typeView(schema)), " (", media, ...(schema.description ? [", ", english(schema.description)] : []), ")"];
}

function schemaView(name, schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([field, one]) =>
    cells(field, typeView(one), limits(one), one.description),
  );
  return el(
    "section",
    { class: "operation", id: name, "aria-label": name },
    el("h3", {}, el("code", {}, name)),
    schema.description && el("p", {}, english(schema.description)),
    table(say("docs.fields_of", { name }), [say("docs.field"), say("docs.type"), say("docs.note")], rows),
  );
}

function contents(groups, names) {
  const list = (title, links) => [el("h2", {}, title), el("ul", {}, ...links.map(([href, text]) => el("li", {}, el("a", { href }, text))))];
  return [
    ...groups.flatMap(({ title, own }) => list(title, own.map(({ method, path }) => [`#${anchor(method, path)}`, `${method.toUpperCase()} ${path}`]))),
    ...list(say("docs.objects"), names.map((name) => [`#${name}`, name])),
  ];
}

/** An article that is there, so that the commands work as they stand. */
async function exampleId() {
  try {
    return (await ask("/v1/search", { size: 1 })).hits[0]?.id ?? EXAMPLE_ID;
  } catch {
    return EXAMPLE_ID;
  }
}

async function show() {
  const place = document.getElementById("operations");
  try {
    const [description, id] = await Promise.all([ask("/openapi.json"), exampleId()]);
    const all = operations(description);
    const groups = GROUPS.map((group) => ({ ...group, own: all.filter(group.belongs) }));
    const schemas = Object.entries(description.components.schemas);
    document.getElementById("contents-list").replaceChildren(...contents(groups, schemas.map(([name]) => name)));
    place.replaceChildren(
      ...groups.map(({ id: group, title, own }) =>
        el("section", { "aria-labelledby": group }, el("h2", { id: group }, title), ...own.map((one) => operationView(one, id))),
      ),
      el("section", { "aria-labelledby": "schemas" }, el("h2", { id: "schemas" }, say("docs.objects")), ...schemas.map(([name, schema]) => schemaView(name, schema))),
    );
    offerLanguages(document.getElementById("languages"), place);
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    place.replaceChildren(problemView(error, show));
  }
  place.removeAttribute("aria-busy");
}

const wide = matchMedia("(min-width: 60rem)");
const unfold = () => (document.getElementById("contents").open = wide.matches);
wide.addEventListener("change", unfold);
unfold();
show();
