"""The Data place, driven by keys on real training files."""

from __future__ import annotations

from sentitui.tui.screens.data import DataScreen


async def test_the_sample_opens_with_its_first_example(app):
    """Without a file the bundled sample is open, its first example shown as cards."""
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DataScreen)
        assert screen.examples.line_count() == 60
        assert screen.conversation.message_count == 3


async def test_fifty_keys_in_a_burst_move_fifty_lines(app):
    """No key of a burst is lost."""
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*["down"] * 50)
        assert app.screen.examples.cursor == 50


async def test_vim_keys_and_arrows_move_alike(app):
    """`j k g G` and the arrows, home and end are the same moves."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "down", "k")
        assert app.screen.examples.cursor == 1
        await pilot.press("G")
        assert app.screen.examples.cursor == 59
        await pilot.press("g")
        assert app.screen.examples.cursor == 0
