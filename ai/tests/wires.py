"""The three protocols of the stand-in: what comes in, and what goes out."""

import json
from typing import Any


def parse(scope: Any, body: bytes) -> Any:
    """A request of any of the three."""
    from .provider import Asked

    said = json.loads(body)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
    messages = [(one["role"], one["content"]) for one in said.get("messages", said.get("input", []))]
    system = said.get("instructions") or said.get("system") or ""
    if messages and messages[0][0] == "system":
        system = messages.pop(0)[1]
    most = said.get("max_output_tokens") or said.get("max_completion_tokens") or said.get("max_tokens") or 0
    return Asked(scope["path"], key, said["model"], system, messages, most, bool(said.get("stream")))


async def refuse(send: Any, status: int, asked: Any) -> None:
    """With the caller's key and words in the answer, as some servers do."""
    said = f"no ({status}) for the key {asked.key}: {asked.text}"
    body = json.dumps({"error": {"message": said, "type": "error"}}).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


class Speaker:
    """Says one answer in the protocol that was asked in."""

    def __init__(self, asked: Any, send: Any, usage: tuple[int, int] | None) -> None:
        self.asked, self.send, self.usage = asked, send, usage
        self.kind = "chat" if "chat" in asked.path else "messages" if "messages" in asked.path else "responses"
        self.input = 0

    async def start(self) -> None:
        from .provider import tokens

        self.input = self.usage[0] if self.usage else tokens(self.asked.text)
        if not self.asked.stream:
            return
        head = [(b"content-type", b"text/event-stream")]
        await self.send({"type": "http.response.start", "status": 200, "headers": head})
        if self.kind == "messages":
            message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": self.asked.model, "stop_reason": None,
                       "usage": {"input_tokens": self.input, "output_tokens": 1}}  # fmt: skip
            await self.event({"type": "message_start", "message": message})
            await self.event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        elif self.kind == "responses":
            await self.event(
                {"type": "response.created", "response": self._response("in_progress", "", None), "sequence_number": 0}
            )

    async def say(self, piece: str) -> None:
        if not self.asked.stream:
            return
        if self.kind == "messages":
            await self.event(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            )
        elif self.kind == "responses":
            await self.event(
                {
                    "type": "response.output_text.delta",
                    "item_id": "m",
                    "output_index": 0,
                    "content_index": 0,
                    "delta": piece,
                    "logprobs": [],
                    "sequence_number": 1,
                }
            )
        else:
            await self.event(self._chunk([{"index": 0, "delta": {"content": piece}, "finish_reason": None}]))

    async def end(self, text: str, input_tokens: int, output_tokens: int) -> None:
        used = self.usage or (input_tokens, output_tokens)
        if not self.asked.stream:
            await self._whole(text, used)
            return
        if self.kind == "messages":
            await self.event({"type": "content_block_stop", "index": 0})
            await self.event(
                {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": used[1]}}
            )
            await self.event({"type": "message_stop"})
        elif self.kind == "responses":
            await self.event(
                {
                    "type": "response.completed",
                    "response": self._response("completed", text, used),
                    "sequence_number": 2,
                }
            )
        else:
            await self.event(self._chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
            await self.event(self._chunk([], used))
            await self.raw(b"data: [DONE]\n\n")
        await self.send({"type": "http.response.body", "body": b""})

    async def event(self, data: dict[str, Any]) -> None:
        name = f"event: {data['type']}\n" if "type" in data else ""
        await self.raw(f"{name}data: {json.dumps(data)}\n\n".encode())

    async def raw(self, line: bytes) -> None:
        await self.send({"type": "http.response.body", "body": line, "more_body": True})

    async def _whole(self, text: str, used: tuple[int, int]) -> None:
        if self.kind == "messages":
            said: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "model": self.asked.model, "stop_reason": "end_turn",
                                    "content": [{"type": "text", "text": text}], "usage": {"input_tokens": used[0], "output_tokens": used[1]}}  # fmt: skip
        elif self.kind == "responses":
            said = self._response("completed", text, used)
        else:
            said = self._chunk(
                [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}], used
            )
            said["object"] = "chat.completion"
        await self.send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
        )
        await self.send({"type": "http.response.body", "body": json.dumps(said).encode()})

    def _chunk(self, choices: list[Any], used: tuple[int, int] | None = None) -> dict[str, Any]:
        usage = used and {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)}
        return {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.asked.model,
            "choices": choices,
            "usage": usage,
        }

    def _response(self, status: str, text: str, used: tuple[int, int] | None) -> dict[str, Any]:
        usage = used and {
            "input_tokens": used[0], "output_tokens": used[1], "total_tokens": sum(used),
            "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
        }  # fmt: skip
        content = [{"type": "output_text", "text": text, "annotations": []}]
        output = (
            [{"type": "message", "id": "m", "role": "assistant", "status": status, "content": content}] if text else []
        )
        return {"id": "r", "object": "response", "created_at": 1, "model": self.asked.model, "status": status, "output": output, "usage": usage,
                "parallel_tool_calls": False, "tool_choice": "auto", "tools": []}  # fmt: skip
