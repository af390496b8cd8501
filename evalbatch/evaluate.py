"""One workbook's life: a submission is reconciled, scored, checked, and becomes an evaluation."""

from __future__ import annotations

from .model import Evaluation, Submission
from .policy import Policy
from .reconcile import reconcile
from .rules import Case, run
from .score import score


def evaluate(submission: Submission, policy: Policy) -> Evaluation:
    """Evaluate a filled form under a policy. Pure: equal arguments give equal evaluations; bad data never raises."""
    identities = reconcile(submission, policy)
    scores = score(submission, policy)
    findings, ledger = run(Case(submission, policy, identities, scores))
    return Evaluation(
        submission=submission,
        policy_name=policy.name,
        identities=identities,
        scores=scores,
        findings=findings,
        rules=ledger,
    )
