"""A mail server on this machine that speaks SMTP and keeps what it is given, every copy of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from accounts.tests.serving import serving


class MailServer(ThreadingTCPServer):
    """`mails` in order; `refuses` names recipients that it does not take, `busy` those that it asks to come later with."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Talk)
        self.mails: list[Message] = []
        self.refuses: set[str] = set()
        self.busy: set[str] = set()
        self.connections, self.pause = 0, 0.0  # seconds between taking a mail and saying so

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def names(self) -> list[str]:
        """The Message-IDs."""
        return [str(one["Message-ID"]) for one in self.mails]

    def answer_to(self, recipient: str) -> bytes:
        if any(one in recipient for one in self.refuses):
            return b"550 no such mailbox"
        return b"451 later, please" if any(one in recipient for one in self.busy) else b"250 ok"


class _Talk(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.say(b"220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                self.say(b"221 bye")
                return
            if verb == b"DATA":
                self.say(b"354 go on")
                self.server.mails.append(message_from_bytes(self.body(), policy=default))
                time.sleep(self.server.pause)
            self.say(self.server.answer_to(line.decode()) if verb == b"RCPT" else b"250 ok")

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)


@contextmanager
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Up, and where mails go."""
    up = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", up.port
    with serving(up):
        yield up
