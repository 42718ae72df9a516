// Pages that open as a dialog over what one looks at, and the question before a change lets more people in.
import { $ } from "app/dom";
import { ask, show } from "app/dialogs";
import { fetchParts, morph } from "app/fragments";
import { load } from "app/load";
import { toast } from "app/toast";

let open = null;

// Before the router hears of it, for which a link is a page.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-sheet]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  bring(link.href, link.dataset.sheet);
}, true);

async function bring(url, name) {
  const fresh = await part(url, name);
  if (!fresh) return;
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog dialog-l sheet" });
  const body = Object.assign(document.createElement("div"), { className: "dialog-body" });
  const foot = Object.assign(document.createElement("div"), { className: "dialog-foot" });
  foot.append(Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: fresh.hasAttribute("data-once") ? "Cancel" : "Done", onclick: () => dialog.close() }));
  body.append(document.importNode(fresh, true));
  dialog.append(body, foot);
  dialog.setAttribute("aria-labelledby", `${name}-title`);
  dialog.dataset.stays = "";
  dialog.onclose = () => { dialog.remove(); open = null; };
  document.body.append(dialog);
  load(dialog);
  open = { url, name, dialog };
  show(dialog);
}

async function part(url, name) {
  const { response, page } = await fetchParts(url, [name]).catch(() => ({}));
  const fresh = response?.ok && page.getElementById(name);
  if (!fresh) toast(response ? "That is no longer there." : "No connection. It could not be opened.", { danger: true });
  return fresh;
}

// What was changed in it, here or elsewhere, is drawn afresh.
document.addEventListener("flowboard:done", async () => {
  if (!open) return;
  const { url, name, dialog } = open;
  if ($("[data-once]", dialog)) return dialog.close(); // it is done with
  const fresh = await part(url, name);
  const old = fresh && $(`#${name}`, dialog);
  if (!old) return;
  morph(old, fresh);
  load(dialog);
});

// The server says who would gain what; where nobody does there is no question, and where it cannot say, nothing is sent.
addEventListener("htmx:confirm", async (event) => {
  const asker = event.target.closest?.("[data-widens]");
  if (!asker || event.detail.question) return;
  event.preventDefault();
  const fields = asker.matches("form") ? new URLSearchParams(new FormData(asker)) : "";
  const answer = await fetch([asker.dataset.widens, fields].filter(String).join("?")).catch(() => null);
  if (!answer || answer.status === 429 || answer.status >= 500) return toast("Who would gain access could not be asked. Nothing was changed: please try again.", { danger: true });
  const { sentence } = answer.ok ? await answer.json() : {};
  if (!sentence || (await ask(sentence, { yes: asker.dataset.confirmYes ?? "Continue", danger: false }))) event.detail.issueRequest(true);
  else if (asker.matches("form")) asker.reset();
});
