"""The preview is written without a server, and says how it is called."""

from openhour.ui import preview


def test_every_page_is_written_with_what_it_loads(tmp_path, capsys):
    assert preview.main([str(tmp_path / "look")]) == 0
    for name in preview.PAGES:
        html = (tmp_path / "look" / name).read_text(encoding="utf-8")
        assert html.startswith("<!doctype html>") or html.lstrip().startswith("<!doctype html>")
        assert 'href="static/ui/openhour.css"' in html
    assert (tmp_path / "look" / "static" / "ui" / "openhour.css").exists()
    assert "index.html" in capsys.readouterr().out


def test_without_a_folder_it_says_how(capsys):
    assert preview.main([]) == 2
    assert "usage" in capsys.readouterr().err
