"""The public key set and a token, verified by a browser's own cryptography: nothing of ours but the data."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.security.test_tokens import COSE, KEYS
from vaccination.security.signing_keys import public_key_set

# What a device does: take the frame apart, find the key by its kid, verify over header and payload.
VERIFY = """
async ([hex, keySet]) => {
  const cose = Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16));
  const kid = hex.slice(16, 20);
  const entry = JSON.parse(keySet).keys.find(key => key.kid === kid);
  if (!entry) return "unknown key";
  const jwk = {kty: "EC", crv: "P-256", x: entry.x, y: entry.y};
  const algorithm = {name: "ECDSA", namedCurve: "P-256", hash: "SHA-256"};
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  const length = cose[12];
  const context = [0x84, 0x6a, ...new TextEncoder().encode("Signature1")];
  const head = [...context, 0x47, ...cose.slice(3, 10), 0x40, 0x58, length];
  const signed = new Uint8Array([...head, ...cose.slice(13, 13 + length)]);
  return await crypto.subtle.verify(algorithm, key, cose.slice(-64), signed);
}
"""


@pytest.fixture
def device(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    # Cryptography is offered to secure places only, and localhost is one; nobody listens there.
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><title>device</title>"))
    page.goto("http://localhost/")
    yield page
    page.close()


def verified(device: Page, cose: bytes, key_set: str) -> object:
    return device.evaluate(VERIFY, [cose.hex(), key_set])


def test_a_browser_verifies_a_token_with_the_public_key_set(device: Page) -> None:
    assert verified(device, COSE, public_key_set(KEYS)) is True


@pytest.mark.parametrize("place", [20, 30, 43, 46, 109])
def test_a_browser_refuses_a_changed_token(device: Page, place: int) -> None:
    changed = bytes([*COSE[:place], COSE[place] ^ 1, *COSE[place + 1 :]])
    assert verified(device, changed, public_key_set(KEYS)) is False


def test_a_browser_does_not_find_a_foreign_key(device: Page) -> None:
    key_set = json.loads(public_key_set(KEYS))
    key_set["keys"][0]["kid"] = "0108"
    assert verified(device, COSE, json.dumps(key_set)) == "unknown key"
