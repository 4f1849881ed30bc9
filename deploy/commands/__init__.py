"""One module per command of `jejak`."""
