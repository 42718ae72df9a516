"""Files as they come in and go out: judged by their bytes, named harmlessly, kept under names that nobody can guess."""

import hashlib
import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest

from accounts.avatars import NotAPicture, preview
from accounts.ids import uuid7
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.staging import Staged

from .models import Attachment
from .reading.finding import find_task

UNKNOWN = "application/octet-stream"
LONGEST_NAME = 200
MOST_AT_ONCE = 20
ZIP, FTYP, RIFF = rb"PK\x03\x04", rb".{4}ftyp", rb"RIFF.{4}"
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
TEXT = rb"\A[^\x00-\x08\x0e-\x1a\x1c-\x1f]*\Z"

# the end of a name → what it promises, and how such a file begins; whatever does not keep the promise is UNKNOWN
KINDS: dict[str, tuple[str, bytes]] = {
    "png": ("image/png", rb"\x89PNG\r\n\x1a\n"), "jpg": ("image/jpeg", rb"\xff\xd8\xff"), "jpeg": ("image/jpeg", rb"\xff\xd8\xff"),
    "gif": ("image/gif", rb"GIF8[79]a"), "webp": ("image/webp", RIFF + rb"WEBP"), "pdf": ("application/pdf", rb"%PDF-"),
    "zip": ("application/zip", ZIP), "docx": (f"{OFFICE}wordprocessingml.document", ZIP), "xlsx": (f"{OFFICE}spreadsheetml.sheet", ZIP),
    "pptx": (f"{OFFICE}presentationml.presentation", ZIP), "odt": (f"{OPEN}text", ZIP), "ods": (f"{OPEN}spreadsheet", ZIP),
    "odp": (f"{OPEN}presentation", ZIP), "gz": ("application/gzip", rb"\x1f\x8b"), "7z": ("application/x-7z-compressed", rb"7z\xbc\xaf\x27\x1c"),
    "mp3": ("audio/mpeg", rb"ID3|\xff[\xe2-\xfb]"), "wav": ("audio/wav", RIFF + rb"WAVE"), "ogg": ("audio/ogg", rb"OggS"),
    "m4a": ("audio/mp4", FTYP), "mp4": ("video/mp4", FTYP), "mov": ("video/quicktime", FTYP), "webm": ("video/webm", rb"\x1a\x45\xdf\xa3"),
    "txt": ("text/plain", TEXT), "log": ("text/plain", TEXT), "md": ("text/markdown", TEXT), "csv": ("text/csv", TEXT),
    "json": ("application/json", TEXT),
}  # fmt: skip
# nothing that is served runs, is framed, or is taken for what it is not
SEALED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass
class Upload(Staged):
    """One uploaded file, in the storage already; `fault` says why it cannot be kept."""

    name: str
    size: int
    content_type: str = UNKNOWN
    sha256: str = ""
    path: str = ""
    fault: str = ""
    taken: bool = field(default=False, init=False)

    def drop(self) -> None:
        """Take the file and its preview away again."""
        if self.path:
            forget(self.path)


def stage(request: HttpRequest, ref: str) -> list[Upload]:
    """Put the files of a form into the storage, if the sender works on the task; the action asks again."""
    by: Actor = request.by  # type: ignore[attr-defined]
    with tenancy.workspace(by.workspace.pk, atomic=True):
        try:
            by.must("task.edit", find_task(by, ref))
        except Http404:
            return []  # which the view answers
    files = request.FILES.getlist("file")
    return [_put(file, by.workspace.pk.hex) for file in files[:MOST_AT_ONCE]]


def take(request: HttpRequest) -> list[Upload]:
    """The staged files, for an action; raises Refused with the name of the one that cannot be kept."""
    uploads: list[Upload] = request.staged  # type: ignore[attr-defined]
    if not uploads:
        raise Refused("Choose a file first.", "file")
    if len(request.FILES.getlist("file")) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE} files at once.", "file")
    for upload in uploads:
        if upload.fault:
            raise Refused(upload.fault, "file")
        upload.taken = True
    return uploads


def _put(file: Any, workspace: str) -> Upload:
    name, most = clean_name(file.name or ""), settings.MAX_FILE
    if file.size > most:
        return Upload(name, file.size, fault=f"{name} is larger than {most // 1024 // 1024} MB.")
    if not file.size:
        return Upload(name, 0, fault=f"{name} is empty.")
    kind, drawn = judged(name, file)
    path = default_storage.save(f"attachments/{workspace}/{uuid7().hex}", file)
    if drawn:
        default_storage.save(f"{path}.webp", ContentFile(drawn))
    _write_through(path)
    return Upload(name, file.size, kind, _digest(path), path)


def _write_through(path: str) -> None:
    """A row that is committed must not outlive its file, when the power fails."""
    with suppress(NotImplementedError):  # a store that is no folder keeps its own promises
        place = default_storage.path(path)
        for one in (place, os.path.dirname(place)):
            handle = os.open(one, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _digest(path: str) -> str:
    with default_storage.open(path) as kept:
        return hashlib.file_digest(kept, "sha256").hexdigest()


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and marks that turn the direction of writing; its end is kept."""
    shown = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(mark for mark in shown if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    shown = " ".join(shown.split()).rstrip(". ") or "file"
    stem, dot, end = shown.rpartition(".")
    return shown if len(shown) <= LONGEST_NAME else (stem or end)[: LONGEST_NAME - 20] + (dot + end)[:20] * bool(stem)


def judged(name: str, file: Any) -> tuple[str, bytes]:
    """The type that name and bytes agree on; of an image also a preview, for only what can be drawn is one."""
    kind, beginning = KINDS.get(name.rpartition(".")[2].lower(), (UNKNOWN, b""))
    file.seek(0)
    head = file.read(65_536)
    file.seek(0)
    if kind == UNKNOWN or not re.match(beginning, head, re.DOTALL) or (beginning is TEXT and not _is_text(head)):
        return UNKNOWN, b""
    try:
        return kind, preview(file, kind.removeprefix("image/").upper()) if kind.startswith("image/") else b""
    except NotAPicture:
        return UNKNOWN, b""
    finally:
        file.seek(0)


def _is_text(head: bytes) -> bool:
    """UTF-8, where the last character may be cut."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) == 65_536
    return True


def forget(path: str) -> None:
    """A file and its preview out of the storage."""
    for one in (path, f"{path}.webp"):
        default_storage.delete(one)


def left_behind(workspace_id: UUID, before: datetime) -> list[str]:
    """The files in the storage, older than that, which no row names: their requests died before the row was written."""
    folder = f"attachments/{workspace_id.hex}"
    try:
        names = {name.removesuffix(".webp") for name in default_storage.listdir(folder)[1]}
    except FileNotFoundError:
        return []
    paths = [path for name in names if _older(path := f"{folder}/{name}", before)]
    with tenancy.workspace(workspace_id, atomic=True):
        known = set(Attachment.objects.within(workspace_id).filter(file__in=paths).values_list("file", flat=True))
    return [path for path in paths if path not in known]


def _older(path: str, before: datetime) -> bool:
    try:
        return default_storage.get_modified_time(path) < before
    except FileNotFoundError:  # only its preview is left
        return True


def served(attachment: Attachment) -> FileResponse:
    """The file as a download, whatever it is."""
    headers = SEALED | {"Cache-Control": "private, no-store"}
    kind = attachment.content_type or UNKNOWN
    return FileResponse(
        _open(attachment.file.name), as_attachment=True, filename=attachment.name, content_type=kind, headers=headers
    )


def served_preview(attachment: Attachment) -> FileResponse:
    """The picture that we have drawn of an image: never the bytes that somebody sent."""
    if not attachment.content_type.startswith("image/"):
        raise Http404
    headers = SEALED | {"Cache-Control": "private, max-age=600"}
    return FileResponse(_open(f"{attachment.file.name}.webp"), content_type="image/webp", headers=headers)


def _open(path: str) -> Any:
    try:
        return default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
