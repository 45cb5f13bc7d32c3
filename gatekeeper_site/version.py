"""The product's version: told by /healthz, the schema, the guide, and what is released of it."""

VERSION = "1.1.0"
