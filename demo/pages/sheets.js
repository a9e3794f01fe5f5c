// What slides up: photos, places on the map, codes to scan, voice.
import { byId, el, icon, onMap } from "./dom.js";

function open(title, body, done) {
  const sheet = byId("sheet");
  byId("sheet-title").textContent = title;
  byId("sheet-body").replaceChildren(...body);
  const button = byId("sheet-done");
  button.hidden = !done;
  button.onclick = () => { close(); done(); };
  if (!sheet.open) sheet.show();
  behind(true);
  (sheet.querySelector("[aria-pressed=true], .options button, .pictures button") ?? button).focus();
}

function behind(inert) {
  for (const id of ["log", "dock"]) byId(id).inert = inert;
}

export function close() {
  byId("sheet").close();
  behind(false);
  byId("plus").focus({ preventScroll: true });
}

function option(title, hint, sign, onclick) {
  return el("li", {}, el("button", { type: "button", onclick }, el("strong", {}, title), hint ? el("small", {}, hint) : null, icon(sign)));
}

/** A picture of the samples or one's own file. */
export function photoSheet(samples, { sample, own }) {
  const pick = (photo) => () => { close(); sample(photo.id); };
  const cells = samples.map((photo) => el("button", { type: "button", onclick: pick(photo) }, el("img", { src: photo.url, alt: "" }), photo.label));
  const mine = el("button", { type: "button", onclick: () => { close(); own(); } }, el("span", { class: "own" }, icon("plus")), "我的照片");
  open("发照片", [el("p", { class: "note" }, "样张里带着拍摄地点（EXIF），看看说事台存下来的还有没有。"), el("div", { class: "pictures" }, ...cells, mine)]);
}

/** A place of the community, chosen on the map or in the list. */
export function placeSheet(places, bounds, send) {
  let chosen = places[0];
  const pressed = [];
  const choose = (place) => {
    chosen = place;
    for (const [button, its] of pressed) button.setAttribute("aria-pressed", String(its === place));
  };
  const pins = places.map((place) => {
    const button = el("button", { type: "button", "aria-label": place.name, title: place.name, onclick: () => choose(place) });
    Object.assign(button.style, onMap(bounds, place.latitude, place.longitude));
    pressed.push([button, place]);
    return button;
  });
  const rows = places.map((place) => {
    const row = option(place.name, place.hint, "tick", () => choose(place));
    pressed.push([row.firstChild, place]);
    return row;
  });
  choose(chosen);
  open("发位置", [el("div", { class: "map" }, ...pins), el("ul", { class: "options" }, ...rows)], () => send(chosen));
}

/** A code on a wall, or any scene string typed in. */
export function scanSheet(scenes, send) {
  const rows = scenes.map((scene) => option(scene.label, scene.hint, "next", () => { close(); send(scene.scene); }));
  const field = el("input", { name: "scene", maxlength: "64", placeholder: "或输入二维码的场景值", "aria-label": "二维码的场景值" });
  const form = el("form", { class: "field", onsubmit: (event) => { event.preventDefault(); if (field.value.trim()) { close(); send(field.value.trim()); } } }, field, el("button", { class: "primary" }, "扫这个"));
  open("扫一扫", [el("div", { class: "finder", "aria-hidden": "true" }, icon("scan")), el("ul", { class: "options" }, ...rows), form]);
}

/** A spoken sentence, with or without the transcript that WeChat may or may not send. */
export function voiceSheet(sentences, send) {
  const transcript = el("input", { type: "checkbox", id: "transcript", checked: true });
  const rows = sentences.map((text) => option(text, "", "next", () => { close(); send(text, transcript.checked); }));
  open("发语音", [el("p", { class: "note" }, "选一句，当作您说的话。"), el("ul", { class: "options" }, ...rows), el("label", { class: "tick-box" }, transcript, "微信附上了识别出的文字")]);
}
