"""Everything that is written: the blank form, scored workbooks, the roll-up, results for machines."""
