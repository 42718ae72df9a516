// What every page needs; custom elements found on the page bring their own module.
import "app/toast";
import "app/menu";
import "app/dialogs";
import "app/sheet";
import "app/tip";
import "app/theme";
import "app/router";
import "app/done";
import "app/conflict";
import { load } from "app/load";

load(document);
// All of it at once, while there is a line.
if (document.body.dataset.user) for (const name of ["carry", "drafts", "signed-out", "versioned", "waiting"]) import(`app/${name}`);
if (document.body.dataset.workspace) { import("app/live"); import("app/inbox-count"); }
if (window.Notification?.permission === "granted") import("app/push").then((push) => push.renew());
