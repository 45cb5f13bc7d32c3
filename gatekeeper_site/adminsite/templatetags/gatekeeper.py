"""The pieces of pages of `html.py`, for templates."""

from django import template

from gatekeeper_site.adminsite import html

register = template.Library()
register.filter("moment", html.moment)
register.filter("copyable", html.copyable)
