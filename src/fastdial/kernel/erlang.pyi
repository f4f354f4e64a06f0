from typing import Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Figure = TypeVar("_Figure")
_Floats = NDArray[np.float64]

class Impatient(NamedTuple, Generic[_Figure]):
    waits: _Figure
    abandons: _Figure
    mean_wait_s: _Figure

class FixedPatience(NamedTuple, Generic[_Figure]):
    waits: _Figure
    abandons: _Figure

@overload
def erlang_b(servers: int, load: float) -> float: ...
@overload
def erlang_b(servers: ArrayLike, load: ArrayLike) -> _Floats: ...
@overload
def erlang_c(agents: int, load: float) -> float: ...
@overload
def erlang_c(agents: ArrayLike, load: ArrayLike) -> _Floats: ...
@overload
def erlang_c_mean_wait(agents: int, load: float, handle_s: float) -> float: ...
@overload
def erlang_c_mean_wait(agents: ArrayLike, load: ArrayLike, handle_s: ArrayLike) -> _Floats: ...
@overload
def erlang_c_service_level(agents: int, load: float, within_s: float, handle_s: float) -> float: ...
@overload
def erlang_c_service_level(
    agents: ArrayLike, load: ArrayLike, within_s: ArrayLike, handle_s: ArrayLike
) -> _Floats: ...
@overload
def erlang_a(
    agents: int, arrivals_per_s: float, handle_s: float, patience_s: float
) -> Impatient[float]: ...
@overload
def erlang_a(
    agents: ArrayLike, arrivals_per_s: ArrayLike, handle_s: ArrayLike, patience_s: ArrayLike
) -> Impatient[_Floats]: ...
@overload
def fixed_patience(
    agents: int, arrivals_per_s: float, handle_s: float, patience_s: float
) -> FixedPatience[float]: ...
@overload
def fixed_patience(
    agents: ArrayLike, arrivals_per_s: ArrayLike, handle_s: ArrayLike, patience_s: ArrayLike
) -> FixedPatience[_Floats]: ...
@overload
def servers_for_blocking(load: float, blocking: float) -> int: ...
@overload
def servers_for_blocking(load: ArrayLike, blocking: ArrayLike) -> NDArray[np.int64]: ...
@overload
def load_for_blocking(servers: int, blocking: float) -> float: ...
@overload
def load_for_blocking(servers: ArrayLike, blocking: ArrayLike) -> _Floats: ...
@overload
def agents_for_service_level(
    load: float, level: float, within_s: float, handle_s: float
) -> int: ...
@overload
def agents_for_service_level(
    load: ArrayLike, level: ArrayLike, within_s: ArrayLike, handle_s: ArrayLike
) -> NDArray[np.int64]: ...
@overload
def load_for_service_level(
    agents: int, level: float, within_s: float, handle_s: float
) -> float: ...
@overload
def load_for_service_level(
    agents: ArrayLike, level: ArrayLike, within_s: ArrayLike, handle_s: ArrayLike
) -> _Floats: ...
@overload
def agents_for_abandonment(
    arrivals_per_s: float, abandons: float, handle_s: float, patience_s: float
) -> int: ...
@overload
def agents_for_abandonment(
    arrivals_per_s: ArrayLike, abandons: ArrayLike, handle_s: ArrayLike, patience_s: ArrayLike
) -> NDArray[np.int64]: ...
