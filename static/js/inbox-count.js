// The number beside the inbox: asked anew when it has changed, by whichever page or person.
import { $$ } from "app/dom";

const PAUSE = 300; // many changes at once are one question
let timer;

const LATER = 300_000; // without a word: what was told while nothing could ring is found so

function soon() { clearTimeout(timer); timer = setTimeout(ask, PAUSE); }

addEventListener("flow:inbox-changed", soon);
addEventListener("online", soon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
setInterval(() => { if (!document.hidden) soon(); }, LATER);

async function ask() {
  const response = await fetch(`/api/v1/workspaces/${document.body.dataset.workspace}/inbox/counts/`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return;
  const counts = await response.json();
  for (const one of $$("[data-inbox-count]")) {
    const count = counts[one.dataset.inboxCount];
    one.hidden = !count;
    one.textContent = count > 99 ? "99+" : count;
    one.setAttribute("aria-label", `${count} unread`);
  }
}
