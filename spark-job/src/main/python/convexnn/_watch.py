"""The course of a fit, shown while it runs."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Optional, Tuple

#: what ``setProgress`` takes
PLACES = ("auto", "bar", "lines", "none")

_WIDTH = 79
_SECONDS = {"bar": 0.5, "notebook": 1.0, "lines": 10.0}


@contextmanager
def shown(java_estimator: Any, wanted: str) -> Iterator[None]:
    """Shows the course of the fit that runs meanwhile: the line that Java tells, from a thread of its own."""
    place = _place(wanted)
    if place == "none":
        yield
        return
    course = java_estimator.watch()
    write, end = _writer(place)
    ended = threading.Event()

    def watch() -> None:
        last = ""
        while not ended.wait(_SECONDS[place]):
            try:
                line = str(course.line())
            except Exception:  # the session ends
                return
            if line and line != last and not ended.is_set():
                write(line)
                last = line

    watcher = threading.Thread(target=watch, name="convexnn-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(1.0)
        end()


def check_place(value: Any) -> str:
    """Refuses what ``setProgress`` does not know."""
    if value not in PLACES:
        raise ValueError("progress is %r; it must be one of %s" % (value, ", ".join(PLACES)))
    return str(value)


def _place(wanted: str) -> str:
    """Where to show it: fits beside each other, of a cross-validator, say, are not shown by themselves."""
    if wanted != "auto":
        return wanted
    if threading.current_thread() is not threading.main_thread():
        return "none"
    if _notebook() is not None:
        return "notebook"
    return "bar" if sys.stderr is not None and sys.stderr.isatty() else "lines"


def _notebook() -> Optional[Any]:
    """IPython's display, where a kernel shows what changes."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display


def _writer(place: str) -> Tuple[Callable[[str], None], Callable[[], None]]:
    """What writes a line, and what ends it."""
    if place == "notebook":
        display = _notebook()
        handle: Any = None

        def update(line: str) -> None:
            nonlocal handle
            content = {"text/plain": line}
            if handle is None:
                handle = display(content, raw=True, display_id=True)  # type: ignore[misc]
            else:
                handle.update(content, raw=True)

        return update, lambda: None

    stream = sys.stderr
    if place == "lines":

        def add(line: str) -> None:
            stream.write(line + "\n")
            stream.flush()

        return add, lambda: None

    written = False

    def rewrite(line: str) -> None:
        nonlocal written
        written = True
        stream.write("\r" + line[:_WIDTH].ljust(_WIDTH))
        stream.flush()

    def clear() -> None:
        if written:
            stream.write("\r" + " " * _WIDTH + "\r")
            stream.flush()

    return rewrite, clear
