"""The player: draws a reel on a panel, one frame every few minutes."""
