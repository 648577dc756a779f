"""From the command to the first page answered, ours against Voila with an empty widget.

The course has been started before, as on a learner's second day: the notebooks are in the folder.
"""

import time
from http.cookiejar import CookieJar
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from bench import Row, clean_place, in_turns, machine, measured, show
from opening import EMPTY
from pages import command_of, running, voila_command, wait_for_address, wait_for_port

STARTS = 10
BUDGET = 1000


def starts() -> dict[str, list[float]]:
    """Return the milliseconds of each start, the two servers taking turns."""
    with clean_place() as (place, environment):
        ours = command_of(place / "notebooks")
        theirs, address = voila_command(place, EMPTY)

        def own(_number: int) -> float:
            begin = time.perf_counter()
            with running(ours, environment) as process:
                return answered(wait_for_address(process), begin)

        def peer(_number: int) -> float:
            begin = time.perf_counter()
            with running(theirs, environment):
                wait_for_port(address)
                return answered(address, begin)

        return in_turns({"ours": own, "Voila": peer}, STARTS, warm_up=1)


def answered(address: str, begin: float) -> float:
    """Let ourselves in, ask for the first page, and return the milliseconds since `begin`."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    for url in dict.fromkeys([address, urljoin(address, "/")]):
        with opener.open(url, timeout=60) as reply:
            reply.read()
    return (time.perf_counter() - begin) * 1000


def main() -> list[Row]:
    """Measure and return the rows."""
    samples = starts()
    return [
        measured("second start to the first page answered, ours", samples["ours"], "ms", BUDGET),
        measured("the same, Voila with an empty widget", samples["Voila"], "ms"),
    ]


if __name__ == "__main__":
    print(machine())
    show(f"Start: {STARTS} starts for each line", main())
