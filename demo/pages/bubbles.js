// Draws one entry of the conversation: bubble, card or notice.
import { accountAvatar, avatar, el, icon, onMap } from "./dom.js";
import { pieces } from "./words.js";

const ZONE = "Asia/Shanghai";
const part = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour12: false, ...options });
const hourMinute = part({ hour: "2-digit", minute: "2-digit" });
const clockTime = part({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const monthDay = part({ month: "long", day: "numeric" });
const whole = part({ year: "numeric", month: "2-digit", day: "2-digit" });
const DAY = 86_400_000;
const PAUSE = 5 * 60_000;

export const time = (at) => clockTime.format(new Date(at));

/** The stamp between messages, as WeChat words it: 14:05, 昨天 14:05, 11月3日 14:05. */
export function stamp(at, now = new Date()) {
  const day = whole.format(new Date(at));
  const hm = hourMinute.format(new Date(at));
  if (day === whole.format(now)) return hm;
  if (day === whole.format(new Date(now.getTime() - DAY))) return `昨天 ${hm}`;
  return `${monthDay.format(new Date(at))} ${hm}`;
}

export const needsStamp = (before, at) => !before || new Date(at) - new Date(before) > PAUSE;

function tappableText(text, say) {
  return pieces(text).map((piece) => {
    if (piece.kind === "link") return el("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, piece.text);
    if (piece.kind === "say") return el("button", { type: "button", class: "say", onclick: () => say(piece.send, piece.menuId) }, piece.text);
    if (piece.kind === "choice") return el("button", { type: "button", class: "choice", onclick: () => say(piece.send) }, el("b", {}, piece.send), ` ${piece.text}`);
    return piece.text;
  });
}

function pinned(entry, bounds) {
  const pin = icon("pin");
  pin.classList.add("pin");
  Object.assign(pin.style, onMap(bounds, entry.latitude, entry.longitude));
  return el("span", { class: "place" }, el("strong", {}, entry.text), el("small", {}, `${entry.latitude.toFixed(5)}, ${entry.longitude.toFixed(5)}`), el("div", { class: "map" }, pin));
}

function voice(entry) {
  const line = el("div", { class: "voice" }, icon("wave"), `${entry.seconds}″`);
  return entry.text ? [line, el("div", { class: "transcript" }, entry.text)] : [line];
}

const BODIES = {
  text: (entry, context) => (entry.mine ? [entry.text] : tappableText(entry.text, context.say)),
  image: (entry) => [el("img", { class: "photo", src: entry.url, alt: entry.text || "照片" })],
  voice,
  location: (entry, context) => [pinned(entry, context.bounds)],
};

function card(entry, context) {
  const rows = (entry.rows ?? []).flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]);
  const go = entry.url
    ? el("a", { class: "go", href: entry.url, target: "_blank", rel: "noopener noreferrer" }, "查看详情", icon("next"))
    : null;
  return el("article", { class: "card" },
    el("header", {}, entry.title, entry.origin ? el("small", {}, entry.origin) : null),
    entry.picture ? el("img", { src: entry.picture, alt: "" }) : null,
    entry.text ? el("p", {}, ...tappableText(entry.text, context.say)) : null,
    rows.length ? el("dl", {}, ...rows) : null,
    go);
}

/** Entry → element. `context`: persona, account, bounds of the map, say(text, menuId). */
export function draw(entry, context) {
  if (entry.kind === "notice") return el("p", { class: "notice" }, entry.text);
  if (entry.kind === "card") return card(entry, context);
  const bare = entry.kind === "image" || entry.kind === "location";
  const speaker = entry.mine ? context.persona.name : context.account;
  return el("div", { class: entry.mine ? "line mine" : "line" },
    entry.mine ? avatar(context.persona) : accountAvatar(),
    el("div", { class: bare ? "bubble bare" : "bubble" }, el("span", { class: "hidden" }, `${speaker}：`), ...BODIES[entry.kind](entry, context)));
}

export function typingLine() {
  return el("div", { class: "line", id: "typing" }, accountAvatar(), el("div", { class: "bubble" }, el("span", { class: "typing" }, el("i"), el("i"), el("i")), el("span", { class: "hidden" }, "对方正在输入")));
}
