"""Tests of the runner and of what needs several connections."""
