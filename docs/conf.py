"""The guide: `make docs` builds it (Sphinx with MyST, in the theme furo) into docs/_build/site.

What is drawn, and the pages in docs/generated, are made of the code when it is built.
"""

import gc
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS / "_extensions")]

from gatekeeper_site.version import VERSION  # noqa: E402

# Most of what is made of the pages is there to stay until the last is written: looking for what is
# not would spare 170 MB, and take a third of the time.
gc.disable()

project = "Gatekeeper"
version = release = VERSION
language = "en"
extensions = ["myst_parser", "state_diagrams", "api_reference", "command_reference"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["attrs_block"]
# As GitHub makes them, so that a link into a page works in both.
myst_heading_anchors = 4

templates_path = ["_templates"]
html_theme = "furo"
html_title = f"Gatekeeper {VERSION}"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_favicon = "../gatekeeper_site/adminsite/static/gatekeeper/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
