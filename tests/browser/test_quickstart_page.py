from tests.browser.checks import (
    assert_it_fits_and_is_accessible as assert_it_fits_and_is_accessible,
)
from tests.browser.checks import shoot as shoot
