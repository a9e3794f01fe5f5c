// Finds in a bot's text what a thumb may tap: numbered choices, quoted words to reply, links.

// A choice stands at the start of a line, behind a wide space or a mark, or behind another choice.
const OPENS = "^|[　。！？；：，”）】]";
const NUMBER = "\\d{1,2}[ 、．](?=[^\\s\\d])";
const CHOICE = new RegExp(
  `(${OPENS}|(?<=(?:${OPENS})${NUMBER}[^　\\n。！？]*)\\s+)(\\d{1,2})[ 、．](?=[^\\s\\d])([^　\\n]*?)(?=　|\\s+${NUMBER}|\\s{2,}|\\s*$)`,
  "gmu",
);
const TAPPABLE = /<a\s+href="([^"]*)"[^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>“”，。；）　]+)|(?:回复|发送)[“「]([^”」\n]{1,20})[”」]/gu;

function anchored(href, label) {
  if (/^https?:\/\//u.test(href)) return { kind: "link", text: label, href };
  const query = new URLSearchParams(href.split("?")[1] ?? "");
  const send = query.get("msgmenucontent");
  return send ? { kind: "say", text: label, send, menuId: query.get("msgmenuid") ?? "" } : { kind: "text", text: label };
}

function tapped(match) {
  const [whole, href, label, address, quoted] = match;
  if (href !== undefined) return [anchored(href, label)];
  if (address !== undefined) return [{ kind: "link", text: address, href: address }];
  const at = whole.indexOf(quoted);
  return [
    { kind: "text", text: whole.slice(0, at) },
    { kind: "say", text: quoted, send: quoted },
    { kind: "text", text: whole.slice(at + quoted.length) },
  ];
}

function split(text, pattern, found) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push(...found(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

function choicesIn(text) {
  const found = [...text.matchAll(CHOICE)];
  // One lone number is more often part of a sentence than a choice; "0 取消" alone is a choice.
  if (found.length < 2 && !found.some((match) => match[2] === "0")) return [{ kind: "text", text }];
  return split(text, CHOICE, ([, before, digit, label]) => [
    { kind: "text", text: before === "　" ? "" : before },
    { kind: "choice", text: label, send: digit },
  ]);
}

/** Text → [{kind: "text" | "choice" | "say" | "link", text, send?, href?}], in order, nothing lost. */
export function pieces(text) {
  return split(text, TAPPABLE, tapped)
    .flatMap((piece) => (piece.kind === "text" ? choicesIn(piece.text) : [piece]))
    .filter((piece) => piece.text);
}
