// One suggestion: written while one watches, then put in place of the text, added below, edited or discarded. It touches the
// field only when somebody takes it, and what they typed meanwhile stays.
import { $, $$ } from "app/dom";
import { mark } from "app/aided";
import { token } from "app/post";
import { receiptOf, sentOf } from "app/receipt";
import { write } from "app/write-stream";

const PLACES = { description: "description", body: "comment" };
const LANGUAGE = "ai-language"; // asked for last
const WORKS_ON = ["write.rewrite", "write.translate"]; // a text that is there

export class Suggestion {
  constructor(host, form, wish) {
    Object.assign(this, { host, form, wish, field: $("textarea", form), text: "", id: "" });
    const { value, selectionStart: start, selectionEnd: end } = this.field;
    this.asked = start < end ? { value, start, end } : { value, start: 0, end: value.length };
    this.box = $("template", host).content.firstElementChild.cloneNode(true);
    this.box.addEventListener("click", ({ target }) => { const act = target.closest("[data-do]"); if (act) this[act.dataset.do](); });
    this.box.addEventListener("keydown", (event) => this.key(event));
    $(".editor-foot", form).before(this.box);
    form.setAttribute("data-open", ""); // what others do meanwhile is drawn around it
    if (wish.ask) this.ask(); else this.go();
  }

  get at() { return $(".suggest-text", this.box); }
  get input() { return $("input", this.box); }
  get words() { return this.box.dataset.state === "editing" ? $("textarea", this.box).value : this.text.trim(); }
  get works() { return WORKS_ON.includes(this.wish.purpose); }

  ask() {
    $(".suggest-ask span", this.box).textContent = this.wish.ask;
    if (this.wish.name === "language") this.input.value = localStorage.getItem(LANGUAGE) ?? "";
    this.show("asking", "", () => this.input);
  }

  fields(again) {
    const { purpose, how, name } = this.wish, { value, start, end } = this.asked;
    return {
      purpose, task: this.host.dataset.ref, place: PLACES[this.form.dataset.field], again: again ? 1 : 0, ...(how && { how }), ...(name && { [name]: this.input.value.trim() }),
      ...(purpose !== "write.summarise" && { text: this.works ? value.slice(start, end) : value }),
    };
  }

  async go({ again = false } = {}) {
    if (this.wish.ask && !this.input.value.trim()) return this.input.focus();
    if (this.wish.name === "language") localStorage.setItem(LANGUAGE, this.input.value.trim());
    this.stopper = new AbortController();
    Object.assign(this, { text: "", id: "", receipt: null });
    this.draw();
    this.show("running", "Writing…", (button) => button("stop"));
    try {
      this.receipt = await write(this.host.dataset.url, this.fields(again), (...piece) => this.grow(...piece), this.stopper.signal);
      this.id = this.receipt.id;
      this.ready(`Ready: ${count(this.text)}`);
    } catch (error) { this.fail(error); }
  }

  grow(piece, id, whole) {
    if (!this.box.isConnected) return this.stop();
    this.id ||= id ?? "";
    this.text = whole ? piece : this.text + piece;
    this.draw();
  }

  // Plain while it comes; as it will look when it is whole, drawn by the server like every other text.
  draw() {
    const low = this.at.scrollHeight - this.at.scrollTop - this.at.clientHeight < 24;
    this.at.classList.add("as-typed");
    this.at.textContent = this.text;
    if (low) this.at.scrollTop = this.at.scrollHeight;
  }

  async finish() {
    const { text } = this, headers = { "X-CSRFToken": token(), "HX-Request": "true" };
    const response = await fetch(this.host.dataset.preview, { method: "POST", body: new URLSearchParams({ text }), headers }).catch(() => null);
    if (!response?.ok || this.text !== text) return;
    this.at.innerHTML = await response.text();
    this.at.classList.remove("as-typed");
  }

  ready(words) {
    this.finish();
    const details = $(".suggest-receipt", this.box), [summary, more] = details.children;
    $("span", summary).textContent = this.receipt ? receiptOf(this.receipt) : "Stopped: what came so far counts";
    summary.lastElementChild.hidden = !this.receipt;
    more.textContent = this.receipt ? sentOf(this.receipt) : "";
    this.show("done", words, (button) => button(this.works ? "replace" : "add"));
  }

  fail(error) {
    if (!this.box.isConnected) return;
    if (error.name === "AbortError" && this.text.trim()) return this.ready("Stopped");
    $(".suggest-trouble", this.box).textContent = error.name === "AbortError" ? "Stopped before anything was written." : error.status === 402 ? `${error.message} Writing by hand works as always.` : error.message;
    this.show("trouble", "", (button) => button(error.status === 402 ? "discard" : "again"));
  }

  stop() { this.stopper.abort(); }
  again() { this.go({ again: true }); }

  edit() {
    const own = $("textarea", this.box);
    own.value = this.words;
    this.show("editing", "", () => own);
  }

  // Where the text stands that was worked on, though more may have been typed around it; null where it is not there any more.
  place() {
    const { value, start, end } = this.asked, part = value.slice(start, end), now = this.field.value;
    if (now === value) return [start, end];
    const first = now.indexOf(part);
    return part && first >= 0 && first === now.lastIndexOf(part) ? [first, first + part.length] : null;
  }

  replace() {
    const found = this.place();
    if (!found) return this.show(this.box.dataset.state, "", (button) => button("add"));
    this.put(this.words, ...found);
  }

  add() {
    const { value } = this.field, gap = value.trim() ? (value.endsWith("\n\n") ? "" : value.endsWith("\n") ? "\n" : "\n\n") : "";
    this.put(gap + this.words, value.trim() ? value.length : 0, value.length);
  }

  // As if it were typed: the browser's own undo takes it back.
  put(words, start, end) {
    if (this.field.hidden) $("[data-preview-toggle]", this.form).click();
    this.field.focus();
    this.field.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) {
      this.field.setRangeText(words, start, end, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    mark(this.field, this.id);
    this.remove();
  }

  discard() {
    this.stopper?.abort();
    const inside = this.box.contains(document.activeElement);
    this.remove();
    if (inside) this.field.focus();
  }

  remove() {
    this.box.remove();
    if (this.form.dataset.editor === "new") this.form.removeAttribute("data-open");
    delete this.form.flowSuggestion;
  }

  key(event) {
    if (event.key !== "Tab") event.stopPropagation();
    const { state } = this.box.dataset, sent = event.key === "Enter" && (event.metaKey || event.ctrlKey);
    if (event.key === "Escape") { event.preventDefault(); if (state === "running") this.stop(); else this.discard(); }
    if (event.key === "Enter" && state === "asking") { event.preventDefault(); this.go(); }
    if (sent && ["done", "editing"].includes(state)) { event.preventDefault(); if (this.works && this.place()) this.replace(); else this.add(); }
  }

  // The focus goes on inside of the box, and is taken from nobody who writes elsewhere.
  show(state, words = "", next = null) {
    const free = document.activeElement === document.body || this.box.contains(document.activeElement) || document.activeElement?.matches("[popovertarget=write-menu], #write-menu *");
    this.box.dataset.state = state;
    for (const one of $$("[data-in]", this.box)) one.hidden = !one.dataset.in.split(" ").includes(state);
    const button = (name) => $(`[data-do=${name}]`, this.box), kept = !this.works || this.place();
    button("replace").hidden ||= !this.works || !kept;
    $(".suggest-note", this.box).hidden ||= kept;
    button("add").textContent = this.field.value.trim() ? "Add below" : "Insert";
    button("add").classList.toggle("btn-primary", button("replace").hidden);
    $(".suggest-state", this.box).textContent = words;
    this.at.setAttribute("aria-busy", state === "running");
    const target = next?.(button);
    if (free && target) requestAnimationFrame(() => (target.hidden ? button("add") : target).focus());
  }
}

function count(text) {
  const words = text.trim().split(/\s+/).length;
  return `${words} word${words === 1 ? "" : "s"}`;
}
