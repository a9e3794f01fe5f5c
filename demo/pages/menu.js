// The account's menu: up to three buttons, each with up to five below it.
import { byId, el, icon } from "./dom.js";

export function closeMenu() {
  document.querySelector(".submenu")?.remove();
  byId("menu-buttons").querySelectorAll("[aria-expanded]").forEach((button) => button.setAttribute("aria-expanded", "false"));
}

function press(entry, send) {
  closeMenu();
  send({ kind: "menu", key: entry.key });
  if (entry.url) window.open(entry.url, "_blank", "noopener");
}

function openMenu(button, entry, send) {
  const dock = byId("dock");
  const items = entry.items.map((item) => el("button", { type: "button", role: "menuitem", onclick: () => press(item, send) }, item.name));
  const menu = el("div", { class: "submenu", role: "menu", "aria-label": entry.name, onkeydown: (event) => step(event, items) }, ...items);
  dock.append(menu);
  button.setAttribute("aria-expanded", "true");
  const middle = button.getBoundingClientRect().left - dock.getBoundingClientRect().left + button.offsetWidth / 2;
  menu.style.left = `${Math.max(8, Math.min(dock.offsetWidth - menu.offsetWidth - 8, middle - menu.offsetWidth / 2))}px`;
  items[0].focus({ preventScroll: true });
}

function step(event, items) {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items[(at + move + items.length) % items.length].focus();
}

/** Draws the buttons; `send(body)` posts a menu press. */
export function fillMenu(menu, send) {
  const buttons = menu.map((entry) => {
    if (!entry.items.length) return el("button", { type: "button", onclick: () => press(entry, send) }, el("span", {}, entry.name));
    const button = el("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("lines"), el("span", {}, entry.name));
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      closeMenu();
      if (!isOpen) openMenu(button, entry, send);
    });
    return button;
  });
  byId("menu-buttons").replaceChildren(...buttons);
}
