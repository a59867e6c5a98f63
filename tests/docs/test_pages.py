"""Pages that are written by a program say what the program says."""

from tests.cases.page import PAGE, page


def test_the_page_of_cases_is_current():
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.cases.page"
