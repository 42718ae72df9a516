// @ in a longer text offers the people who can see the task; what is chosen is written as @AnnaSchmidt.
import { $$, say } from "app/dom";

const MOST = 6;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Mentions extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone, within = this.closest("flow-pane") ?? document;
    within.addEventListener("input", ({ target }) => this.look(target), { signal });
    within.addEventListener("keydown", (event) => this.keys(event), { signal, capture: true });
    within.addEventListener("focusout", () => setTimeout(() => this.close(), 150), { signal });
    this.addEventListener("pointerdown", (event) => { event.preventDefault(); this.take(event.target.closest("[data-name]")); });
    for (const kind of ["scroll", "resize"]) addEventListener(kind, () => this.close(), { signal, capture: true });
  }

  disconnectedCallback() { this.gone.abort(); }

  // The word that is being written, from its @ to the caret.
  look(field) {
    if (!field.matches?.("[data-editor] textarea")) return;
    const before = field.value.slice(0, field.selectionStart), word = before.match(/(?:^|[^\w/@.])@([\p{L}\p{N}_.'’-]*)$/u)?.[1];
    if (word === undefined) return this.close();
    const wanted = fold(word), all = $$("[data-name]", this);
    const fits = (one) => fold(one.dataset.name).split(/\s+/).some((part) => part.startsWith(wanted)) || fold(one.dataset.name).replace(/\s+/g, "").startsWith(wanted);
    this.shown = all.filter(fits).slice(0, MOST);
    for (const one of all) one.hidden = !this.shown.includes(one);
    if (!this.shown.length) return this.close();
    this.field = field;
    this.length = word.length + 1;
    this.hidden = false;
    this.choose(0);
    this.place(field);
    field.setAttribute("aria-controls", this.id);
    if (this.shown.length > 1) say(`${this.shown.length} people`);
  }

  keys(event) {
    if (this.hidden || event.target !== this.field) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && !["Enter", "Tab", "Escape"].includes(event.key)) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.choose((this.at + step + this.shown.length) % this.shown.length);
    else if (event.key === "Escape") this.close();
    else this.take(this.shown[this.at]);
  }

  choose(at) {
    this.at = at;
    for (const [place, one] of this.shown.entries()) { one.toggleAttribute("data-active", place === at); one.setAttribute("aria-selected", place === at); }
    this.field.setAttribute("aria-activedescendant", this.shown[at].id);
  }

  take(one) {
    if (!one) return;
    const { field } = this, caret = field.selectionStart, name = `@${one.dataset.name.replace(/\s+/g, "")} `;
    field.setRangeText(name, caret - this.length, caret, "end");
    this.close();
    field.focus();
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  close() {
    this.hidden = true;
    this.field?.removeAttribute("aria-activedescendant");
  }

  // Below the line of the caret, measured in a copy of the field.
  place(field) {
    const at = field.getBoundingClientRect(), copy = document.createElement("div"), style = getComputedStyle(field);
    for (const name of ["font", "letterSpacing", "padding", "border", "lineHeight", "boxSizing", "direction", "wordBreak"]) copy.style[name] = style[name];
    Object.assign(copy.style, { position: "fixed", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${at.width}px`, insetBlockStart: 0, insetInlineStart: 0 });
    const mark = Object.assign(document.createElement("span"), { textContent: "@" });
    copy.append(field.value.slice(0, field.selectionStart - this.length), mark);
    document.body.append(copy);
    const { left, bottom } = mark.getBoundingClientRect(), from = copy.getBoundingClientRect(), own = this.getBoundingClientRect();
    copy.remove();
    const y = Math.min(at.top + bottom - from.top - field.scrollTop + 4, at.bottom + 4), x = at.left + left - from.left;
    this.style.top = `${y + own.height > innerHeight - 8 ? Math.max(8, y - own.height - 28) : y}px`;
    this.style.left = `${Math.max(8, Math.min(x, innerWidth - own.width - 8))}px`;
  }
}
customElements.define("flow-mentions", Mentions);
