"""Params as keyword arguments."""

from __future__ import annotations

import difflib
import functools
import inspect
from typing import Any, Callable, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def keyword_only(method: F) -> F:
    """Keeps the arguments that were given as ``_input_kwargs``, as PySpark's decorator of this name.

    One that there is not is refused with the user's class and what may have been meant.
    """
    names = [name for name in inspect.signature(method).parameters if name != "self"]

    @functools.wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        owner = type(self).__name__
        if args:
            raise TypeError("%s takes its parameters as name=value, not %r alone" % (owner, args[0]))
        for name in kwargs:
            if name not in names:
                close = difflib.get_close_matches(name, names, 1, 0.5)
                raise TypeError(
                    "%s has no parameter '%s'%s"
                    % (owner, name, "; did you mean %s?" % close[0] if close else "")
                )
        self._input_kwargs = kwargs
        return method(self, **kwargs)

    return cast(F, wrapper)
