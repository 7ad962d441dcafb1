"""`python -m runner`: the same as the command `leadsync`."""

from runner.cli import main

if __name__ == "__main__":
    main()
