"""A limit that finds its own size: it shrinks at once when something is slow and grows back slowly (AIMD)."""

from __future__ import annotations

SHRINK = 0.7


class Adaptive:
    """A limit between 1 and `most`, which it begins at.

    It is cut at most once for all that was under way at the time, and grows by one for each round of good calls.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.value = float(most)
        self._cut = float("-inf")

    def bound(self, most: int) -> None:
        """Take over another upper bound; what lay at the old one lies at the new one."""
        if most != self.most:
            self.value = float(most) if self.value >= self.most else min(self.value, float(most))
            self.most = most

    def shrink(self, begun: float, now: float) -> None:
        """Something that began at a time was slow: cut, unless that was before the last cut."""
        if begun >= self._cut:
            self.value = max(1.0, self.value * SHRINK)
            self._cut = now

    def grow(self, share: int) -> None:
        """Something that took a share of the limit went well."""
        self.value = min(float(self.most), self.value + share / self.value)
