"""A county's filled workbooks, made from a seed, with faults planted by editing figures: what a run must find.

Knows the form and how it is written, and nothing of how it is checked: what a fault must be called is declared here.
"""
