"""One workbook's life: a submission is reconciled, scored, checked, waived where the bureau says so: an evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Evaluation, Submission, Waiver
from .policy import Policy
from .reconcile import reconcile
from .rules import Case, broke_down, run
from .score import score, withheld
from .waivers import waive


def evaluate(submission: Submission, policy: Policy, waivers: Sequence[Waiver] = ()) -> Evaluation:
    """Evaluate a filled form under a policy. Pure: equal arguments give equal evaluations; bad data never raises."""
    identities = reconcile(submission, policy)
    scores = score(submission, policy)
    findings, ledger = run(Case(submission, policy, identities, scores))
    evaluation = Evaluation(
        submission=submission,
        policy_name=policy.name,
        identities=identities,
        scores=withheld(scores) if broke_down(ledger) else scores,
        findings=findings,
        rules=ledger,
    )
    return waive(evaluation, waivers)
