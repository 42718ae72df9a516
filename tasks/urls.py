"""Addresses of pages."""

from django.urls import path

from .views import access, attachments, board, columns, details, imports, listing, projects, search, tasks

W, P, T = "w/<slug:workspace>/", "w/<slug:workspace>/p/<slug:key>/", "w/<slug:workspace>/t/<slug:ref>/"

urlpatterns = [
    path(f"{W}projects/new/", projects.new, name="project_new"),
    path(f"{W}projects/key/", projects.key, name="project_key"),
    path(f"{W}search/", search.search, name="search"),
    path(f"{W}markdown/", details.preview, name="markdown"),
    path(f"{W}imports/new/", imports.new, name="import_new"),
    path(f"{W}imports/<uuid:run>/", imports.show, name="import"),
    path(f"{P}board/", board.board, name="board"),
    path(f"{P}list/", listing.listing, name="list"),
    path(f"{P}settings/", projects.settings, name="project_settings"),
    path(f"{P}people/", projects.people, name="project_people"),
    path(f"{P}access/", access.project_access, name="project_access"),
    path(f"{P}labels/", projects.labels, name="project_labels"),
    path(f"{P}labels/<uuid:label>/", projects.label, name="project_label"),
    path(f"{P}archive/", projects.archive, name="project_archive"),
    path(f"{P}tasks/", tasks.tasks, name="tasks"),
    path(f"{P}columns/", columns.columns, name="columns"),
    path(f"{P}columns/<uuid:status>/", columns.column, name="column"),
    path(f"{P}columns/<uuid:status>/cards/", board.cards, name="cards"),
    path(f"{T}", tasks.task, name="task"),
    path(f"{T}place/", tasks.place, name="task_place"),
    path(f"{T}archive/", tasks.archive, name="task_archive"),
    path(f"{T}assignees/", tasks.assignees, name="task_assignees"),
    path(f"{T}labels/", tasks.labels, name="task_labels"),
    path(f"{T}checklist/", details.checklist, name="checklist"),
    path(f"{T}checklist/<uuid:item>/", details.checklist_item, name="checklist_item"),
    path(f"{T}attachments/", attachments.attachments, name="attachments"),
    path(f"{T}attachments/<uuid:attachment>/", attachments.attachment, name="attachment"),
    path(f"{T}attachments/<uuid:attachment>/file/", attachments.download, name="attachment_file"),
    path(f"{T}attachments/<uuid:attachment>/preview/", attachments.preview, name="attachment_preview"),
    path(f"{T}subtasks/", tasks.subtasks, name="subtasks"),
    path(f"{T}access/", access.task_access, name="task_access"),
    path(f"{T}people/", access.task_people, name="task_people"),
    path(f"{T}comments/", details.comments, name="comments"),
    path(f"{T}comments/<uuid:comment>/", details.comment, name="comment"),
]
