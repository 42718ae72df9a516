// A task, open: edits save themselves, keys reach every fact, what others change never overwrites what you write.
import { $, $$, isTyping } from "app/dom";
import { key } from "app/keys";
import { closePane, go } from "app/router";
import { wait } from "app/carry";
import { endDraft } from "app/drafts";
import { post } from "app/post";
import { dayFrom } from "app/tokens";
import { refuse } from "app/toast";
import "app/editor";
import "app/quick-add";

const COLORS = ["blue", "green", "amber", "red", "purple", "teal", "pink", "sky", "lime", "orange", "yellow", "gray"];
const pane = () => $("#pane");

class Pane extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.change(event));
    this.addEventListener("focusout", (event) => this.leave(event));
    this.addEventListener("keydown", (event) => this.keys(event));
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("input", (event) => event.target.matches("#label-menu [data-menu-filter]") && this.offerLabel(event.target));
    this.addEventListener("submit", (event) => { if (event.target.matches("[data-add]")) { event.preventDefault(); this.add(event.target); } });
  }

  get url() { return pane().dataset.url; }

  change({ target }) {
    if (target.matches("[data-check]")) return this.check(target);
    if (target.matches("[data-due]") && target.validity.valid) { target.closest("[popover]").hidePopover(); this.save({ due: target.value }); }
  }

  async check(box) {
    const row = box.closest(".check");
    row.classList.toggle("is-done", box.checked);
    try { await post(row.dataset.url, { done: box.checked ? 1 : 0 }); } catch (error) { box.checked = !box.checked; row.classList.toggle("is-done", box.checked); refuse(error); }
  }

  save(fields) { return post(this.url, { ...fields, version: pane().dataset.version }).catch(refuse); }

  // A field that saves itself: on leaving it, or with Enter.
  async leave({ target }) {
    if (!target.matches?.("[data-autosave]") || target.value === target.defaultValue) return;
    const text = target.value.replace(/\s*\n\s*/g, " ").trim(), was = target.defaultValue;
    if (!text) { target.value = was; return; }
    target.value = target.defaultValue = text;
    try {
      const { done, queued } = await post(target.dataset.autosave || this.url, { [target.name]: text, version: target.dataset.version });
      if (done?.version) target.dataset.version = done.version;
      if (queued) wait(target, queued);
    } catch (error) {
      target.defaultValue = was;
      target.focus();
      refuse(error);
    }
  }

  keys(event) {
    const { target } = event;
    if (target.matches("[data-autosave]")) {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); target.blur(); }
      if (event.key === "Escape") { event.stopPropagation(); target.value = target.defaultValue; endDraft(target); target.blur(); pane().focus(); }
    }
    if (target.closest("[data-add]") && event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.add(target.closest("[data-add]")); }
    if (target.closest("[data-add]") && event.key === "Escape") { event.stopPropagation(); target.blur(); pane().focus(); }
  }

  async add(form) {
    const field = $("textarea", form), text = field.value.trim();
    if (!text) return;
    field.value = "";
    try { const { queued } = await post(form.dataset.add, { [field.name]: text }); if (queued) stand(form, text, queued); } catch (error) { field.value = text; refuse(error); }
    field.focus();
  }

  click(event) {
    const step = event.target.closest("[data-pane-step]");
    if (step) return walk(Number(step.dataset.paneStep));
    const due = event.target.closest("[data-due-in]");
    if (due) return this.save({ due: day(due.dataset.dueIn) });
    const label = event.target.closest("[data-label-new]");
    if (label) this.newLabel(label);
  }

  offerLabel(field) {
    const name = field.value.trim(), item = $("[data-label-new]", this);
    const same = $$("#label-menu [data-toggle]", this).some((one) => one.textContent.trim().toLowerCase() === name.toLowerCase());
    item.hidden = !name || same;
    $("span", item).textContent = `Make the label “${name}”`;
    item.dataset.labelName = name;
  }

  newLabel(item) {
    const color = COLORS[$$("#label-menu [data-toggle]", this).length % COLORS.length];
    post(item.dataset.labelNew, { name: item.dataset.labelName, color, on: 1 }).catch(refuse);
    item.hidden = true;
  }
}
customElements.define("flow-pane", Pane);

// A line that waits to be sent, where it will stand.
function stand(form, text, id) {
  const list = form.previousElementSibling?.matches("ul") ? form.previousElementSibling : form.parentElement;
  const line = Object.assign(document.createElement(list.matches("ul") ? "li" : "div"), { className: "check", textContent: text, dir: "auto" });
  for (const name of ["data-ghost", "data-keep"]) line.setAttribute(name, "");
  wait(line, id);
  if (list.matches("ul")) list.append(line); else form.before(line);
}

function day(inDays) {
  if (inDays === "") return "";
  return dayFrom({ 0: "today", 1: "tomorrow" }[inDays] ?? inDays);
}

// The next or previous task in the order of the board or list behind the pane.
function walk(step) {
  const all = $$("#board .card, #list .list-row, #inbox .inbox-item[data-ref], .subtask[data-ref]"), ref = pane().dataset.ref;
  const here = all.findIndex((one) => one.dataset.ref === ref && !one.closest("#pane"));
  const to = all.filter((one) => !one.closest("#pane"))[here + step];
  if (to) { to.scrollIntoView({ block: "nearest", inline: "nearest" }); go($("a", to).href); }
}

// A conflict was settled in its dialog: the field holds what was chosen.
addEventListener("flow:settled", ({ detail }) => {
  for (const field of $$("#pane [data-autosave]")) {
    if (field.name !== detail.field || (field.dataset.autosave || pane().dataset.url) !== detail.url) continue;
    field.value = field.defaultValue = detail.text;
    $(".stale-note", field.parentElement)?.remove();
  }
});

addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.elt.hasAttribute?.("data-leaves")) closePane();
});

// Keys of an open task; a card in focus behind it keeps its own.
const free = (event) => !!pane() && !event.target.closest?.(".card, .list-row, .inbox-item") && !$(":popover-open:not(.toasts, .tip)");
const press = (id) => () => { const button = $(`#${id}`); if (button && !button.disabled) button.click(); };
for (const [name, id] of Object.entries({ s: "fact-status", a: "fact-assignees", p: "fact-priority", l: "fact-labels", d: "fact-due", ".": "pane-more" })) key(name, press(id), { when: free });
key("j", () => walk(1), { when: free });
key("k", () => walk(-1), { when: free });
key("i", () => $(`#assignee-menu [data-value="${document.body.dataset.user}"]`)?.click(), { when: free });
key("e", () => $("#pane-description [data-edit]")?.click(), { when: free });
key("Escape", () => closePane(), { when: (event) => !!pane() && !isTyping(event.target) && !$(":popover-open:not(.toasts, .tip)") });
