// A sign-in that ran out: said above the page, which stays as it is; after signing in again, here or in another tab, what waited
// is sent. Whoever else signs in gets a page of their own and never this one's words.
import { allNames, refresh } from "app/fragments";
import { closed, recognised } from "app/wire";
import { toast } from "app/toast";

const channel = "BroadcastChannel" in window ? new BroadcastChannel("flowboard:signed-in") : null;
let timer;

addEventListener("flow:signed-out", ({ detail: { why } }) => {
  line()?.remove();
  const other = why === "somebody else";
  const note = make("div", { className: "banner is-warn", id: "signed-out" });
  note.setAttribute("role", "alert");
  note.append(make("span", { className: "grow", textContent: other ? "Somebody else is signed in here now. What you did is kept for you, and not sent." : "You are signed out. What you typed is kept, and sent when you are back." }));
  if (other) note.append(make("a", { className: "btn btn-s", href: location.pathname, textContent: "Load the page again" }));
  else note.append(link("Sign in again"), link("in a new tab", "_blank"));
  (document.getElementById("banners") ?? document.body).append(note);
  clearInterval(timer);
  timer = setInterval(look, 15_000);
});

addEventListener("flow:signed-in", () => {
  clearInterval(timer);
  line()?.remove();
  toast("You are signed in again. What waited is sent.");
  refresh(allNames());
});

const line = () => document.getElementById("signed-out");
const look = () => closed() && recognised();

function link(words, target = "") {
  const made = make("a", { className: target ? "btn btn-ghost btn-s" : "btn btn-s", href: `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`, textContent: words, target });
  if (target) made.rel = "opener";
  made.toggleAttribute("data-full", true);
  return made;
}

function make(tag, facts) { return Object.assign(document.createElement(tag), facts); }

channel?.addEventListener("message", look);
channel?.postMessage("");
addEventListener("focus", look);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
