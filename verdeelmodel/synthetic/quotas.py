"""Shares that are met exactly in the year of anchor, and the thresholds that carry them to the other years."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from verdeelmodel.synthetic.draws import Booleans, Floats, threshold


@dataclass
class Quotas:
    """Turns scores into yes or no. The first time a name is met, the share decides; afterwards the same threshold.

    In the year of anchor every share is met to the household; in the other years households that changed are judged
    by the threshold of the anchor, so that a share moves only when the population does. Only the first `counted`
    households decide: those of the year of anchor, not those that left before.
    """

    shares: dict[str, float]
    counted: int
    thresholds: dict[str, float] = field(default_factory=dict)

    def meet(self, name: str, score: Floats, among: Booleans | None = None, share: float | None = None) -> Booleans:
        """True for the households with the highest scores, shape of score.

        `share` (default: the one declared for `name`) is of all households, also when only some may be chosen.
        """
        if name not in self.thresholds:
            wanted = self.shares[name] if share is None else share
            judged = score[: self.counted]
            eligible = judged if among is None else judged[among[: self.counted]]
            part = wanted * len(judged) / max(len(eligible), 1)
            self.thresholds[name] = threshold(eligible, min(part, 1.0)) if len(eligible) else float("inf")
        chosen = score > self.thresholds[name]
        return np.asarray(chosen if among is None else chosen & among)
