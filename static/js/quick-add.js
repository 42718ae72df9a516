// Writing tasks down: at a column's foot, or from anywhere with C. Several lines make several tasks, in order.
import { $, $$ } from "app/dom";
import { show } from "app/dialogs";
import { wait } from "app/carry";
import { endDraft } from "app/drafts";
import { post } from "app/post";
import { chips, read, strip } from "app/tokens";
import { refuse } from "app/toast";

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-quick-add]");
  if (opener) start(opener.closest(".column"), opener.dataset.quickAdd);
  if (event.target.closest?.("[data-create]")) create();
});
addEventListener("flow:create", create);

function create() {
  const dialog = $("#create-task");
  if (!dialog) return;
  const column = $('.card:focus, .card[tabindex="0"]')?.closest(".column") ?? $(".column");
  if (column && $(`option[value="${column.dataset.status}"]`, dialog)) $("[name=status]", dialog).value = document.activeElement?.closest(".column") ? column.dataset.status : $(".column").dataset.status;
  show(dialog);
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-create-form]")) { event.preventDefault(); createTask(form, false); }
});
addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-create-form]");
  if (!form || event.key !== "Enter") return;
  if (event.metaKey || event.ctrlKey) { event.preventDefault(); createTask(form, event.shiftKey); }
  else if (event.target.matches("textarea") && !event.shiftKey && !event.isComposing && !event.target.value.includes("\n")) { event.preventDefault(); createTask(form, false); }
});

async function createTask(form, another) {
  const titles = $("[name=titles]", form), error = $(".errors", form);
  if (!titles.value.trim()) { titles.focus(); return; }
  error.hidden = true;
  try {
    const { queued } = await post(form.getAttribute("action"), Object.fromEntries([...new FormData(form)].filter(([, value]) => value)));
    if (queued) stand($(`.column[data-status="${form.elements.status.value}"]`), "bottom", titles.value, queued);
    titles.value = "";
    if (another) titles.focus(); else { form.reset(); form.closest("dialog").close(); }
  } catch (refused) {
    error.textContent = Object.values(refused.fields ?? {})[0] ?? refused.message;
    error.hidden = false;
  }
}

function start(column, at) {
  const there = $(".quick-add", column);
  if (there) { $("textarea", there).focus(); return; }
  for (const other of $$(".quick-add")) if (!$("textarea", other).value.trim()) other.flowClose();
  const form = new DOMParser().parseFromString(`<form class="quick-add" data-keep data-open data-draft-place="quick:${column.dataset.status}:${at}"><textarea rows="1" maxlength="20000" dir="auto" aria-label="New tasks" placeholder="What needs doing?"></textarea><div class="quick-chips card-facts" aria-live="polite"></div><div class="quick-foot"><span>Enter adds, Esc closes</span><button class="btn btn-primary btn-s">Add</button></div></form>`, "text/html").body.firstChild;
  const foot = $(".column-foot > .btn", column);
  if (at === "top") $(".cards", column).before(form); else { foot.hidden = true; foot.before(form); }
  form.flowClose = () => { form.remove(); foot.hidden = false; foot.focus(); };
  wire(form, column, at);
  $("textarea", form).focus();
}

function wire(form, column, at) {
  const field = $("textarea", form), facts = {};
  form.addEventListener("submit", (event) => { event.preventDefault(); add(form, column, at, facts); });
  field.addEventListener("input", () => read(field, facts) && chips($(".quick-chips", form), facts));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); form.flowClose(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field) { event.preventDefault(); add(form, column, at, facts); }
  });
  form.addEventListener("focusout", () => setTimeout(() => { if (form.isConnected && !form.contains(document.activeElement) && !field.value.trim()) form.flowClose(); }, 150));
}

async function add(form, column, at, facts) {
  const field = $("textarea", form);
  read(field, facts, true);
  const titles = strip(field.value);
  if (!titles) return;
  field.value = "";
  $(".quick-chips", form).replaceChildren();
  const values = Object.fromEntries(Object.entries(facts).map(([kind, all]) => [kind, [...all.keys()]]));
  try {
    const { queued } = await post($("flow-board").dataset.tasks, { titles, status: column.dataset.status, at, ...values });
    if (queued) stand(column, at, titles, queued);
    if (!field.value.trim()) endDraft(field);
    for (const kind of Object.keys(facts)) delete facts[kind];
  } catch (refused) {
    field.value = [titles, field.value].filter(Boolean).join("\n");
    chips($(".quick-chips", form), facts);
    refuse(refused);
  }
  field.focus();
}

// Cards that wait to be made, where they will stand.
function stand(column, at, titles, id) {
  const list = column && $(".cards", column);
  if (!list) return;
  const made = titles.split("\n").filter((line) => line.trim()).map((title) => {
    const card = Object.assign(document.createElement("li"), { className: "card-ghost", textContent: title.trim(), dir: "auto" });
    for (const name of ["data-ghost", "data-keep"]) card.setAttribute(name, "");
    wait(card, id);
    return card;
  });
  if (at === "top") list.prepend(...made); else $(":scope > .cards-empty", list).before(...made);
}
