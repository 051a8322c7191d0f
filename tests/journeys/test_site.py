"""The pages that need no data open, ask no other host, and pass the accessibility check."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Site


@pytest.mark.parametrize("path", ["/", "/help", "/accessibility", "/privacy", "/account/sign-in"])
def test_a_page_is_accessible_and_asks_no_other_host(
    site: Site, page: Page, accessible: Callable[[Page], None], path: str
) -> None:
    response = page.goto(site.url + path)

    assert response is not None and response.status == 200
    accessible(page)
    site.run_jobs()
