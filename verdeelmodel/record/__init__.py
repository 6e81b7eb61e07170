"""The hash-bound record of a run and its verification; whole-or-nothing writing."""

from verdeelmodel.record.reading import SavedRun, read_run
from verdeelmodel.record.run import EVIDENCE, RECORD, Run, new_run
from verdeelmodel.record.verification import Verification, read_record, verify
from verdeelmodel.record.whole import whole_folder, write_whole

__all__ = [
    "EVIDENCE",
    "RECORD",
    "Run",
    "SavedRun",
    "Verification",
    "new_run",
    "read_record",
    "read_run",
    "verify",
    "whole_folder",
    "write_whole",
]
