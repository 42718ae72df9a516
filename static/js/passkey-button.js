// Adds a passkey, or signs in with one: asks the device, puts its answer into the form, and sends that.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
const IP = /^[\d.]+$|:/;
const WORDS = {
  NotAllowedError: "No passkey was used. Try again when your device asks.", AbortError: "No passkey was used.",
  InvalidStateError: "This device has a passkey of this account already.", SecurityError: "Passkeys need an https address.",
};

customElements.define("passkey-button", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.form = this.closest("form");
    this.button.addEventListener("click", () => this.run());
    if (this.dataset.kind !== "login") this.form.addEventListener("submit", (event) => { event.preventDefault(); this.run(); });
    this.button.hidden = false;
  }

  async run() {
    this.tell("");
    if (IP.test(location.hostname)) return this.tell(`Passkeys belong to a name, and ${location.hostname} is none.${location.hostname === "127.0.0.1" ? ` Open http://localhost:${location.port} instead.` : ""}`);
    if (!window.PublicKeyCredential) return this.tell("This browser knows no passkeys, or the address is not https.");
    this.button.setAttribute("aria-busy", "true");
    try {
      const options = await this.options();
      const made = this.dataset.kind === "add" ? await this.create(options) : await this.get(options);
      this.form.elements.credential.value = JSON.stringify(made);
      this.form.submit();
    } catch (error) {
      this.tell(WORDS[error.name] ?? "That did not work. Load the page again, then try once more.");
      this.button.removeAttribute("aria-busy");
    }
  }

  async options() {
    if (this.dataset.kind !== "login") return JSON.parse(document.getElementById("passkey-options").textContent);
    const response = await fetch(this.form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.status);
    return response.json();
  }

  async create({ creation_options: { publicKey } }) {
    const alone = this.form.elements.passwordless?.checked ?? false;
    const wanted = { ...publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
    if (alone) wanted.userVerification = "required";
    const { challenge, user, excludeCredentials } = publicKey;
    return answer(await navigator.credentials.create({ publicKey: {
      ...publicKey, challenge: bytes(challenge), user: { ...user, id: bytes(user.id) }, excludeCredentials: known(excludeCredentials), authenticatorSelection: wanted,
    } }));
  }

  async get({ request_options: { publicKey } }) {
    const { challenge, allowCredentials } = publicKey;
    return answer(await navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(challenge), allowCredentials: known(allowCredentials) } }));
  }

  tell(words) {
    let line = this.querySelector("[role=alert]");
    if (!line) this.append(line = Object.assign(document.createElement("div"), { className: "form-error", role: "alert" }));
    line.textContent = words;
    line.hidden = !words;
  }
});

// What the device answered, as the server reads it.
function answer(made) {
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = made.response;
  const parts = Object.entries({ clientDataJSON, attestationObject, authenticatorData, signature, userHandle }).filter(([, part]) => part);
  return {
    id: made.id, rawId: text(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(), response: Object.fromEntries(parts.map(([name, part]) => [name, text(part)])),
  };
}
