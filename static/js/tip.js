// One tooltip for the page: the words of data-tip, and the key that does the same.
import { keyName } from "app/load";

const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "tooltip");
tip.popover = "manual";
let timer, warm = 0;

function showFor(target) {
  if (!target.isConnected || target.matches("[aria-expanded='true']")) return;
  if (target.closest(".nav-item") && !document.body.classList.contains("is-folded") && !target.dataset.key) return;
  tip.replaceChildren(Object.assign(document.createElement("span"), { textContent: target.dataset.tip }));
  for (const key of (target.dataset.key ?? "").split(" ").filter(Boolean)) tip.append(Object.assign(document.createElement("kbd"), { textContent: keyName(key) }));
  if (!tip.isConnected) document.body.append(tip);
  tip.showPopover();
  const at = target.getBoundingClientRect(), own = tip.getBoundingClientRect();
  const below = at.bottom + own.height + 10 < innerHeight;
  tip.style.left = `${Math.max(6, Math.min(at.left + at.width / 2 - own.width / 2, innerWidth - own.width - 6))}px`;
  tip.style.top = `${below ? at.bottom + 6 : at.top - own.height - 6}px`;
}

function hide() {
  clearTimeout(timer);
  if (tip.isConnected && tip.matches(":popover-open")) { tip.hidePopover(); warm = Date.now(); }
}

addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const target = event.target.closest?.("[data-tip]");
  hide();
  if (target) timer = setTimeout(() => showFor(target), Date.now() - warm < 300 ? 60 : 500);
});
addEventListener("focusin", (event) => {
  hide();
  if (event.target.matches?.("[data-tip]:focus-visible")) timer = setTimeout(() => showFor(event.target), 500);
});
for (const name of ["pointerdown", "keydown", "scroll", "blur"]) addEventListener(name, hide, true);
