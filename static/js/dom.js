// Small things every module draws with.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function say(words) {
  const host = $("#announcer");
  host.textContent = "";
  requestAnimationFrame(() => { host.textContent = words; });
}

export function isTyping(target) {
  return !!target?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable='true']");
}

// From where a thing stood to where it stands: first, last, invert, play.
export function glide(element, from, duration = 150) {
  if (calm() || !from) return;
  const to = element.getBoundingClientRect();
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (Math.abs(x) + Math.abs(y) < 2) return;
  element.animate([{ translate: `${x}px ${y}px` }, { translate: "0 0" }], { duration, easing: "cubic-bezier(0.2, 0, 0, 1)" });
}
