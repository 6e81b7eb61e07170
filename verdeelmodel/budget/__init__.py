"""From predicted households to budgets, saldi and vangnet."""
