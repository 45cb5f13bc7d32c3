"""The product's version."""

VERSION = "1.1.0"
