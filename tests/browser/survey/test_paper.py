"""The design of Bals and Epple 2023, 16 artificial and 12 real images, taken to its results."""

from playwright.sync_api import expect

from tests.browser.checks import shoot
from tests.browser.survey.play import Open, arrived, begin, by_keys, by_pointer, organiser, ready
from tests.browser.survey.server import Server


def test_two_raters_take_the_paper_s_study_to_its_results(opened: Open, server: Server) -> None:
    study = server.make(name="The paper's", real=12, artificial=16, links=2)
    one, two = opened(), opened(quiet=True)
    begin(one, server, study["links"][0])
    assert "join" not in one.url
    for place in range(1, 29):
        by_keys(one, f"{place} of 28", "ra"[place % 2], place % 3 + 1)
    expect(one.get_by_role("heading", name="Thank you")).to_be_visible()

    fetched: set[str] = set()
    two.on("requestfinished", lambda r: fetched.add(r.url) if "/image/" in r.url else None)
    begin(two, server, study["links"][1])
    for place in range(1, 11):
        by_pointer(two, f"{place} of 28", "Real")
    ready(two, "11 of 28")
    expect(two.locator("#status")).to_have_text("")
    for _ in range(200):
        if len(fetched) == 13:
            break
        two.wait_for_timeout(100)
    two.context.set_offline(True)
    for place in range(11, 14):  # the one shown and the two that were fetched ahead
        by_pointer(two, f"{place} of 28", "Artificial", "Guessing")
    expect(two.locator("#status")).to_contain_text("No connection")
    arrived(server, study["code"], 28 + 10)
    two.context.set_offline(False)
    for place in range(14, 29):
        by_pointer(two, f"{place} of 28", "Real", "Fairly sure")
    expect(two.get_by_role("heading", name="Thank you")).to_be_visible()

    rows = arrived(server, study["code"], 56)
    assert len({(row["pseudonym"], row["position"]) for row in rows}) == 56
    assert [row["decision"] for row in rows[28:]] == ["real"] * 10 + ["artificial"] * 3 + [
        "real"
    ] * 15
    assert all(0 < row["response_ms"] < 60_000 for row in rows)

    page = organiser(opened, server, study)
    page.goto(f"{server.url}/survey/{study['pk']}/results")
    expect(page.get_by_text("Results stay closed")).to_be_visible()
    page.goto(f"{server.url}/survey/{study['pk']}/")
    expect(page.get_by_text("2 finished, 0 on the way")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close the study").click()
    expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    expect(page.get_by_text("28 of 32").or_(page.get_by_text("of 32")).first).to_be_visible()
    shoot(page, "survey-results")
    one.reload()
    expect(one.get_by_text("right.")).to_be_visible()
