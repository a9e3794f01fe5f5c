"""The figures once more, slowly and in plain words, from the specification of each case."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.case_measures import Measure
from services.case_states import State
from services.periods import Period
from tests.figures.world import Spec

CLOSED = {State.RESOLVED, State.REVIEW, State.ARCHIVED}
GONE = {State.WITHDRAWN, State.DUPLICATE, State.REJECTED}


def measures(spec: Spec, period: Period, now: datetime) -> set[Measure]:
    """What a case counts as."""
    came = now - timedelta(hours=spec.age)
    found = {_age(spec.age / 24)} if spec.state not in CLOSED | GONE else set()
    if spec.resolved is not None and spec.state in CLOSED:
        settled = came + timedelta(hours=spec.resolved)
        if period.start <= settled < period.end:
            found.add(Measure.SETTLED)
    if period.start <= came < period.end:
        found |= {Measure.RAISED, *_response(spec), *_resolution(spec), *_rating(spec)}
        found |= _reopening(spec)
    return found


def _response(spec: Spec) -> set[Measure]:
    if spec.responded is None:
        if spec.state in GONE:
            return {Measure.RESPONSE_GONE}
        if spec.age <= spec.response_due:
            return {Measure.RESPONSE_WAITING}
        return {Measure.RESPONSE_LATE, Measure.RESPONSE_COUNTED}
    kept = spec.responded <= spec.response_due
    return {
        Measure.RESPONSE_KEPT if kept else Measure.RESPONSE_LATE,
        Measure.RESPONSE_COUNTED,
    }


def _resolution(spec: Spec) -> set[Measure]:
    if spec.state in GONE:
        return {Measure.GONE}
    if spec.state in CLOSED:
        in_time = spec.resolved is not None and spec.resolved <= spec.resolve_due
        return {
            Measure.RESOLUTION_COUNTED,
            Measure.FIXED if spec.outcome == "fixed" else Measure.CLOSED_OTHERWISE,
            Measure.IN_TIME if in_time else Measure.LATE,
            Measure.DUE_COUNTED,
        }
    if spec.state is not State.WAITING and spec.age > spec.resolve_due:
        return {
            Measure.RESOLUTION_COUNTED,
            Measure.UNSETTLED,
            Measure.LATE,
            Measure.DUE_COUNTED,
        }
    return {Measure.RUNNING}


def _rating(spec: Spec) -> set[Measure]:
    if spec.state not in CLOSED:
        return {Measure.NOT_CLOSED}
    if spec.satisfaction is None:
        return {Measure.UNRATED}
    return {Measure.RATED, Measure.SATISFIED if spec.satisfaction > 3 else Measure.UNSATISFIED}


def _reopening(spec: Spec) -> set[Measure]:
    found = {Measure.REOPENED} if spec.reopened else set()
    closed = spec.reopened or spec.state in CLOSED
    return found | {Measure.EVER_CLOSED if closed else Measure.NEVER_CLOSED}


def _age(days: float) -> Measure:
    for least, measure in ((30, Measure.AGE_OVER), (15, Measure.AGE_30), (7, Measure.AGE_15)):
        if days >= least:
            return measure
    return Measure.AGE_7 if days >= 3 else Measure.AGE_3
