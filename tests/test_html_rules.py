"""The rules for valid HTML find what they are for."""

import pytest

from tests.html_rules import faults_of

_PAGE = '<!doctype html><html lang="fr"><head><title>Paire</title></head><body>{}</body></html>'

GOOD = (
    '<main id="main"><h1>Titre</h1><p>Une <strong>phrase</strong>.</p></main><a href="#main">haut</a>',
    '<fieldset aria-describedby="h"><legend><h1>Quand ?</h1></legend><p id="h">Un jour</p></fieldset>',
    "<dl><div><dt>Nom</dt><dd><bdi>Camille</bdi></dd></div></dl>",
    '<a href="/x"><svg viewBox="0 0 1 1" width="24"><path d="M0 0"/></svg> suite</a>',
    "<table><caption>Rendez-vous</caption><thead><tr><th scope=col>Jour</th></tr></thead></table>",
)
BAD = {
    "<p>a<div>b</div></p>": "unexpected-end-tag",
    "<table><div>x</div></table>": "table",
    '<p id="a" id="b">x</p>': "duplicate-attribute",
    "<p>a &foo b</p>": "entity",
    "<div/>": "solidus",
    "<foo>x</foo>": "no such element",
    "<ul><p>x</p></ul>": "does not belong there",
    "<li>x</li>": "belongs elsewhere",
    "<span><div>x</div></span>": "a block inside a phrase",
    '<a href="/x"><button>y</button></a>': "two things to use",
    '<p id="a">x</p><p id="a">y</p>': "2 times",
    '<label for="nobody">x</label>': "nothing has the id",
    '<a href="#nowhere">x</a>': "leads nowhere",
    '<img src="x">': "no alternative text",
    '<table width="50"><tbody></tbody></table>': "for the stylesheet",
}


@pytest.mark.parametrize("body", GOOD)
def test_good_html_has_no_faults(body: str) -> None:
    assert faults_of(_PAGE.format(body)) == []


@pytest.mark.parametrize("body", BAD)
def test_bad_html_is_told(body: str) -> None:
    assert BAD[body] in "\n".join(faults_of(_PAGE.format(body)))


def test_a_page_needs_a_title_and_a_language() -> None:
    found = "\n".join(faults_of("<!doctype html><html><head><title> </title></head><body></body></html>"))
    assert "no language" in found and "empty" in found
