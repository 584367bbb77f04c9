"""A Dask cluster as an executor, for those whom one machine is not enough.

It runs the calls that a pool of processes would run. A worker that sees the film at its path reads it there.
To the others it is sent once, whole, in blocks, and is removed at the end: a film that was cut up and put
into another container would not in every case decode to the same pictures at the same times. What a lost
worker was at, Dask gives to another. A worker that joins later is as good as the first.

This alone imports Dask, and only when a cluster is wanted. TLS and the like are set as Dask has it.
"""

from __future__ import annotations

import logging
import pickle
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from export.errand import Absent, Order, Packed, Unlike, difference, forget, keep, lack, makings, seal
from export.job import RenderError
from player.errors import LongtakeError

CONNECT = 20.0
ANSWER = 60.0
"""Seconds in which a worker must answer a question, or take a block of the film."""
BLOCK = 4 << 20
"""Bytes of a film that are on their way at once, to each worker."""
FRESH = 5.0
"""Seconds for which the number of workers is taken as known."""
SENDINGS = 3
"""How often one worker is sent the film, should it lose it again."""

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("longtake.export")


class ClusterError(RenderError):
    """A cluster that cannot be reached, or that would not make the same reel."""


class Cluster(Executor):
    """The workers of a Dask cluster, to which a film is brought.

    Args:
        address: of the scheduler, as tcp://host:8786.
        film: path of the film that the calls are about.
        patience: seconds in which the scheduler must answer, and have a worker.

    Raises:
        ClusterError: no scheduler answers there in time, it has no workers, or not the right ones.
        OSError: there is no such film.
    """

    def __init__(self, address: str, film: Path, patience: float = CONNECT) -> None:
        try:
            import distributed
        except ImportError as error:
            raise ClusterError('a cluster needs Dask, which "longtake[cluster]" brings') from error
        self._address = address
        self._film = film
        self._order = Order.of(film)
        self._sent: dict[str, int] = {}
        self._hands, self._asked = 1, 0.0
        self._closed = False
        for name in ("distributed", "distributed.client"):  # what goes wrong is said here, once
            logging.getLogger(name).setLevel(logging.CRITICAL)
        dask: Any = distributed
        try:
            self._client = dask.Client(address, timeout=patience, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise ClusterError(f"no Dask scheduler answers at {address} within {patience:g} s") from error
        self._executor: Executor = self._client.get_executor(pure=False)
        self._courier = ThreadPoolExecutor(1, "courier")
        try:
            self._muster(patience)
        except BaseException:
            self.shutdown()
            raise

    def __enter__(self) -> Self:
        return self

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker make a call; in each `Job` among the arguments the film is where the worker has it.

        The future raises what the call raises, or `ClusterError`.
        """
        if kwargs:
            raise TypeError(f"a cluster takes no {', '.join(kwargs)} by name")
        future: Future[T] = Future()
        self._give(future, fn, args)
        return future

    def hands(self) -> int:
        """How many pieces can be worked on at once."""
        if time.monotonic() - self._asked > FRESH:
            # If the scheduler does not answer, what was known is good enough; the pieces have their deadline.
            with suppress(ClusterError):
                threads = self._within(self._client.nthreads, callback_timeout=ANSWER)
                self._hands = max(1, sum(threads.values()))
            self._asked = time.monotonic()
        return self._hands

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster and of what is not done yet, and remove the film where it was sent."""
        if self._closed:
            return
        self._closed = True
        self._courier.shutdown(wait=False, cancel_futures=True)
        if self._sent:
            with suppress(ClusterError):
                self._ask(forget, self._order)
        with suppress(OSError):
            self._client.close(timeout=CONNECT)

    # --- calls ----------------------------------------------------------------------------------------------

    def _give(self, future: Future[T], call: Callable[..., T], arguments: tuple[object, ...]) -> None:
        def settle(done: Future[object]) -> None:
            with suppress(InvalidStateError, RuntimeError):  # nobody waits for it any more
                result = self._result(done)
                if isinstance(result, Absent):
                    self._courier.submit(self._bring, result, future, call, arguments)
                elif isinstance(result, LongtakeError):
                    future.set_exception(result)
                else:
                    future.set_result(result)  # type: ignore[arg-type]

        packed = pickle.dumps(Packed(self._order, call, arguments))
        self._executor.submit(pickle.loads, packed).add_done_callback(settle)

    def _result(self, done: Future[object]) -> object:
        if done.cancelled():
            return ClusterError(f"the scheduler at {self._address} is gone; run again to go on")
        error = done.exception()
        if isinstance(error, LongtakeError):
            return error
        if error is not None:
            name, words = type(error).__name__, str(error).partition("\n")[0]
            return ClusterError(f"the cluster at {self._address} gave up a piece ({name}: {words})")
        result = done.result()
        if isinstance(result, Unlike):
            return ClusterError(_unlike(result.address, result.why))
        return result

    def _bring(self, absent: Absent, future: Future[T], call: Callable[..., T], arguments: Any) -> None:
        """Send the film to a worker that came later, and make the call again."""
        try:
            lacking = self._lacking([absent.address])
            if lacking:
                self._send(lacking)
            self._give(future, call, arguments)
        except Exception as error:
            future.set_exception(error)

    # --- workers --------------------------------------------------------------------------------------------

    def _muster(self, patience: float) -> None:
        """See that there are workers like this machine, and that each has the film."""
        try:
            self._client.wait_for_workers(1, timeout=patience)
        except OSError as error:
            raise ClusterError(f"the cluster at {self._address} has no workers") from error
        wanted = makings()
        for address, there in self._ask(version, "longtake").items():
            if there != wanted["longtake"]:
                found = "none" if isinstance(there, Exception) else there
                raise ClusterError(_unlike(address, f"longtake {found} instead of {wanted['longtake']}"))
        for address, there in self._ask(makings).items():
            why = difference(wanted, there) if isinstance(there, Mapping) else f"an error ({there})"
            if why:
                raise ClusterError(_unlike(address, why))
        lacking = self._lacking(None)
        if lacking:
            size = self._order.length / 1e6
            log.info(
                "%s: not seen by %d of the workers; sending each %.1f MB.", self._film, len(lacking), size
            )
            self._send(lacking)

    def _lacking(self, addresses: Collection[str] | None) -> list[str]:
        """Those of some workers, or of all, to which the film is to be sent now.

        Raises:
            ClusterError: it was sent to one again and again.
        """
        lacking = []
        for address, worker in self._ask(lack, self._order, workers=addresses).items():
            if isinstance(worker, str) and worker:
                self._sent[worker] = self._sent.get(worker, 0) + 1
                if self._sent[worker] > SENDINGS:
                    raise ClusterError(f"the worker at {address} has lost the film {SENDINGS} times")
                lacking.append(address)
        return lacking

    def _send(self, addresses: Collection[str]) -> None:
        """Send the film to some workers; those that go away meanwhile do not matter.

        Raises:
            ClusterError: one cannot keep it, or has another one then.
        """
        part, left = uuid.uuid4().hex, list(addresses)
        with self._film.open("rb") as file:
            for offset in range(0, self._order.length, BLOCK):
                if self._closed or not left:
                    return
                left = self._took(self._ask(keep, self._order, part, offset, file.read(BLOCK), workers=left))
        for address, there in self._ask(seal, self._order, part, workers=left).items():
            if there is False:
                raise ClusterError(f"{self._film} is another film when it reaches the worker at {address}")

    def _took(self, answers: Mapping[str, object]) -> list[str]:
        for address, answer in answers.items():
            if isinstance(answer, str) and answer:
                raise ClusterError(f"the worker at {address} cannot keep the film ({answer})")
        return [address for address, answer in answers.items() if not isinstance(answer, Exception)]

    def _ask(
        self, call: Callable[..., Any], *arguments: object, workers: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Call something on some workers or all, between their pieces; the answer of each, or the error."""
        answers: dict[str, Any] = self._within(
            self._client.run, call, *arguments, workers=workers, on_error="return", callback_timeout=ANSWER
        )
        return answers

    def _within(self, call: Callable[..., Any], *arguments: object, **more: object) -> Any:
        try:
            if self._client.status == "running":
                return call(*arguments, **more)
        except OSError as error:
            raise ClusterError(f"the cluster at {self._address} gives no answer") from error
        raise ClusterError(f"the scheduler at {self._address} is gone; run again to go on")


def _unlike(address: str, why: str) -> str:
    return f"the worker at {address} would make another reel: it has {why}"
