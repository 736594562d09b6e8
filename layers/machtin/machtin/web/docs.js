// The documentation: /openapi.json set for reading, with a command to try for each route.
import { ask, Problem, problemView } from "./api.js";
import { curl, EXAMPLE_ID } from "./docs_examples.js";
import { el } from "./dom.js";

const METHODS = ["get", "put", "post", "delete"];
const GROUPS = [
  { id: "read", title: "Đọc tin", belongs: (operation) => !operation.security },
  { id: "edit", title: "Toà soạn", belongs: (operation) => operation.security },
];

const english = (text) => el("span", { lang: "en" }, text);
const anchor = (method, path) => `${method}-${path.replace(/[^a-z0-9]+/gi, "-")}`;
const typeName = (reference) => reference.split("/").at(-1);

/** All operations, those first that need no id: what one tries first. */
function operations(description) {
  const paths = Object.entries(description.paths);
  return [...paths.filter(([path]) => !path.includes("{")), ...paths.filter(([path]) => path.includes("{"))].flatMap(
    ([path, methods]) => METHODS.filter((method) => methods[method]).map((method) => ({ ...methods[method], method, path })),
  );
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
  const [least, most] = [schema.minimum ?? schema.minLength, schema.maximum ?? schema.maxLength ?? schema.maxItems];
  const range = [least !== undefined && `từ ${least}`, most !== undefined && `đến ${most}`].filter(Boolean).join(" ");
  const standard = schema.default !== undefined && schema.default !== "" ? `mặc định ${schema.default}` : "";
  return [range, standard].filter(Boolean).join("; ");
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
  const { method, path, summary, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(({ name, schema, description, required }) =>
    cells(name, typeView(schema), [required && "bắt buộc", limits(schema)].filter(Boolean).join("; "), description),
  );
  const body = Object.values(requestBody?.content ?? {})[0];
  const [status, success] = Object.entries(responses).find(([code]) => code < "300");
  const answer = Object.values(success.content ?? {})[0];
  return el(
    "section",
    { class: "operation", id: anchor(method, path), "aria-label": `${method.toUpperCase()} ${path}` },
    el("h3", {}, el("span", { class: "method" }, method.toUpperCase()), " ", el("code", {}, path)),
    el("p", {}, english(summary)),
    rows.length > 0 && table(`Tham số của ${method.toUpperCase()} ${path}`, ["Tham số", "Kiểu", "Ghi chú"], rows),
    body && el("p", {}, "Gửi kèm: ", el("code", {}, ...typeView(body.schema)), body.schema.description && [" (", body.schema.description, ")"].join("")),
    el("p", {}, `Trả lời ${status}: `, el("code", {}, ...typeView(answer?.schema)), " ", english(success.description)),
    el("pre", { tabindex: "0", "aria-label": `Lệnh curl cho ${method.toUpperCase()} ${path}` }, el("code", {}, curl(operation, location.origin, id))),
  );
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
    table(`Trường của ${name}`, ["Trường", "Kiểu", "Ghi chú"], rows),
  );
}

function contents(groups, names) {
  const list = (title, links) => [el("h2", {}, title), el("ul", {}, ...links.map(([href, text]) => el("li", {}, el("a", { href }, text))))];
  return [
    ...groups.flatMap(({ title, own }) => list(title, own.map(({ method, path }) => [`#${anchor(method, path)}`, `${method.toUpperCase()} ${path}`]))),
    ...list("Đối tượng", names.map((name) => [`#${name}`, name])),
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
      el("section", { "aria-labelledby": "schemas" }, el("h2", { id: "schemas" }, "Đối tượng"), ...schemas.map(([name, schema]) => schemaView(name, schema))),
    );
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
