"""Turns a marked comparison into a report: confusions, usage, prices, and the decision."""

from __future__ import annotations

from collections.abc import Sequence

from sentitui.config import Settings
from sentitui.dataset.prices import price_of
from sentitui.history import History
from sentitui.playground.decision import decide, standing
from sentitui.playground.findings import confusion
from sentitui.playground.labels import Labels
from sentitui.playground.measure import Measured
from sentitui.playground.report import Report
from sentitui.playground.run import Completion
from sentitui.playground.usage import usage, usd_per_1000


def appraise(
    measured: Sequence[Measured],
    completions: Sequence[Completion],
    labels: Labels | None,
    history: History,
    settings: Settings,
) -> Report:
    """The findings of a comparison; without labels there is nothing to decide."""
    if labels is None:
        return Report("Comparison", measured, {}, None)
    confusions, standings = {}, []
    for each in measured:
        contender = each.contender
        mine = [one for one in completions if one.contender == contender.name]
        confusions[contender.name] = confusion(mine, each.prompts, labels)
        price = price_of(contender.provider.name, contender.model, settings)
        used = usage(mine)
        found = standing(each, used, usd_per_1000(used, price, contender.model))
        standings += [found] if found else []
    decision = decide(measured, standings, training_usd(measured, history, settings))
    return Report("Comparison", measured, confusions, decision)


def training_usd(measured: Sequence[Measured], history: History, settings: Settings) -> float | None:
    """What the tuned contenders' training cost by the list, from the jobs in the history; None when not
    known."""
    models = {each.contender.model for each in measured}
    costs = []
    for job in history.jobs():
        tokens = job.data.get("trained_tokens")
        if job.data.get("fine_tuned_model") in models and isinstance(tokens, int):
            price = price_of(job.provider, str(job.data.get("model")), settings)
            costs.append(price.training_cost(tokens, 1) if price else None)
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None
