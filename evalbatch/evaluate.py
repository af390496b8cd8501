"""One workbook's life: a submission is reconciled, held against the bureau's figures, scored, checked, waived where the
bureau says so: an evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence

from .against import compared, standing
from .approved import NO_BOOKS, Books
from .model import Evaluation, Submission, Waiver
from .policy import Policy
from .reconcile import reconcile
from .rules import Case, broke_down, run
from .score import score, withheld
from .waivers import waive


def evaluate(
    submission: Submission, policy: Policy, waivers: Sequence[Waiver] = (), books: Books = NO_BOOKS
) -> Evaluation:
    """Evaluate a filled form under a policy. Pure: equal arguments give equal evaluations; bad data never raises."""
    stands = standing(submission, books)
    identities = (*reconcile(submission, policy), *compared(submission, stands))
    scores = score(submission, policy)
    findings, ledger = run(Case(submission, policy, identities, scores, stands))
    evaluation = Evaluation(
        submission=submission,
        policy_name=policy.name,
        identities=identities,
        scores=withheld(scores) if broke_down(ledger) else scores,
        findings=findings,
        rules=ledger,
    )
    return waive(evaluation, waivers)
