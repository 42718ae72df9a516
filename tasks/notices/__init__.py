"""Readers of the record that tell people what they need to know. How it fits together:

- `reasons.py`   what each Reason is: its words, whether it needs its person, how it is told without a preference
- `audience.py`  who is told of a row, and why
- `telling.py`   the rows after the cursor become notifications, once
- `reading.py`   an inbox as its person sees it now: boxes, counts, sentences

Whoever tells further (mail, push) reads Notification rows, and is called by `told(workspace_id, ids)` of
flowboard/reactions.py's NOTIFICATIONS_TOLD after they were committed; it may be called twice, or never when a process
dies, so each has a sweep that looks for rows whose `mailed_at` or `pushed_at` is older than `told_at`. A muted reason
makes no notification at all. Reminders are made by `actions.notices.remind`.
"""
