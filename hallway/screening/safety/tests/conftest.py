"""What the tests of the safety steps share."""

from hallway.screening.safety.tests.test_steps import world as world
