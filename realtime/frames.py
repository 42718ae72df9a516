"""The WebSocket protocol as uvicorn speaks it, and what it leaves open: found by bin/bench hostile."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

FRAGMENTS = 1000  # of one message; what is counted elsewhere is their bytes, and of these there may be none
NOT_TEXT, TOO_LARGE = 1007, 1009


class Frames(WebSocketsSansIOProtocol):
    """Answers each handshake, and closes what is no text without calling it a fault of ours."""

    def data_received(self, data: bytes) -> None:
        """A line that is too long is refused by the library; uvicorn would keep the answer, and the connection, for ever."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not (self.handshake_initiated or self.transport.is_closing()):
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                return self._refuse(NOT_TEXT)
        return super().send_receive_event_to_app()

    def handle_cont(self, event: object) -> None:
        if len(self.frames) >= FRAGMENTS:
            return None if self.close_sent else self._refuse(TOO_LARGE)
        return super().handle_cont(event)  # type: ignore[arg-type]

    def _refuse(self, code: int) -> None:
        self.frames = []
        self.conn.fail(code)
        self.handle_parser_exception()
