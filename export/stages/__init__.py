"""What happens to a moment before it is dithered: light, fit, tone. One file each."""
