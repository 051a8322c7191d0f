"""Somebody without a mouse: Tab goes from field to field, arrows through a group, Enter presses."""

from playwright.sync_api import Page

_MOST_TABS = 60
_HERE = "() => document.activeElement.id || document.activeElement.name || ''"

_AT_THE_BUTTON = "() => document.activeElement === [...document.querySelectorAll('main form button')].at(-1)"


class Keys:
    """The keyboard of one page; a field that Tab does not reach fails."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, *ids: str) -> str:
        """Press Tab until one of these has the focus."""
        for _ in range(_MOST_TABS):
            here = str(self.page.evaluate(_HERE))
            if here in ids:
                return here
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not lead to {ids}")

    def write(self, field: str, text: str) -> None:
        """Go to a field of text and replace what it holds."""
        self.to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def choose(self, name: str, number: int) -> None:
        """Go to a group of radio buttons and choose the n-th by its arrows."""
        wanted = name if number == 1 else f"{name}-{number}"
        self.to(name, *(f"{name}-{other}" for other in range(2, 10)))
        self.page.keyboard.press("Space")
        for _ in range(10):
            if self.page.locator(f"#{wanted}").is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {wanted}")

    def tick(self, box: str) -> None:
        self.to(box)
        self.page.keyboard.press("Space")

    def send(self, path: str) -> None:
        """Go to the form's last button and press it; the path says where that must lead."""
        for _ in range(_MOST_TABS):
            if self.page.evaluate(_AT_THE_BUTTON):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"{self.page.url}: Tab does not lead to the button")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert self.page.url.endswith(path), (self.page.url, path)
