// What is being written stays in this browser until it is handed in or the person signs out.
const PREFIX = "draft:";

function clearAll() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}

export function startDrafts() {
  for (const done of document.querySelectorAll("[data-draft-clear]")) {
    localStorage.removeItem(done.dataset.draftClear);
  }
  for (const area of document.querySelectorAll("textarea[data-draft]")) {
    const kept = localStorage.getItem(area.dataset.draft);
    if (kept && !area.value) area.value = kept;
    area.addEventListener("input", () => {
      if (area.value) localStorage.setItem(area.dataset.draft, area.value);
      else localStorage.removeItem(area.dataset.draft);
    });
  }
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", clearAll);
}
