"""What can go wrong with a provider, in our words: the provider's own may hold a key or a text."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)


class Fault(Exception):
    """`words` follow the connection's name. `again`: the same call may be tried again; `spent`: it may have cost something."""

    def __init__(self, words: str, *, again: bool = False, spent: bool = False) -> None:
        super().__init__(words)
        self.words, self.again, self.spent = words, again, spent


STATUS = {
    400: "did not accept the request (400): the model may be too small for it",
    401: "did not accept its key (401)",
    403: "may not be used with its key (403)",
    404: "does not know the model (404)",
    413: "cannot take so much text (413)",
    429: "is asked too much at the moment (429)",
}


@contextmanager
def told(sdk: Any) -> Iterator[None]:
    """The SDK's errors as Faults. `from None`: a traceback with the cause would show what was sent."""
    import httpx2

    try:
        yield
    except sdk.APITimeoutError:
        raise Fault("did not answer in time", spent=True) from None
    except sdk.APIStatusError as error:
        raise _status(error.status_code) from None
    except sdk.APIConnectionError as error:
        raise _unconnected(error.__cause__) from None
    except httpx2.TimeoutException:
        raise Fault("did not answer in time", spent=True) from None
    except httpx2.HTTPError:  # a dropped connection reaches us raw from one of the SDKs
        raise Fault("broke off its answer", spent=True) from None
    except sdk.APIError:
        raise Fault("reported an error of its own", spent=True) from None
    except (ValueError, TypeError, AttributeError, LookupError):
        raise Fault("answered something that is no answer", spent=True) from None


def _status(status: int) -> Fault:
    words = STATUS.get(status, f"answered with an error ({status})")
    return Fault(words, again=status == 429 or status >= 500)


def _unconnected(cause: BaseException | None) -> Fault:
    """Only where no connection came about nothing can have been spent."""
    import httpx2

    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Fault("cannot be reached", again=True)
    return Fault("broke off its answer", spent=True)
