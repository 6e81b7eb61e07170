"""From predicted households to budgets, saldi and vangnet; every euro of the macrobudget is distributed."""

from verdeelmodel.budget.allocation import Allocation, allocate, without_late_data
from verdeelmodel.budget.inputs import Amounts, Inputs
from verdeelmodel.budget.mergers import MergedBudgets, Merger, merged_budgets
from verdeelmodel.budget.rounding import largest_remainder
from verdeelmodel.budget.saldo import Saldo, saldo
from verdeelmodel.budget.vangnet import History, VangnetGrant, eligible_cost, vangnet

__all__ = [
    "Allocation",
    "Amounts",
    "History",
    "Inputs",
    "MergedBudgets",
    "Merger",
    "Saldo",
    "VangnetGrant",
    "allocate",
    "eligible_cost",
    "largest_remainder",
    "merged_budgets",
    "saldo",
    "vangnet",
    "without_late_data",
]
