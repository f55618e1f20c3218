"""The pages of raters and organisers fit, and are accessible."""

from playwright.sync_api import expect

from tests.browser.checks import DESK_AND_TABLET, assert_it_fits_and_is_accessible, shoot
from tests.browser.survey.play import (
    Open,
    begin,
    by_keys,
    look,
    organiser,
    ready,
    skip_questions,
)
from tests.browser.survey.server import Server


def test_a_rater_s_pages_fit_and_are_accessible(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    page.goto(server.url + study["links"][0])
    look(page, "survey-consent")
    page.get_by_role("button", name="I agree and take part").click()
    skip_questions(page)
    look(page, "survey-instructions")
    page.get_by_role("button", name="Show the first image").click()
    ready(page, "1 of 8")
    look(page, "survey-judge")
    page.keyboard.press("a")
    page.keyboard.press("3")
    look(page, "survey-judge-chosen")
    page.keyboard.press("?")
    look(page, "survey-judge-help")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Pause").click()
    look(page, "survey-pause")
    page.get_by_role("link", name="Go on").click()
    for place in range(1, 9):
        by_keys(page, f"{place} of 8", "r", 1)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    look(page, "survey-thanks")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Erase my data", exact=True).first.click()
    look(page, "survey-erase")
    page.get_by_role("button", name="Erase my data for good").click()
    expect(page.get_by_role("heading", name="Your data are erased")).to_be_visible()
    look(page, "survey-erased")


def test_what_is_said_amid_judging_is_accessible(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)  # it complains of what is cut here
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.context.set_offline(True)
    by_keys(page, "1 of 8", "r")
    expect(page.locator("#status")).to_contain_text("No connection. Your answers are kept")
    shoot(page, "survey-judge-offline")
    page.context.set_offline(False)
    assert_it_fits_and_is_accessible(page, sizes=DESK_AND_TABLET)
    expect(page.locator("#status")).to_be_empty()
    other = opened()
    other.goto(server.url + study["links"][0])
    look(other, "survey-go-on")
    other.get_by_role("button", name="Go on here").click()
    ready(other, "2 of 8")
    by_keys(page, "2 of 8", "a")
    expect(page.locator("#status")).to_contain_text("does not know this session any more")
    assert_it_fits_and_is_accessible(page, "survey-judge-lost")
    page.goto(f"{server.url}/survey/take/{study['code']}/")
    gone = "This browser is not in the study any more"
    expect(page.get_by_role("heading", name=gone)).to_be_visible()
    look(page, "survey-moved")


def test_an_organiser_s_pages_fit_and_are_accessible(opened: Open, server: Server) -> None:
    study = server.make(open=False, real=5, artificial=7, name="Grains")
    page = organiser(opened, server, study)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/survey/")
    look(page, "survey-index")
    page.goto(f"{server.url}/survey/new")
    look(page, "survey-new")
    page.goto(f"{server.url}/survey/{study['pk']}/images")
    source = page.locator("#source")
    source.select_option(index=source.locator("option").count() - 1)
    page.get_by_role("button", name="Show").click()
    look(page, "survey-images")
    page.goto(f"{server.url}/survey/{study['pk']}/")
    look(page, "survey-draft")
    page.get_by_role("button", name="Open the study").click()
    expect(page.get_by_text("The study is open. Invite")).to_be_visible()
    look(page, "survey-open")
    page.get_by_label("Note, for yourself").fill("Group A")
    page.get_by_role("button", name="Make links").click()
    link = page.locator(".secret").inner_text()
    look(page, "survey-links")
    rater = opened()
    begin(rater, server, link.removeprefix(server.url))
    for place in range(1, 13):
        by_keys(rater, f"{place} of 12", "ra"[place % 3 > 0], 2)
    expect(rater.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(f"{server.url}/survey/{study['pk']}/")
    look(page, "survey-progress")
    page.get_by_role("button", name="Close the study").click()
    expect(page.get_by_role("heading", name="The figures are being computed")).to_be_visible()
    server.make(analyse=study["pk"])
    expect(page.get_by_role("heading", name="Told apart?")).to_be_visible()
    look(page, "survey-result-page")
