// Small helpers to build the page. Text is always set as text, never as markup.

/** el("button", {class: "x", onclick: f}, child, …) → element; strings become text nodes. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An icon of the sprite, hidden from readers. */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `/demo/pages/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** A square with the first character of the name, coloured by the person's place in the list. */
export function avatar(persona) {
  return el("span", { class: `avatar tone-${persona.tone % 6}`, "aria-hidden": "true" }, persona.name[0]);
}

export function accountAvatar() {
  return el("span", { class: "avatar", "aria-hidden": "true" }, el("img", { src: "/demo/pages/logo.svg", alt: "" }));
}

/** Where a coordinate lies on the drawn map, in percent of its width and height. */
export function onMap(bounds, latitude, longitude) {
  const share = (value, low, high) => Math.min(96, Math.max(4, (100 * (value - low)) / (high - low)));
  return {
    left: `${share(longitude, bounds.west, bounds.east)}%`,
    top: `${100 - share(latitude, bounds.south, bounds.north)}%`,
  };
}
