// Columns: rename in place, move, limit, category, add, delete.
import { $, $$ } from "app/dom";
import { ask, show } from "app/dialogs";
import { post } from "app/post";
import { refuse, toast } from "app/toast";

const columnOf = (element) => element.closest(".column");
const save = (column, fields) => post(column.dataset.url, fields).catch(refuse);

addEventListener("click", (event) => {
  const item = event.target.closest?.("[data-column-rename], [data-column-shift], [data-column-category], [data-column-delete], [data-column-new]");
  if (!item) return;
  if (item.matches("[data-column-new]")) return addForm(item);
  const column = columnOf(item);
  if (item.matches("[data-column-rename]")) return rename(column);
  if (item.matches("[data-column-category]")) return save(column, { category: item.dataset.columnCategory });
  if (item.matches("[data-column-delete]")) return remove(column);
  shift(column, Number(item.dataset.columnShift));
});
addEventListener("dblclick", (event) => {
  const head = event.target.closest?.(".column-head h2");
  if (head && $("[data-column-rename]", columnOf(head))) rename(columnOf(head));
});
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-column-limit]")) {
    event.preventDefault();
    form.closest("[popover]").hidePopover();
    save(columnOf(form), { wip_limit: form.elements.wip_limit.value });
  }
  if (form.matches("[data-column-delete-form]")) {
    event.preventDefault();
    const { column } = form, into = form.elements.into.value;
    form.closest("dialog").close();
    post(column.dataset.url, Number(column.dataset.count) ? { into } : {}, { method: "DELETE" }).catch(refuse);
  }
});

function shift(column, step) {
  const all = $$(".column"), at = all.indexOf(column), after = step < 0 ? all[at - 2] : all[at + 1];
  if (step < 0) all[at - 1].before(column); else after.after(column);
  save(column, { after: after?.dataset.status ?? "" });
}

function rename(column) {
  const head = $("h2", column), field = document.createElement("input");
  Object.assign(field, { className: "column-name-edit", value: column.dataset.name, maxLength: 50 });
  field.setAttribute("aria-label", "Column name");
  field.setAttribute("data-keep", "");
  head.hidden = true;
  head.after(field);
  field.select();
  let over = false;
  const end = (keep) => {
    if (over) return;
    over = true;
    const name = field.value.trim();
    field.remove();
    head.hidden = false;
    if (!keep || !name || name === column.dataset.name) return;
    head.textContent = name;
    post(column.dataset.url, { name }).catch((error) => { head.textContent = column.dataset.name; refuse(error); });
  };
  field.addEventListener("blur", () => end(true));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.isComposing) end(true);
    if (event.key === "Escape") end(false);
  });
}

async function remove(column) {
  const dialog = $("#column-delete"), form = $("form", dialog), count = Number(column.dataset.count), others = $$(".column").length - 1;
  if (!count) { if (await ask(`Delete the column ${column.dataset.name}?`, { yes: "Delete column" })) post(column.dataset.url, {}, { method: "DELETE" }).catch(refuse); return; }
  if (!others) return toast("A board keeps at least one column for its tasks.", { danger: true });
  form.column = column;
  $("[data-words]", dialog).textContent = `${column.dataset.name} holds ${count} ${count === 1 ? "task" : "tasks"}.`;
  for (const option of form.elements.into.options) option.hidden = option.disabled = option.value === column.dataset.status;
  form.elements.into.value = [...form.elements.into.options].find((one) => !one.disabled).value;
  show(dialog);
}

function addForm(button) {
  const host = button.parentElement;
  const form = new DOMParser().parseFromString('<form data-keep data-open><input name="name" maxlength="50" aria-label="Column name" placeholder="Column name" required><div class="row"><button class="btn btn-primary btn-s">Add column</button><button type="button" class="btn btn-ghost btn-s">Cancel</button></div></form>', "text/html").body.firstChild;
  const end = () => { form.remove(); button.hidden = false; };
  button.hidden = true;
  host.append(form);
  $("input", form).focus();
  $("[type=button]", form).onclick = end;
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); end(); } });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await post($("flow-board").dataset.columns, { name: form.elements.name.value.trim() }); end(); } catch (error) { refuse(error); }
  });
}
