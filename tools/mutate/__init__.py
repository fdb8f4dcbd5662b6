"""Mutation testing of the gate: each small change to its code must be noticed by a judge that does not share it.

python -m tools.mutate                    every mutant of the gate
  python -m tools.mutate --page             the same, and writes docs/mutants.md
python -m tools.mutate --only compiler    of one module
python -m tools.mutate --sample 200       a drawn sample, for a quick look
"""
