"""As many requests as a server answers, over a few connections that stay open.

Plain sockets and nothing parsed but the status and the length: the client shares the processors with what it
measures, so it must cost little. What it did cost is told with the figures.
"""

import resource
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One page as one person asks for it."""

    path: str
    cookie: str = ""


@dataclass
class Answered:
    """What came back: how long each answer took (ms), how many were not 200, and what the client itself cost."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0
    own_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


def saturate(port: int, asked: Sequence[Asked], seconds: float, connections: int = 4) -> Answered:
    """Ask the pages in turn, over each connection as fast as it answers, for some seconds."""
    answered, lock, until = Answered(), threading.Lock(), time.perf_counter() + seconds
    began, own = time.perf_counter(), _own_seconds()

    def run(offset: int) -> None:
        times, failed = _one_connection(port, pages[offset:] + pages[:offset], until)
        with lock:
            answered.times += times
            answered.failed += failed

    pages = list(asked)
    threads = [threading.Thread(target=run, args=(i * len(pages) // connections,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered.seconds, answered.own_seconds = time.perf_counter() - began, _own_seconds() - own
    return answered


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _one_connection(port: int, asked: Sequence[Asked], until: float) -> tuple[list[float], int]:
    requests = [_request(one) for one in asked]
    times, failed, number = [], 0, 0
    connection = _connect(port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.sendall(requests[number % len(requests)])
        status, stays = _answer(connection)
        times.append((time.perf_counter() - began) * 1000)
        failed += status != 200
        number += 1
        if not stays:
            connection.close()
            connection = _connect(port)
    connection.close()
    return times, failed


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _request(one: Asked) -> bytes:
    cookie = f"Cookie: {one.cookie}\r\n" if one.cookie else ""
    return f"GET {one.path} HTTP/1.1\r\nHost: localhost\r\n{cookie}Connection: keep-alive\r\n\r\n".encode()


def _answer(connection: socket.socket) -> tuple[int, bool]:
    """The status, and whether the connection stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return 0, False
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lowered = head.lower()
    length = lowered.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
    missing = int(length or 0) - len(body)
    while missing > 0:
        part = connection.recv(min(missing, 65536))
        if not part:
            return 0, False
        missing -= len(part)
    return int(head.split(b" ", 2)[1]), b"connection: close" not in lowered
