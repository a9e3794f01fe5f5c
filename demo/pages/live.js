// Talking to the server: the live stream down, pushes up.

/** Follows the stream; `heard(event, body)` for each entry, `connected(boolean)` on changes. */
export function follow(after, heard, connected) {
  const stream = new EventSource(`/demo/live?after=${after}`);
  for (const name of ["message", "typing", "trace", "follow"]) {
    stream.addEventListener(name, (event) => heard(name, JSON.parse(event.data)));
  }
  stream.addEventListener("hello", (event) => {
    connected(true);
    heard("hello", JSON.parse(event.data));
  });
  stream.onerror = () => connected(false);
  return stream;
}

export async function state() {
  const response = await fetch("/demo/state");
  if (!response.ok) throw new Error(`state: ${response.status}`);
  return response.json();
}

export function push(body) {
  return fetch("/demo/push", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export function photo(openid, file) {
  return fetch(`/demo/photo?as=${encodeURIComponent(openid)}`, { method: "POST", headers: { "Content-Type": file.type }, body: file });
}
