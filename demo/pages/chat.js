// The simulator's page: state, what is shown of it, and what a tap does.
import { draw, needsStamp, stamp, time, typingLine } from "./bubbles.js";
import { avatar, byId, el, icon } from "./dom.js";
import * as live from "./live.js";
import { fillMenu, closeMenu } from "./menu.js";
import { close, photoSheet, placeSheet, scanSheet, voiceSheet } from "./sheets.js";

const TRACES_SHOWN = 12;
const page = { boot: "", state: null, current: null, entries: new Map(), unread: new Map(), typing: new Set(), stream: null };

const persona = () => page.current;
const entriesOf = (openid) => page.entries.get(openid) ?? [];

// ---- what is shown -------------------------------------------------------------------------

function context() {
  return { persona: persona(), account: page.state.account, bounds: page.state.bounds, say: sayText };
}

function welcome() {
  const chips = persona().following ? page.state.samples.slice(0, 4).map(sampleChip) : [];
  return el("div", { class: "welcome", id: "welcome" },
    el("img", { src: "/demo/pages/logo.svg", alt: "", width: 64, height: 64 }),
    el("div", {}, el("strong", {}, page.state.account), "有事您说，像跟邻居说话一样。"),
    el("ul", { class: "samples" }, ...chips));
}

function sampleChip(text) {
  return el("li", {}, el("button", { type: "button", class: "sample", onclick: () => { closeSides(); sayText(text); } }, text));
}

function append(entry, before) {
  const log = byId("log");
  byId("welcome")?.remove();
  const nodes = [draw(entry, context())];
  if (needsStamp(before?.at, entry.at)) nodes.unshift(el("p", { class: "stamp" }, stamp(entry.at)));
  log.append(...nodes);
  const typing = byId("typing");
  if (typing) log.append(typing);
}

function toEnd() {
  const log = byId("log");
  log.scrollTop = log.scrollHeight;
}

function showConversation() {
  const log = byId("log");
  const entries = entriesOf(persona().openid);
  log.setAttribute("aria-live", "off");
  log.replaceChildren(...(entries.length ? [] : [welcome()]));
  entries.forEach((entry, index) => append(entry, entries[index - 1]));
  showTyping();
  toEnd();
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function showTyping() {
  const on = page.typing.has(persona().openid);
  byId("title").textContent = on ? "对方正在输入…" : page.state.account;
  const line = byId("typing");
  if (on && !line) { byId("log").append(typingLine()); toEnd(); }
  if (!on) line?.remove();
}

function showPersonas() {
  const rows = page.state.personas.map((one) => {
    const waiting = page.unread.get(one.openid) ?? 0;
    const age = one.age ? el("small", {}, `${one.age}岁`) : null;
    return el("li", {}, el("button", { type: "button", class: "persona", "aria-pressed": String(one === persona()), onclick: () => become(one) },
      avatar(one), el("strong", {}, one.name, age),
      waiting ? el("span", { class: "dot", "aria-label": `${waiting}条新消息` }, String(waiting)) : el("span"),
      el("span", { class: "about" }, one.following ? one.about : `${one.about}（未关注）`)));
  });
  byId("personas").replaceChildren(...rows);
  const total = [...page.unread.values()].reduce((sum, count) => sum + count, 0);
  byId("unread").hidden = !total;
  byId("unread").textContent = String(total);
}

function showFollowing() {
  const on = persona().following;
  const menu = page.state.menu.length > 0 && localStorage.getItem("dock") === "menu";
  byId("follow-bar").hidden = on;
  byId("keyboard-row").hidden = !on || menu;
  byId("menu-row").hidden = !on || !menu;
  if (!on) showTray(false);
}

function showTray(on) {
  byId("tray").hidden = !on;
  byId("plus").setAttribute("aria-expanded", String(on));
  if (on) toEnd();
}

function showTrace(trace) {
  const who = page.state.personas.find((one) => one.openid === trace.openid)?.name ?? "";
  const facts = trace.facts.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)));
  byId("no-traces").hidden = true;
  const list = byId("traces");
  list.prepend(el("li", { class: trace.failed ? "trace bad" : "trace" },
    el("header", {}, el("strong", {}, `${who} · ${trace.what}`), el("time", { datetime: trace.at }, time(trace.at))),
    el("span", { class: "how" }, trace.how), el("dl", {}, ...facts)));
  while (list.children.length > TRACES_SHOWN) list.lastChild.remove();
}

// ---- what happens --------------------------------------------------------------------------

function become(one) {
  page.current = one;
  page.unread.delete(one.openid);
  history.replaceState(null, "", `#${one.openid}`);
  byId("who").textContent = one.age ? `${one.name} · ${one.age}岁` : one.name;
  byId("toggle-follow-label").textContent = one.following ? "取消关注" : "关注";
  showPersonas();
  showConversation();
  showFollowing();
  closeSides();
}

const HEARD = {
  message(entry) {
    const entries = entriesOf(entry.openid);
    page.entries.set(entry.openid, [...entries, entry]);
    if (entry.openid === persona().openid) { append(entry, entries.at(-1)); toEnd(); return; }
    if (!entry.mine) page.unread.set(entry.openid, (page.unread.get(entry.openid) ?? 0) + 1);
    showPersonas();
  },
  typing({ openid, on }) {
    if (on) page.typing.add(openid); else page.typing.delete(openid);
    showTyping();
  },
  follow({ openid, on }) {
    const one = page.state.personas.find((each) => each.openid === openid);
    one.following = on;
    if (one === persona()) become(one); else showPersonas();
  },
  trace: showTrace,
  hello({ boot }) { if (boot !== page.boot) location.reload(); },
};

async function send(body) {
  await told(live.push({ as: persona().openid, ...body }));
}

// What the phone refuses to do is said on the page alone; everything else comes by the stream.
async function told(answer) {
  const response = await answer.catch(() => null);
  byId("offline").hidden = Boolean(response);
  if (!response || response.ok) return;
  const refusal = response.status === 409 ? await response.text() : "没有发出去，请再试一次。";
  byId("log").append(el("p", { class: "notice" }, refusal));
  toEnd();
}

function sayText(text, menuId) {
  showTray(false);
  return send({ kind: "text", text, menu_id: menuId ?? "" });
}

function submitWords(event) {
  event.preventDefault();
  const words = byId("words");
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  showSend();
  words.focus();
  sayText(text);
}

function showSend() {
  const some = Boolean(byId("words").value.trim());
  byId("send").hidden = !some;
  byId("plus").hidden = some;
}

function dock(mode) {
  localStorage.setItem("dock", mode);
  showTray(false);
  showFollowing();
  (mode === "menu" ? byId("menu-row").querySelector("button") : byId("words")).focus();
}

function setLarge(on) {
  document.documentElement.classList.toggle("large", on);
  localStorage.setItem("large", on ? "1" : "");
  document.querySelector("[data-act=large]").setAttribute("aria-checked", String(on));
}

function openSides(section) {
  const sides = byId("sides");
  sides.classList.add("open");
  const target = sides.querySelector(section);
  target.scrollIntoView({ block: "start" });
  target.querySelector("button, a")?.focus({ preventScroll: true });
}

function closeSides() {
  byId("sides").classList.remove("open");
}

const ACTS = {
  "open-people": () => openSides(".people"),
  "open-behind": () => openSides(".behind"),
  "close-sides": () => { closeSides(); byId("chat").focus(); },
  "close-sheet": close,
  "show-menu": () => dock("menu"),
  "show-keyboard": () => dock("keyboard"),
  plus: () => showTray(byId("tray").hidden),
  large: () => setLarge(!document.documentElement.classList.contains("large")),
  follow: () => send({ kind: "follow" }),
  "toggle-follow": () => send({ kind: persona().following ? "unfollow" : "follow" }),
  photo: () => photoSheet(page.state.photos, { sample: (id) => send({ kind: "photo", sample: id }), own: () => byId("file").click() }),
  location: () => placeSheet(page.state.places, page.state.bounds, (place) => send({ kind: "location", latitude: place.latitude, longitude: place.longitude, name: place.name })),
  scan: () => scanSheet(page.state.scenes, (scene) => send({ kind: "scan", scene })),
  voice: () => voiceSheet(page.state.samples, (text, transcript) => send({ kind: "voice", text, transcript })),
};

function listen() {
  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act && act !== "plus") showTray(false);
    if (act) ACTS[act]();
    if (!event.target.closest(".menu-buttons, .submenu")) closeMenu();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (byId("sheet").open) close();
    closeMenu();
    closeSides();
    showTray(false);
  });
  byId("composer").addEventListener("submit", submitWords);
  byId("words").addEventListener("input", showSend);
  byId("words").addEventListener("focus", () => showTray(false));
  byId("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submitWords(event);
  });
  byId("file").addEventListener("change", async () => {
    const [file] = byId("file").files;
    byId("file").value = "";
    if (file) await told(live.photo(persona().openid, file));
  });
}

// ---- start ---------------------------------------------------------------------------------

function fill(state) {
  page.boot = state.boot;
  page.state = state;
  for (const entry of state.messages) page.entries.set(entry.openid, [...entriesOf(entry.openid), entry]);
  document.querySelectorAll("[data-account]").forEach((node) => { node.textContent = state.account; });
  byId("samples").replaceChildren(...state.samples.map(sampleChip));
  byId("links").replaceChildren(...state.links.map((link) => el("li", {}, el("a", { href: link.href, target: "_blank", rel: "noopener" }, icon("link"), link.label))));
  fillMenu(state.menu, (body) => send(body));
  document.querySelector("[data-act=show-menu]").hidden = !state.menu.length;
  state.traces.forEach(showTrace);
}

function tick() {
  byId("clock").textContent = stamp(new Date());
}

async function start() {
  setLarge(localStorage.getItem("large") === "1");
  fill(await live.state());
  listen();
  tick();
  setInterval(tick, 10_000);
  const wanted = decodeURIComponent(location.hash.slice(1));
  become(page.state.personas.find((one) => one.openid === wanted) ?? page.state.personas[0]);
  live.follow(page.state.last, (event, body) => HEARD[event](body), (on) => { byId("offline").hidden = on; });
  document.body.dataset.ready = "1";
}

start();
