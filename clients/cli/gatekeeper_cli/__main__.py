"""`python -m gatekeeper_cli`, for where the command is not on the path."""

from gatekeeper_cli.main import script

script()
