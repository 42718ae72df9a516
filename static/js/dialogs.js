// Native dialogs: opened by name, closed by a button or the backdrop; and the question before what cannot be undone.
import { $ } from "app/dom";

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) show(document.getElementById(opener.dataset.dialog));
  if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches?.("dialog") && outside(event)) event.target.close();
});

export function show(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const first = $("[autofocus], input:not([type=hidden]), textarea, select", dialog);
  first?.focus();
}

function outside({ clientX: x, clientY: y, target }) {
  const box = target.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

addEventListener("htmx:afterRequest", ({ detail }) => {
  const dialog = detail.elt.closest?.("dialog[open]");
  if (dialog && !("stays" in dialog.dataset) && detail.successful && detail.requestConfig.verb !== "get" && detail.xhr.status !== 422) {
    detail.elt.reset?.();
    dialog.close();
  }
});

export function ask(question, { yes = "Yes", danger = true } = {}) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog-s";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-label", question);
  const body = Object.assign(document.createElement("div"), { className: "dialog-body", textContent: question });
  const foot = Object.assign(document.createElement("div"), { className: "dialog-foot" });
  const no = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Cancel" });
  const go = Object.assign(document.createElement("button"), { type: "button", className: `btn btn-primary${danger ? " btn-danger" : ""}`, textContent: yes });
  foot.append(no, go);
  dialog.append(body, foot);
  document.body.append(dialog);
  dialog.showModal();
  go.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    no.onclick = () => dialog.close("");
    go.onclick = () => dialog.close("yes");
  });
}

addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const yes = event.target.dataset?.confirmYes ?? "Continue";
  if (await ask(event.detail.question, { yes })) event.detail.issueRequest(true);
});

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.flowAsked) return;
  event.preventDefault();
  if (!(await ask(form.dataset.confirm, { yes: form.dataset.confirmYes ?? "Continue" }))) return;
  form.flowAsked = true;
  form.requestSubmit(event.submitter);
});
