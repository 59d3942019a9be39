"""What the rules of axe-core are asked finds what is wrong at one width alone."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.search_api.pages.rules import broken

PAGE = """<!doctype html><html lang="fr"><head><title>Un titre</title><style>
body { background: white; color: black } a { display: block; width: 9px; height: 9px; overflow: hidden } .pale { color: #999 }
@media (min-width: 600px) { .narrow { display: none } }</style></head>
<body><main><h1>Un titre</h1><p>Un texte qui se lit</p><div class="narrow"><p class="pale">Un texte pâle</p><p class="pale">Un autre</p>
<a href="#un">Un</a><a href="#deux">Deux</a><img src="data:," width="1" height="1"></div></main></body></html>"""


def test_a_fault_of_a_narrow_screen_is_found_there_and_each_look_once(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(PAGE)
    assert broken(page) == []
    page.set_viewport_size({"width": 320, "height": 900})
    found = {one.partition(" ")[0]: one for one in broken(page)}
    assert sorted(found) == ["color-contrast", "image-alt", "target-size"]
    assert "Un texte pâle" in found["color-contrast"] and "Un autre" not in found["color-contrast"]
    assert broken(page, ".narrow", but=("color-contrast", "image-alt", "target-size")) == []
    assert broken(page, "h1") == []


def test_a_look_found_sound_is_not_looked_at_again_on_another_page_and_one_found_pale_is(browser: Browser) -> None:
    pale = '<!doctype html><html lang="fr"><title>Un titre</title><main><h1>Un titre</h1><p style="color: #aaa">Un texte pâle</p></main>'
    looked = []
    for _ in range(2):
        page = browser.new_page()
        page.set_content(pale)
        assert [one.partition(" ")[0] for one in broken(page)] == ["color-contrast"]
        looked.append(page.locator("[data-looked]").all_inner_texts())
        assert broken(page, but=("color-contrast",)) == []
        page.set_content(pale.replace("#aaa", "#333"))
        assert broken(page) == []
        looked.append(page.locator("[data-looked]").all_inner_texts())
        page.close()
    assert looked == [["Un titre", "Un texte pâle"], ["Un titre", "Un texte pâle"], ["Un texte pâle"], []]
