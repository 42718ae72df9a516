// Files of an open task: chosen, dropped on the pane or pasted; each is sent by itself and shows how far it is.
import { $, $$, icon } from "app/dom";
import { fly, heard } from "app/status";
import { told, token, wordsFor } from "app/post";
import { toast } from "app/toast";

const pane = () => $("#pane");
const here = () => $("#pane flow-files[data-url]");
const carries = (event) => here() && event.dataTransfer?.types.includes("Files") && event.target.closest?.("#pane");

class Files extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => target.matches("[data-files]") && take(target));
    this.addEventListener("click", ({ target }) => { const face = target.closest("[data-preview-of]"); if (face) look(face); });
  }
}
customElements.define("flow-files", Files);
for (const field of $$("flow-files [data-files]")) if (field.files.length) take(field); // chosen before this module was here
addEventListener("flowboard:done", () => { const menu = $("#link-new"); if (menu?.matches(":popover-open")) menu.hidePopover(); });

for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { if (carries(event)) { event.preventDefault(); pane().classList.add("is-over"); } });
addEventListener("dragleave", (event) => { if (!event.relatedTarget?.closest?.("#pane")) pane()?.classList.remove("is-over"); });
addEventListener("drop", (event) => {
  pane()?.classList.remove("is-over");
  if (!carries(event)) return;
  event.preventDefault();
  send([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || !here() || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  send(files.map(named));
});

function take(field) {
  send([...field.files]);
  field.value = "";
}

// A pasted picture has no name of its own.
function named(file) {
  if (file.name !== "image.png") return file;
  const at = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  return new File([file], `Picture ${at}.png`, { type: file.type });
}

async function send(files) {
  const { url, most } = here()?.dataset ?? {};
  if (!url) return;
  const rows = files.map((file) => ({ file, row: announce(file) }));
  for (const { file, row } of rows) {
    if (file.size > Number(most)) fail(row, file, `larger than ${Math.floor(most / 1048576)} MB`);
    else if (!file.size) fail(row, file, "empty, or a folder");
    else await carry(url, file, row);
  }
}

function announce(file) {
  const row = Object.assign(document.createElement("li"), { className: "file is-coming" });
  row.setAttribute("data-keep", "");
  const face = Object.assign(document.createElement("span"), { className: "file-face" });
  face.append(icon("upload"));
  const words = Object.assign(document.createElement("span"), { className: "file-words" });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  words.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: file.name }), bar);
  row.append(face, words);
  $("#file-list").append(row);
  return row;
}

function carry(url, file, row) {
  const body = new FormData(), wire = new XMLHttpRequest();
  body.append("file", file);
  const end = fly();
  return new Promise((resolve) => {
    wire.upload.onprogress = ({ loaded, total }) => { const bar = $("progress", row); if (bar) bar.value = loaded / total; };
    wire.onload = () => { heard(true); settle(wire, file, row, url); resolve(); };
    wire.onerror = () => { heard(false); fail(row, file, "not sent: no connection", url); resolve(); };
    wire.onloadend = end;
    wire.open("POST", url);
    wire.setRequestHeader("X-CSRFToken", token());
    wire.setRequestHeader("HX-Request", "true");
    wire.send(body);
  });
}

function settle(wire, file, row, url) {
  const headers = { headers: { get: (name) => wire.getResponseHeader(name) } };
  if (wire.status >= 400) return fail(row, file, told(headers, "flowboard:refused")?.sentence ?? wordsFor(wire.status), wire.status >= 500 ? url : "");
  const done = told(headers, "flowboard:done");
  row.remove();
  if (done) document.dispatchEvent(new CustomEvent("flowboard:done", { bubbles: true, detail: done }));
}

// What went wrong stays beside the name until it is read; what may work the next time can be sent again.
function fail(row, file, why, again = "") {
  const said = why.includes(file.name) ? why : `${file.name}: ${why}`;
  $("progress", row)?.replaceWith(Object.assign(document.createElement("span"), { className: "small is-wrong", textContent: why }));
  row.setAttribute("role", "alert");
  if (!row.isConnected) return toast(said, { danger: true });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-icon btn-s", onclick: () => row.remove() });
  close.setAttribute("aria-label", `Dismiss ${file.name}`);
  close.append(icon("x", "icon-s"));
  const retry = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s", textContent: "Retry", onclick: () => { row.remove(); send([file]); } });
  row.append(again ? retry : close);
}

// The whole picture, over everything; the bytes that were sent are only ever downloaded.
function look(face) {
  const link = $("a", face.closest(".file")), dialog = document.createElement("dialog");
  dialog.className = "dialog picture";
  dialog.setAttribute("aria-label", link.textContent);
  const head = Object.assign(document.createElement("div"), { className: "dialog-head" });
  const save = Object.assign(document.createElement("a"), { className: "btn btn-ghost btn-icon", href: link.href, download: "" });
  save.setAttribute("aria-label", "Download");
  save.append(icon("download"));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-icon", autofocus: true, onclick: () => dialog.close() });
  close.setAttribute("aria-label", "Close");
  close.append(icon("x"));
  head.append(Object.assign(document.createElement("h2"), { className: "truncate", textContent: link.textContent }), save, close);
  dialog.append(head, Object.assign(document.createElement("img"), { src: face.dataset.previewOf, alt: link.textContent }));
  dialog.addEventListener("close", () => { dialog.remove(); face.focus(); });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
}
