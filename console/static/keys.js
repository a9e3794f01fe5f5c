// Single keys: j and k walk the rows; any other key finds what carries it in data-key.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function rows() {
  return [...document.querySelectorAll("[data-row] [data-open]")];
}

function walk(step) {
  const links = rows();
  const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next]?.focus();
  links[next]?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

function target(key) {
  const row = document.activeElement?.closest("[data-row]");
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const outside = [...document.querySelectorAll(wanted)].filter((one) => !one.closest("[data-row]"));
  return row?.querySelector(wanted) ?? outside[0];
}

function act(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  } else {
    element.click();
  }
}

export function startKeys() {
  if (document.documentElement.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches(TYPING)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else {
      const element = event.key.length === 1 && target(event.key);
      if (!element) return;
      act(element);
    }
    event.preventDefault();
  });
}
