from typing import Self, SupportsFloat, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

@final
class HazardLaw:
    def __new__(
        cls,
        *,
        bin_s: SupportsFloat = 1.0,
        growth: SupportsFloat = 1.0,
        half_life: SupportsFloat = 500.0,
        mean_s: SupportsFloat,
        prior: SupportsFloat = 5.0,
    ) -> Self: ...
    def observe(
        self, lasted_s: SupportsFloat, *, ended: bool = True, weight: SupportsFloat = 1.0
    ) -> None: ...
    def refresh(self, lasting_s: ArrayLike = ()) -> None: ...
    def set(self, survival: ArrayLike) -> None: ...
    @property
    def edges(self) -> NDArray[np.float64]: ...
    @property
    def mean_s(self) -> float: ...
    def survival(self, age_s: SupportsFloat) -> float: ...
    def quantile(self, share: SupportsFloat) -> float: ...
