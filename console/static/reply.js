// The reply box: canned replies, blanks still open, length, and messages that came meanwhile.
const BLANK = /[{｛][^{}｛｝]*[}｝]/g;

function nextBlank(area, from) {
  BLANK.lastIndex = from;
  const found = BLANK.exec(area.value);
  if (!found) return false;
  area.focus();
  area.setSelectionRange(found.index, found.index + found[0].length);
  return true;
}

function insert(area, text) {
  area.value = area.value.trim() ? `${area.value.trimEnd()}\n${text}` : text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  if (!nextBlank(area, 0)) area.focus();
}

function tell(form, area) {
  const blanks = [...new Set(area.value.match(BLANK) ?? [])];
  const most = Number(area.dataset.max);
  form.querySelector("[data-count]").textContent =
    area.value.length > most * 0.8 ? `${area.value.length} / ${most} 字` : "";
  form.querySelector("[data-blanks]").textContent = blanks.length
    ? `还有 ${blanks.length} 处没填：${blanks.join("、")}（按 Tab 跳到下一处）`
    : "";
}

// Called after the conversation beside the form was brought up to date.
export function noticeNewer() {
  const form = document.querySelector("[data-reply]");
  const frame = document.querySelector("[data-newest]");
  if (!form || !frame) return;
  form.querySelector("[data-newer]").hidden = frame.dataset.newest === form.elements.seen.value;
}

export function startReply() {
  const form = document.querySelector("[data-reply]");
  if (!form) return;
  const area = form.elements.text;
  area.addEventListener("input", () => tell(form, area));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey && nextBlank(area, area.selectionEnd)) {
      event.preventDefault();
    }
  });
  form.addEventListener("click", (event) => {
    const canned = event.target.closest("[data-canned]");
    if (canned) {
      event.preventDefault();
      canned.closest("details").open = false;
      insert(area, canned.dataset.canned);
    }
    if (event.target.closest("[data-newer-seen]")) {
      form.elements.seen.value = document.querySelector("[data-newest]").dataset.newest;
      noticeNewer();
      area.focus();
    }
  });
  tell(form, area);
}
