// Everything here only eases what the pages already do without it.
import { startDrafts } from "./drafts.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startReply } from "./reply.js";

startDrafts();
startReply();
startKeys();
startLive();

const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}
