"""What axe finds on a page (WCAG 2.2, levels A and AA, and good practice)."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def barriers(page: Page, rules: Sequence[str] = LEVELS) -> list[str]:
    """Return what keeps people from using a page as it is shown: rule, help, element of each.

    Args:
        page: the page.
        rules: of axe, by their ids or tags.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # What axe tells of the rest is long.
    violations = page.evaluate(
        "options => axe.run(options).then(results => results.violations)",
        {"runOnly": list(rules), "resultTypes": ["violations"]},
    )
    return [
        f"{page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in violations
        for node in violation["nodes"]
    ]
