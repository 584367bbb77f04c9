"""A part of a Dask cluster, in a process of its own: `scheduler`, or `worker ADDRESS FOLDER`.

A worker can be one that lacks something: `--blind FILM` does not see that file, `--version VERSION` has that
one of Longtake. A scheduler need have nothing of Longtake, so it has nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import sys


async def scheduler() -> None:
    from distributed import Scheduler

    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as one:
        print(one.address, flush=True)
        await one.finished()


async def worker(address: str, folder: str) -> None:
    from distributed import Worker

    async with Worker(address, nthreads=1, local_directory=folder, host="127.0.0.1", dashboard=False) as one:
        print(one.address, flush=True)
        await one.finished()


def hide(film: str) -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]) == film:
            raise FileNotFoundError(2, "No such file or directory", film)

    sys.addaudithook(hook)


def pretend(wrong: str) -> None:
    right = importlib.metadata.version
    importlib.metadata.version = lambda name: wrong if name == "longtake" else right(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("role", nargs="+")
    parser.add_argument("--blind")
    parser.add_argument("--version")
    options = parser.parse_args()
    if options.blind:
        hide(options.blind)
    if options.version:
        pretend(options.version)
    if options.role == ["scheduler"]:
        sys.meta_path = [one for one in sys.meta_path if "editable" not in repr(one)]
        asyncio.run(scheduler())
    else:
        asyncio.run(worker(*options.role[1:]))
