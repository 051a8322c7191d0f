"""Whether a page is valid HTML: what the parser of the standard complains of, and rules it does not know.

`tinyhtml5` reads pages as browsers do and tells every mistake of writing. What may stand in what, and what
an id refers to, is checked here on the tree it makes. Nothing is asked of the network.
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    "a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption "
    "cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input "
    "ins kbd label legend li link main map mark menu meta meter nav noscript object ol optgroup "
    "option output p picture pre progress q rp rt ruby s samp script search section select slot "
    "small source span strong style sub summary sup table tbody td template textarea tfoot th thead "
    "time title tr track u ul var video wbr"
)
_BLOCKS = _words(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr main nav ol p pre search section table ul"
)
_HEADINGS = _words("h1 h2 h3 h4 h5 h6")
_TITLED_BY = frozenset({"legend", "summary"})  # these may hold a heading
_PHRASES_ONLY = _HEADINGS | _TITLED_BY | _words(
    "abbr b bdi bdo button cite code dfn em i kbd label output p pre q s samp small span strong sub "
    "sup time u var"
)  # fmt: skip
_ONLY_IN = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody", "tfoot"},
    "td": {"tr"},
    "th": {"tr"},
    "caption": {"table"},
    "legend": {"fieldset"},
    "option": {"select", "optgroup", "datalist"},
    "figcaption": {"figure"},
}
_ONLY_HOLDS = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"td", "th", "script", "template"},
    "select": {"option", "optgroup", "hr"},
}
_TO_USE = _words("a button input select textarea details iframe")
_REFERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers", "list")
_OLD = _words("align bgcolor border cellpadding cellspacing color face height valign width")
_MAY_BE_SIZED = _words("img svg canvas video iframe source")


def faults_of(source: str) -> list[str]:
    """What is not valid in a page, a line each."""
    parser = HTMLParser(namespace_html_elements=False)
    tree = parser.parse(source.encode(), transport_encoding="utf-8")
    found = [f"line {line}: {code} {facts or ''}".rstrip() for (line, _column), code, facts in parser.errors]
    found += _faults_of_ids(tree)
    for element, above in _walk(tree, ()):
        found += _faults_of_element(element, above)
    return found


def _walk(element: Element, above: tuple[Element, ...]) -> Iterator[tuple[Element, tuple[Element, ...]]]:
    yield element, above
    for child in element:
        # comments have no name; drawings (SVG) have their own rules
        if isinstance(child.tag, str) and not child.tag.startswith("{"):
            yield from _walk(child, (*above, element))


def _faults_of_element(element: Element, above: tuple[Element, ...]) -> Iterator[str]:
    name, parent = str(element.tag), str(above[-1].tag) if above else ""
    where = f"<{name}> in <{parent}>"
    if name not in _ELEMENTS:
        yield f"{where}: no such element"
    if name in _ONLY_IN and parent not in _ONLY_IN[name]:
        yield f"{where}: it belongs elsewhere"
    if parent in _ONLY_HOLDS and name not in _ONLY_HOLDS[parent]:
        yield f"{where}: it does not belong there"
    if name in _BLOCKS and parent in _PHRASES_ONLY and not (name in _HEADINGS and parent in _TITLED_BY):
        yield f"{where}: a block inside a phrase"
    if _is_to_use(element) and any(str(other.tag) in ("a", "button") for other in above):
        yield f"{where}: two things to use, one in the other"
    yield from _faults_of_attributes(element, where)


def _faults_of_attributes(element: Element, where: str) -> Iterator[str]:
    name = str(element.tag)
    if name == "img" and element.get("alt") is None:
        yield f"{where}: no alternative text"
    if name == "html" and not element.get("lang"):
        yield f"{where}: no language"
    if name == "title" and not (element.text or "").strip():
        yield f"{where}: empty"
    if name not in _MAY_BE_SIZED:
        yield from (
            f"{where}: {attribute} is for the stylesheet" for attribute in _OLD.intersection(element.keys())
        )


def _is_to_use(element: Element) -> bool:
    return element.tag in _TO_USE and element.get("type") != "hidden"


def _faults_of_ids(tree: Element) -> Iterator[str]:
    elements = list(tree.iter())
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    yield from (f"id {name!r}: {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r}: not a name" for name in ids if not name or " " in name)
    for element in elements:
        for attribute in _REFERS:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"<{element.tag}> {attribute}: nothing has the id {name!r}"
        link = element.get("href") or ""
        if element.tag == "a" and len(link) > 1 and link.startswith("#") and link[1:] not in ids:
            yield f"<a>: the link {link!r} leads nowhere"
