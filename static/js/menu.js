// Menus are native popovers: placed beside what opened them, walked with the arrows, filtered by typing.
let invoker = null;
const GAP = 4;

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  if (opener) invoker = opener;
  const item = event.target.closest?.(".menu-item");
  if (item && item.getAttribute("role") !== "menuitemcheckbox") item.closest("[popover]")?.hidePopover();
}, true);

export function openAt(menu, anchor) {
  invoker = anchor;
  menu.showPopover();
}

export function openerOf(menu) { return menu.flowOpener; }

addEventListener("beforetoggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  if (event.newState === "open") {
    menu.flowOpener = invoker ?? document.querySelector(`[popovertarget="${menu.id}"]`);
    menu.flowOpener?.setAttribute("aria-expanded", "true");
    requestAnimationFrame(() => { place(menu, menu.flowOpener); focusFirst(menu); });
  } else {
    menu.flowOpener?.removeAttribute("aria-expanded");
    const filter = menu.querySelector("[data-menu-filter]");
    if (filter) { filter.value = ""; narrow(menu, ""); }
  }
}, true);

function place(menu, anchor) {
  if (!anchor || matchMedia("(max-width: 47.99rem)").matches) return;
  const at = anchor.getBoundingClientRect(), own = menu.getBoundingClientRect();
  const rtl = getComputedStyle(anchor).direction === "rtl";
  let left = rtl ? at.right - own.width : at.left;
  if (left + own.width > innerWidth - 8) left = at.right - own.width;
  const below = innerHeight - at.bottom - GAP, above = at.top - GAP;
  const top = own.height <= below || below >= above ? at.bottom + GAP : at.top - own.height - GAP;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - own.height - 8))}px`;
}

function items(menu) {
  return [...menu.querySelectorAll(".menu-item:not([hidden]), .menu-segments button")].filter((one) => one.offsetParent);
}

function focusFirst(menu) {
  const field = menu.querySelector("[data-menu-filter], input, select");
  const first = (menu.querySelector("[data-menu-filter], [autofocus]")) ?? items(menu)[0] ?? field;
  first?.focus({ preventScroll: true });
}

function narrow(menu, text) {
  const wanted = text.trim().toLowerCase();
  let shown = 0;
  for (const one of menu.querySelectorAll(".menu-item:not([data-menu-keep])")) {
    one.hidden = wanted !== "" && !one.textContent.toLowerCase().includes(wanted);
    if (!one.hidden) shown += 1;
  }
  for (const title of menu.querySelectorAll(".menu-title, .menu-rule")) title.hidden = wanted !== "";
  const empty = menu.querySelector(".menu-empty");
  if (empty) empty.hidden = shown > 0;
}

addEventListener("input", (event) => {
  if (event.target.matches?.("[data-menu-filter]")) narrow(event.target.closest(".menu"), event.target.value);
});

addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu) return;
  const filter = event.target.matches("[data-menu-filter]");
  if (event.target.matches("input, textarea, select") && !filter) return;
  const all = items(menu), at = all.indexOf(document.activeElement);
  const go = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Home: filter ? null : 0, End: filter ? null : all.length - 1 }[event.key];
  if (go != null) {
    event.preventDefault();
    all[(go + all.length) % all.length]?.focus();
  } else if (event.key === "Enter" && filter) {
    event.preventDefault();
    (all.find((one) => !one.hasAttribute("data-menu-keep")) ?? all[0])?.click();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  }
  if (event.key !== "Escape") event.stopPropagation();
}, true);
