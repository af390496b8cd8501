"""What the bureau's systems export, approved budgets and payments: from the cells of a file to the rows that count."""
