"""The OpenAPI schema: what drf-spectacular finds out, and what it cannot."""
