"""The command line of Gatekeeper, upon the client that is generated from its schema."""

# The product's; written by `make clients`.
__version__ = "1.1.0"
