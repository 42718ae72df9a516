"""A mail server that keeps who got which letter."""

import socketserver
import threading
from collections import Counter
from email import message_from_bytes

SAYS = {"EHLO": "250 sink", "HELO": "250 sink", "DATA": "354 go on", "QUIT": "221 bye"}


class Sink(socketserver.ThreadingTCPServer):
    """SMTP on a port of its own; `letters` counts them by recipient and Message-ID."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters: Counter[tuple[str, str]] = Counter()
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    """One connection: only what a client of ours says."""

    server: Sink

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].decode("latin-1").upper()
            self.say(SAYS.get(verb, "250 ok"))
            if verb == "DATA":
                self.take()
            if verb == "QUIT":
                return

    def take(self) -> None:
        """Counted before it is answered: a sender that dies now has sent it."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        letter = message_from_bytes(b"".join(lines))
        self.server.letters[str(letter["To"]), str(letter["Message-ID"])] += 1
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
