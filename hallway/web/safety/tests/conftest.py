"""What the tests of the safety pages share."""

from hallway.web.safety.tests.test_pages import people as people
