// This device among those that a person's pushes go to: asked for by a press, never on arrival.
import { token } from "app/post";

const URL = "/profile/push/", KEPT = "push";
const person = () => document.body.dataset.user;
const kept = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}");

export const possible = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

// on · off · denied · never (this browser cannot)
export async function state() {
  if (!possible()) return "never";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && kept().person === person() && await current() ? "on" : "off";
}

// Called by a press: the browser asks its question now.
export async function turnOn() {
  if (await Notification.requestPermission() !== "granted") return state();
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  await tell(worker);
  return state();
}

export async function turnOff() {
  const found = await current();
  localStorage.removeItem(KEPT);
  if (found) {
    await ask("DELETE", `${URL}?${new URLSearchParams({ endpoint: found.endpoint })}`);
    await found.unsubscribe();
  }
  return state();
}

// After another sign-in of the same person on this device the server is told of it again.
export async function renew() {
  if (kept().person !== person() || kept().session === document.body.dataset.session) return;
  const worker = await navigator.serviceWorker.getRegistration("/");
  if (worker) await tell(worker);
}

async function current() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker?.pushManager.getSubscription();
}

async function tell(worker) {
  const { key } = await (await ask("GET", URL)).json();
  let found = await worker.pushManager.getSubscription();
  if (found && encoded(found.options.applicationServerKey) !== key) { await found.unsubscribe(); found = null; }
  found ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = found.toJSON();
  await ask("POST", URL, new URLSearchParams({ endpoint, ...keys, key }));
  localStorage.setItem(KEPT, JSON.stringify({ person: person(), session: document.body.dataset.session }));
}

// Not by post(): what a device is told of is no work of its person, waits in no queue and stands in no status line.
async function ask(method, url, body) {
  const answer = await fetch(url, { method, body, headers: { "X-CSRFToken": token() }, redirect: "error" });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

function encoded(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
