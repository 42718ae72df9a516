{% load static %}// Shows on the device what is pushed to its person, and leads there. It keeps no pages and answers no requests.
const ICON = "{% static 'icons/icon-192.png' %}";
const BADGE = "{% static 'icons/badge-96.png' %}";
const SUBSCRIPTION = "{% url 'own_push' %}";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

// Whoever looks at a page of ours is not startled: browsers want every push shown, but not with a sound.
async function show({ title, body, url, tag, count, at }) {
  if (count === undefined) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const silent = pages.some((page) => page.focused);
  const shown = self.registration.showNotification(title, { body, tag, silent, renotify: !silent, icon: ICON, badge: BADGE, timestamp: at, data: { url } });
  await Promise.all([shown, self.navigator.setAppBadge?.(count)]);
}

// The page that shows it already, or one more.
async function open(notification) {
  notification.close();
  const url = new URL(notification.data.url, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => new URL(one.url).pathname === url.pathname);
  await (page ? page.focus() : self.clients.openWindow(url.href));
}

// The browser has dropped its subscription: it takes another one, while its person is signed in.
async function renew(event) {
  const answer = await fetch(SUBSCRIPTION, { redirect: "error" });
  const { key, token } = await answer.json();
  const made = event.newSubscription ?? await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await fetch(SUBSCRIPTION, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ endpoint, ...keys, key }) });
}
