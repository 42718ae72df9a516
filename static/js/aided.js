// Which receipt of the AI goes with the words in a field: told when they are saved. It outlives a reload, as the draft does.
import { placeOf } from "app/drafts";

const key = (field) => `ai ${document.body.dataset.workspace} ${placeOf(field)}`;

export function mark(field, receipt) { if (receipt) sessionStorage.setItem(key(field), receipt); }
export function marked(field) { return field.value.trim() ? sessionStorage.getItem(key(field)) : null; }
export function unmark(field) { sessionStorage.removeItem(key(field)); }
