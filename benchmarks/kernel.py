"""A fresh kernel process, as a host starts one, and every message it sends towards the page."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

PATIENCE = 60
"""Seconds to wait for a kernel."""

TO_PAGE = (
    "comm_open",
    "comm_msg",
    "comm_close",
    "display_data",
    "update_display_data",
    "execute_result",
)


class Kernel:
    """A running kernel."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager = manager
        self._client = client

    @property
    def pid(self) -> int:
        """Return the kernel's process id."""
        return int(self._manager.provisioner.pid)  # type: ignore[union-attr]

    def run(self, code: str) -> list[dict[str, Any]]:
        """Run a cell; return its messages. Raises RuntimeError with the cell's traceback."""
        return self._replies(self._client.execute(code))

    def value(self, code: str) -> Any:
        """Run a cell that prints JSON; return what it printed."""
        printed = ""
        for message in self.run(code):
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
        return json.loads(printed)

    def tell(self, comm_id: str, data: Mapping[str, Any]) -> tuple[int, list[dict[str, Any]]]:
        """Send what a page sends to a widget; return its size in bytes, and the answers to it."""
        message = self._client.session.msg("comm_msg", {"comm_id": comm_id, "data": dict(data)})
        self._client.shell_channel.send(message)
        return size(message), self._replies(message["header"]["msg_id"])

    def _replies(self, request: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if content.get("execution_state") == "idle":
                return found
            found.append(message)


@contextmanager
def fresh_kernel(environment: Mapping[str, str]) -> Iterator[Kernel]:
    """Start a kernel, end it afterwards."""
    manager = KernelManager()
    manager.start_kernel(env=dict(environment), extra_arguments=["--IPKernelApp.log_level=40"])
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def size(message: Mapping[str, Any]) -> int:
    """Return the bytes of a message's content and buffers; headers are alike for all widgets."""
    parts = [message["content"], message["metadata"]]
    text = json.dumps(parts, ensure_ascii=False)
    buffers = message.get("buffers", ())
    return len(text.encode()) + sum(map(len, buffers))


def sent(messages: list[dict[str, Any]]) -> int:
    """Return the bytes that go to the page for showing something."""
    shown = [message for message in messages if message["msg_type"] in TO_PAGE]
    return sum(map(size, shown))


def models(messages: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the widget models these messages made."""
    opened = [message for message in messages if message["msg_type"] == "comm_open"]
    return [message["content"]["comm_id"] for message in opened]
