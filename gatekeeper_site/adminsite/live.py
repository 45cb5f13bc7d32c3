"""Parts of pages that stay fresh while they are looked at (the browser's side: live.js).

A page includes a template in an element whose `data-live` is the address of a view that answers
the same template by `live_answer`:

    <div data-live="{% url "admin:…" %}" data-live-seconds="7">{% include "…/part.html" %}</div>

The view belongs behind `admin_view`, as any page: whose session has ended is led to the login, and
the browser says so.
"""

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

# What is another text each time and still says the same: how long ago a time was, which the browser
# tells by itself, and the mask of a form's token.
CHANGING = re.compile(
    r'<span class="gatekeeper-ago">[^<]*</span>'
    r'|name="csrfmiddlewaretoken" value="[^"]*"'
)


def live_answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """Return a part of a page as it is now; 304 if the browser has it so.

    Args:
        request: of the browser, with the `ETag` that it knows.
        template: of the part alone.
        context: what it is rendered with, all in it.
    """
    text = render_to_string(template, context, request)
    same = CHANGING.sub("", text).encode()
    tag = f'"{hashlib.sha256(same).hexdigest()[:32]}"'
    response = HttpResponse(text, headers={"ETag": tag})
    answer = get_conditional_response(request, etag=tag, response=response)
    return response if answer is None else answer
