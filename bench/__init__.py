"""Measurements: `make bench` runs them; each row is a ratio of two sides of one run."""
