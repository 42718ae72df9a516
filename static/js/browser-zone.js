// Tells sign-up the time zone that the browser is in.
customElements.define("browser-zone", class extends HTMLElement {
  connectedCallback() {
    const field = document.querySelector("[data-browser-zone]");
    if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
});
