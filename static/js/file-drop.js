// A file field that also takes a dropped file, and names the one it holds.

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.output = this.querySelector("output");
    this.input.addEventListener("change", () => this.tell());
    for (const kind of ["dragenter", "dragover"]) this.addEventListener(kind, (event) => this.over(event, true));
    for (const kind of ["dragleave", "drop"]) this.addEventListener(kind, (event) => this.over(event, false));
    this.addEventListener("drop", (event) => this.take(event));
    if (this.input.files.length) this.tell();
  }

  over(event, on) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.toggle("is-over", on);
  }

  take(event) {
    if (!event.dataTransfer?.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.tell();
  }

  tell() {
    const [file] = this.input.files;
    this.classList.toggle("has-file", Boolean(file));
    if (file) this.output.textContent = `${file.name} · ${size(file.size)}`;
  }
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

customElements.define("file-drop", FileDrop);
