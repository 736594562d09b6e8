// What a reader did to the page before its script came: it is done again to what the script has put in its place.

/** Note what is filled in, unfolded and focused in `root` now; call the answer when that has been drawn anew. */
export function noteTouched(root) {
  const held = document.activeElement;
  const folds = () => [...root.querySelectorAll("details")];
  const unfolded = folds().map((fold) => fold.open);
  const [arrival] = performance.getEntriesByType("navigation");
  // Who comes back or reloads finds fields as some browsers remember them, which nobody has filled in here.
  const filled = arrival?.type === "navigate" ? [...root.querySelectorAll("input, select")].filter(isTouched) : [];
  const values = filled.map((field) => [sameAs(field), field.value]);
  return () => {
    for (const [at, fold] of folds().entries()) if (unfolded[at]) fold.open = true;
    for (const [selector] of values) {
      const field = fill(root, values).get(selector);
      // A change of the unit alone would count the length anew; a question is asked when it is whole.
      if (field && !["unit", "query"].includes(field.name)) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    fill(root, values);
    if (!held.isConnected) counterpart(root, held)?.focus({ preventScroll: true });
  };
}

/** Whatever is told of the one shows the others as they are without it: all are filled in each time. */
function fill(root, values) {
  const fields = new Map(values.map(([selector]) => [selector, root.querySelector(selector)]));
  for (const [selector, value] of values) {
    const field = fields.get(selector);
    if (field?.type === "radio") field.checked = true;
    else if (field) field.value = value;
  }
  return fields;
}

function isTouched(field) {
  if (field.type === "hidden" || field.type === "submit") return false;
  if (field.type === "radio") return field.checked && !field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected && !option.defaultSelected);
  return field.value !== field.defaultValue;
}

/** Finds what stands where `element` stood. */
function counterpart(root, element) {
  if (element.href) return [...root.querySelectorAll("a[href]")].find((link) => link.href === element.href);
  if (element.name) return root.querySelector(sameAs(element));
  return null;
}

function sameAs({ localName, id, name, type, value }) {
  if (id) return `#${CSS.escape(id)}`;
  return `${localName}[name="${name}"]${type === "radio" ? `[value="${value}"]` : ""}`;
}
