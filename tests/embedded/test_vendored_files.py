"""Vendored files are the ones that were fetched and checked, and their licences came with them."""

from tests import vendoring


def test_every_vendored_file_is_as_the_lock_says() -> None:
    assert vendoring.faults() == []


def test_a_changed_an_unknown_and_a_missing_file_are_each_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(vendoring, "ROOT", tmp_path)
    reader = tmp_path / "web/static/vendor/zxing-wasm/reader.js"
    reader.parent.mkdir(parents=True)
    reader.write_text("changed")
    (reader.parent / "unknown.js").write_text("")

    faults = vendoring.faults()

    assert "web/static/vendor/zxing-wasm/reader.js: changed" in faults
    assert "web/static/vendor/zxing-wasm/unknown.js: not in the lock" in faults
    assert "tests/vendor/axe.min.js: missing" in faults


def test_every_package_brings_its_licence() -> None:
    for _name, _version, files in vendoring.PACKAGES:
        assert any("LICENSE" in target for target in files.values())
