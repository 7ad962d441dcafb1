"""lead-sync: keeps the leads in DomIQ's PostgreSQL database and in ResMan in step."""

__version__ = "0.1.0.dev0"
