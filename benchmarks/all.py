"""Runs every benchmark and prints one table for each."""

import answer
import click
import first_question
import folds
import memory
import payload
from bench import machine, show

BENCHMARKS = {
    "First question (first_question.py)": first_question.main,
    "Answer to feedback (answer.py)": answer.main,
    "Folds and reading (folds.py)": folds.main,
    "Payload (payload.py)": payload.main,
    "Memory and opening a page (memory.py)": memory.main,
    "Click to changed page (click.py)": click.main,
}

if __name__ == "__main__":
    print(machine())
    for title, benchmark in BENCHMARKS.items():
        show(title, benchmark())
