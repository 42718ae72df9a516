// Tie a task to another one: by its key, or picked from what the search finds while one types.
import { $, $$ } from "app/dom";
import { post } from "app/post";
import { refuse } from "app/toast";

const KEY = /^[A-Za-z][A-Za-z0-9]{1,7}-[1-9][0-9]{0,8}$/;

customElements.define("flow-ties", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", ({ target }) => target === this.field && this.look());
    this.addEventListener("keydown", (event) => event.target === this.field && this.keys(event));
    this.addEventListener("focusout", ({ relatedTarget }) => !this.contains(relatedTarget) && this.shut());
    this.addEventListener("pointerdown", (event) => event.target.closest("[role=option]") && event.preventDefault());
    this.addEventListener("click", (event) => { const one = event.target.closest("[role=option]"); if (one) this.tie(one.dataset.ref); });
  }

  get field() { return $("input", this); }
  get found() { return $(".tie-found", this); }

  look() {
    clearTimeout(this.timer);
    const text = this.field.value.trim();
    if (text.length < 2) return this.shut();
    this.timer = setTimeout(() => this.search(text), 150);
  }

  async search(text) {
    try {
      const response = await fetch(`${this.dataset.search}?q=${encodeURIComponent(text)}`, { headers: { "X-Fragments": "palette", "HX-Request": "true" } });
      if (!response.ok || text !== this.field.value.trim()) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.draw([...page.querySelectorAll(".palette-item[data-ref]")].filter((one) => one.dataset.ref !== this.dataset.ref).slice(0, 8));
    } catch { this.shut(); }
  }

  draw(links) {
    this.found.replaceChildren(...links.map((link, at) => {
      const one = Object.assign(document.createElement("div"), { className: "menu-item", id: `tie-${at}` });
      one.setAttribute("role", "option");
      one.dataset.ref = link.dataset.ref;
      one.append(Object.assign(document.createElement("span"), { className: "key", textContent: link.dataset.ref }), Object.assign(document.createElement("span"), { className: "truncate", textContent: $("span", link).textContent }));
      return one;
    }));
    if (!links.length) return this.shut();
    this.found.setAttribute("data-open", ""); // what others do meanwhile does not empty it
    const at = this.field.getBoundingClientRect();
    if (!this.found.matches(":popover-open")) this.found.showPopover();
    const own = this.found.getBoundingClientRect(), top = at.bottom + 4 + own.height > innerHeight ? at.top - own.height - 4 : at.bottom + 4;
    this.found.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`;
    this.found.style.top = `${Math.max(8, top)}px`;
    this.field.setAttribute("aria-expanded", "true");
    this.choose(0);
  }

  choose(step) {
    const all = $$("[role=option]", this.found), at = all.findIndex((one) => one.ariaSelected === "true");
    const next = all[(Math.max(0, at) + step + all.length) % all.length];
    for (const one of all) one.ariaSelected = one === next ? "true" : "false";
    if (next) this.field.setAttribute("aria-activedescendant", next.id);
    next?.scrollIntoView({ block: "nearest" });
  }

  keys(event) {
    const open = this.found.matches(":popover-open"), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) { event.preventDefault(); this.choose(step); }
    if (event.key === "Escape") { event.stopPropagation(); if (open) this.shut(); else { this.field.value = ""; this.field.blur(); } }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const typed = this.field.value.trim(), chosen = open && $("[aria-selected=true]", this.found);
    if (KEY.test(typed)) this.tie(typed.toUpperCase()); else if (chosen) this.tie(chosen.dataset.ref);
  }

  async tie(ref) {
    const was = this.field.value;
    this.field.value = "";
    this.shut();
    try { await post(this.dataset.url, { [$("select", this).value]: ref }); } catch (error) { this.field.value = was; refuse(error); }
    this.field.focus();
  }

  shut() {
    clearTimeout(this.timer);
    if (this.found?.matches(":popover-open")) this.found.hidePopover();
    this.found?.removeAttribute("data-open");
    this.field?.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-activedescendant");
  }
});
