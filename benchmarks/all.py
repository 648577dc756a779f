"""Runs every benchmark and prints one table for each."""

import answer
import click
import cohort
import first_question
import folds
import memory
import opening
import payload
import receptive
import start
from bench import machine, show

BENCHMARKS = {
    "First question (first_question.py)": first_question.main,
    "Answer to feedback (answer.py)": answer.main,
    "Folds and reading (folds.py)": folds.main,
    "Payload (payload.py)": payload.main,
    "Address to first question (opening.py)": opening.main,
    "Memory (memory.py)": memory.main,
    "Markers of receptive wording (receptive.py)": receptive.main,
    "Statistics of a group (cohort.py)": cohort.main,
    "Start (start.py)": start.main,
    "Click to changed page (click.py)": click.main,
}

if __name__ == "__main__":
    print(machine())
    for title, benchmark in BENCHMARKS.items():
        show(title, benchmark())
