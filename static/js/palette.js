// ⌘K: jump to a task, a project or a page, or run a command; and the keys that work everywhere.
import { $, $$ } from "app/dom";
import { show } from "app/dialogs";
import { chord, key, singleKeys, withMod } from "app/keys";
import { fold, go } from "app/router";
import { post } from "app/post";
import { redoChange, refuse, undoChange } from "app/toast";
import { flip } from "app/theme";

const dialog = () => $("#palette");
const DO = {
  create: () => document.dispatchEvent(new CustomEvent("flow:create", { bubbles: true })),
  undo: () => undoChange(), theme: flip, keys: () => show($("#keys")),
};

class Palette extends HTMLElement {
  connectedCallback() {
    this.field = $("input", this);
    this.results = $(".palette-results", this);
    this.commands = [...$("template", this).content.children];
    this.field.addEventListener("input", () => this.look());
    this.addEventListener("keydown", (event) => this.walk(event));
    this.results.addEventListener("pointermove", (event) => this.choose(event.target.closest(".palette-item")));
    this.results.addEventListener("click", (event) => this.run(event.target.closest(".palette-item"), event));
  }

  open() {
    if (dialog().open) return;
    dialog().showModal();
    this.field.value = "";
    this.field.focus();
    this.look();
  }

  look() {
    const words = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = this.commands.filter((one) => words.every((word) => `${one.dataset.words} ${one.textContent}`.toLowerCase().includes(word)));
    this.local = fits.map((one) => one.cloneNode(true));
    this.draw([]);
    clearTimeout(this.timer);
    if (words.length) this.timer = setTimeout(() => this.search(this.field.value.trim()), 120);
  }

  async search(text) {
    try {
      const response = await fetch(`${this.dataset.url}?q=${encodeURIComponent(text)}`, { headers: { "X-Fragments": "palette", "HX-Request": "true" } });
      if (!response.ok || text !== this.field.value.trim()) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.draw([...page.querySelectorAll(".palette-item")].map((one) => document.importNode(one, true)));
    } catch { /* offline: what is on the page still answers */ }
  }

  draw(found) {
    const known = new Set(found.map((one) => one.getAttribute("href")));
    const local = this.local.filter((one) => !known.has(one.getAttribute("href")));
    const group = (words) => Object.assign(document.createElement("div"), { className: "palette-group", textContent: words, role: "presentation" });
    this.results.replaceChildren(...(found.length ? [group("Found"), ...found, ...(local.length ? [group("Go and do")] : [])] : []), ...local);
    if (!found.length && !local.length) this.results.replaceChildren(Object.assign(document.createElement("p"), { className: "palette-empty", textContent: "Nothing found." }));
    $$(".palette-item", this.results).forEach((one, at) => { one.id = `palette-${at}`; one.tabIndex = -1; });
    this.choose($(".palette-item", this.results));
  }

  choose(item) {
    if (!item) return;
    for (const one of $$("[aria-selected]", this.results)) one.removeAttribute("aria-selected");
    item.setAttribute("aria-selected", "true");
    this.field.setAttribute("aria-activedescendant", item.id);
  }

  walk(event) {
    const all = $$(".palette-item", this.results), at = all.findIndex((one) => one.getAttribute("aria-selected"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); const next = all[(at + step + all.length) % all.length]; this.choose(next); next?.scrollIntoView({ block: "nearest" }); }
    if (event.key === "Enter" && all[at]) { event.preventDefault(); this.run(all[at], event); }
  }

  run(item, event) {
    if (!item) return;
    event.preventDefault();
    event.stopPropagation();
    dialog().close();
    if (item.dataset.do) return DO[item.dataset.do]();
    if (event.metaKey || event.ctrlKey) window.open(item.href, "_blank"); else if ("full" in item.dataset) location.assign(item.href); else go(item.href);
  }
}
customElements.define("flow-palette", Palette);

const open = () => $("flow-palette")?.open();
const base = () => `/w/${document.body.dataset.workspace}`;
const project = () => $("flow-board, flow-list, #pane")?.dataset.key ?? $(".nav-projects .nav-item[aria-current] .key")?.textContent;
addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette]")) open();
  if (event.target.closest?.("[data-keys]")) DO.keys();
});
withMod("k", open);
withMod("z", () => undoChange());
withMod("shift+z", redoChange);
key("/", open);
key("?", DO.keys);
key("[", fold);
key("c", DO.create);
chord("g", "h", () => go(`${base()}/`));
chord("g", "i", () => go(`${base()}/inbox/`));
chord("g", "a", () => go(`${base()}/activity/`));
chord("g", "p", () => go(`${base()}/members/`));
chord("g", "s", () => go(`${base()}/settings/`));
chord("g", "b", () => project() && go(`${base()}/p/${project()}/board/`));
chord("g", "l", () => project() && go(`${base()}/p/${project()}/list/`));
chord("g", "n", () => project() && go(`${base()}/p/${project()}/insights/`));

const setting = $("[data-single-keys]");
if (setting) {
  setting.checked = singleKeys();
  setting.addEventListener("change", () => {
    document.body.dataset.singleKeys = setting.checked ? "on" : "off";
    post("/profile/", { single_keys: setting.checked ? 1 : 0 }, { quiet: true, part: "keys" }).catch(refuse);
  });
}
