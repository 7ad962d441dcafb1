"""What the Makefile runs beside the tests: checks, generated files, coverage."""
