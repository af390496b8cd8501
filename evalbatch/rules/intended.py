"""Which project a wrong code was probably meant for: by the project's other code, its name, or the number in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..form import DEPARTMENT, Project
from ..model import Submission
from ..values import fold_name, is_within, letters

_WHOLE = re.compile(r"(?:本?部门|本?单位)?(?:整体|总体)(?:支出)?(?:绩效)?(?:自评)?(?:指标)?|本?部门|[本全]?单位")
_DIGITS = re.compile(r"[0-9]+")
_HAN = "零一二三四五六七八九十"
_HAN_NUMBER = re.compile(r"(?:第|项目|编号)*([一二三四五六七八九十])(?:号|个|项)*(?:项目)?")
_SHORTEST = 3
"""A part of a name that has fewer characters than these may be of any project's."""


def intended(text: str, submission: Submission, *, whole: bool) -> str | None:
    """The code that a text was meant for, None where that is not plain; ``whole`` says whether 部门整体 is one."""
    bare = letters(text).casefold()
    if whole and (_WHOLE.fullmatch(bare) or fold_name(text) == fold_name(submission.unit.name.text)):
        return DEPARTMENT
    projects = [project for project in submission.projects if project.code.value]
    numbers = _numbers(bare, text)
    guesses = (
        _codes(p for p in projects if bare in {letters(one).casefold() for one in (p.system_code.text, p.code.text)}),
        _codes(p for p in projects if fold_name(p.name.text) == fold_name(text)),
        _codes(p for p in projects if len(bare) >= _SHORTEST and p.name.text and is_within(p.name.text, text)),
        _codes(p for p in projects if p.code.text.isdecimal() and int(p.code.text) in numbers),
    )
    return next((found.pop() for found in guesses if len(found) == 1), None)


def _codes(projects: Iterable[Project]) -> set[str]:
    return {project.code.value or "" for project in projects}


def _numbers(bare: str, text: str) -> set[int]:
    """The numbers in a text: ``P101-02`` has 101 and 2, ``项目二`` 2."""
    han = _HAN_NUMBER.fullmatch(bare)
    return {int(number) for number in _DIGITS.findall(text)} | ({_HAN.index(han[1])} if han else set())
