"""Templates rendered without a server, a database or settings."""

import pytest

from openhour.ui.environment import environment


@pytest.fixture(scope="session")
def pages():
    """The environment of all pages, with plain addresses."""
    return environment(static=lambda path: f"/static/{path}", url=lambda name, *args, **kwargs: f"/{name}")


@pytest.fixture
def render(pages):
    """Render a piece of template with the component files at hand."""
    head = (
        '{% import "ui/forms.html" as forms %}{% import "ui/parts.html" as parts %}'
        '{% import "ui/icons.html" as icons %}{% import "ui/findings.html" as gaps %}'
    )
    return lambda source, **context: pages.from_string(head + source).render(**context)
