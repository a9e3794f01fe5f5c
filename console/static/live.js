// Live pages: the server says that something changed, the page is fetched anew, and the regions
// marked data-live take over what differs. Forms being filled in lie outside of them.
import { noticeNewer } from "./reply.js";

let mark = "";
let busy = false;
let again = false;

// What was opened inside of a region stays open, with what was chosen there.
function reopen(opened) {
  for (const [id, chosen] of opened) {
    const one = document.getElementById(id);
    if (!one) continue;
    one.open = true;
    const select = one.querySelector("select");
    if (select && chosen) select.value = chosen;
  }
}

function swap(fresh) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const twin = fresh.querySelector(`[data-live="${region.dataset.live}"]`);
    if (!twin) continue;
    for (const name of ["mark", "newest", "announceAs"]) {
      if (twin.dataset[name] !== undefined) region.dataset[name] = twin.dataset[name];
    }
    if (twin.innerHTML === region.innerHTML) continue;
    const focused = region.contains(document.activeElement) && document.activeElement.id;
    const typing = region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (typing) continue;
    const opened = [...region.querySelectorAll("details[open][id]")].map((one) => [one.id, one.querySelector("select")?.value]);
    const scrolled = region.querySelector(".talk")?.scrollTop ?? 0;
    region.replaceChildren(...twin.childNodes);
    reopen(opened);
    if (scrolled) region.querySelector(".talk")?.scrollTo(0, scrolled);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

async function refresh(source) {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  do {
    again = false;
    const answer = await fetch(location.href.split("#")[0], { headers: { "X-Live": "1" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) break;
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    noticeNewer();
    document.querySelector("[data-announce]").textContent = source.dataset.announceAs ?? "";
  } while (again);
  busy = false;
  return undefined;
}

function hear(source, event) {
  const { mark: now, others } = JSON.parse(event.data);
  const presence = document.querySelector("[data-others]");
  if (presence) {
    presence.hidden = others.length === 0;
    presence.textContent = `${others.join("、")} 也在看`;
  }
  const shown = mark || source.dataset.mark;
  mark = now;
  if (now !== shown) refresh(source);
}

// A browser allows few open streams, so only the page that is looked at keeps one.
export function startLive() {
  const source = document.querySelector("[data-events]");
  if (!source) return;
  let stream = null;
  const open = () => {
    stream = new EventSource(source.dataset.events);
    stream.onmessage = (event) => hear(source, event);
    stream.addEventListener("signed-out", () => location.reload());
  };
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    if (!document.hidden) open();
  });
  addEventListener("pagehide", () => stream?.close());
  open();
}
