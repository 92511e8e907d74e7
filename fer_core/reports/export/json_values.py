"""The kinds of numbers that a report file may hold; everything else is damage."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A hair of slack above: means of rounded values.
Share = Annotated[float, Field(ge=0, le=1 + 1e-6)]
Percent = Annotated[float, Field(ge=0, le=100 + 1e-4)]
LONGEST = 1e6
"""s, twelve days: times beyond it are damage."""


class Strict(BaseModel):
    """No type is guessed: ``"7"`` is not 7. NaN and infinity are refused."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, strict=True)
