"""The kernels behind the course: always the Python that the course itself runs in, and quiet."""

from functools import cached_property
from typing import Any, BinaryIO

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from brmcourse.paths import log_path

LOG_ERRORS_ONLY = "--IPKernelApp.log_level=40"
"""Kernels warn at each start about things a learner cannot change."""


class OwnPython(KernelSpecManager):
    """Knows one kernel: this Python. A kernel the learner installed elsewhere lacks the course."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the native kernel alone."""
        self.kernel_dirs = []
        return super().find_kernel_specs()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - Jupyter's signature
        """Return the native kernel's specification, whatever name a notebook gives."""
        self.kernel_dirs = []
        spec = super().get_kernel_spec(NATIVE_KERNEL_NAME)
        spec.argv = [*spec.argv, LOG_ERRORS_ONLY]
        return spec


class QuietKernel(ServerKernelManager):
    """Starts a kernel whose complaints go to the course's log instead of the learner's terminal."""

    @cached_property
    def _log_file(self) -> BinaryIO:
        # Open as long as this manager is: a restarted kernel gets the very arguments of the first
        # start.
        return log_path().open("ab")

    async def start_kernel(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Start the kernel as Jupyter does."""
        return await super().start_kernel(*args, **{**kwargs, "stderr": self._log_file})


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel connection that sends each message at once.

    Without this the kernel's small answers wait up to 40 ms for the network to fill a packet.
    """

    def connect(self) -> Any:
        """Open the connection as Jupyter does, with Nagle's algorithm off."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
