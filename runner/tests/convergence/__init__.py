"""Convergence: both sides are edited at random, with faults; at rest they agree."""
