"""The waits between tries."""

from gatekeeper_site.work.pauses import Pause


def test_a_pause_doubles_from_the_first_to_the_longest() -> None:
    pause = Pause(first=0.5, longest=3)

    assert [pause.grow() for _ in range(5)] == [0.5, 1, 2, 3, 3]


def test_a_success_ends_it_and_tells_whether_it_followed_failures() -> None:
    pause = Pause(first=0.5, longest=3)
    pause.grow()

    assert pause.end()
    assert not pause.end()
    assert pause.grow() == 0.5
